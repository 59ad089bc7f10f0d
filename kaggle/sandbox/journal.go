package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// The kinds of events.
const (
	kindSubmit = "submit"
	kindScore  = "score"
	kindAccept = "accept"
	kindReset  = "reset"
)

// event is one line of the journal.
type event struct {
	Kind        string    `json:"kind"`
	Time        time.Time `json:"time"`
	Competition string    `json:"competition"`
	User        string    `json:"user,omitempty"`
	Ref         int64     `json:"ref,omitempty"`
	Team        string    `json:"team,omitempty"`
	File        string    `json:"file,omitempty"`
	Bytes       int64     `json:"bytes,omitempty"`
	Description string    `json:"description,omitempty"`
	Public      *float64  `json:"public,omitempty"`  // of a score; absent if there is none
	Private     *float64  `json:"private,omitempty"` // likewise
	Error       string    `json:"error,omitempty"`   // why there is no score
}

// journal is the append-only record of a state folder, shared between
// processes: whoever appends holds the file lock, and everyone reads what is
// new before using the state.
type journal struct {
	path string
	lock *flock.Flock

	mu     sync.Mutex
	f      *os.File
	offset int64 // bytes that are in state
	state  *state
}

// lockWait is how long another process may hold the lock; it does so only for
// the time of one append.
const lockWait = 10 * time.Second

func openJournal(dir string) (*journal, error) {
	j := &journal{path: filepath.Join(dir, "journal.jsonl"), lock: flock.New(filepath.Join(dir, "journal.lock")), state: newState()}
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fault.Wrap(err, fault.Failed, "choose a folder that can be written to (PODIUM_HOME)", "open the sandbox")
	}
	j.f = f
	if err := atomicfile.SyncDir(dir); err != nil {
		f.Close()
		return nil, err
	}
	return j, nil
}

func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.f.Close(), j.lock.Close())
}

// view gives fn the state as of now, to read.
func (j *journal) view(fn func(*state)) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.catchUp(); err != nil {
		return err
	}
	fn(j.state)
	return nil
}

// update gives fn the state as of now and the only right to add to it. What
// add has returned nil for is on the disk.
func (j *journal) update(ctx context.Context, fn func(st *state, add func(event) error) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	if ok, err := j.lock.TryLockContext(ctx, 2*time.Millisecond); err != nil || !ok {
		return fault.Wrap(err, fault.Failed, "another process holds it: end that, then try again", "lock %s", j.lock.Path())
	}
	defer j.lock.Unlock() //nolint:errcheck // the kernel releases it with the file anyway
	if err := j.catchUp(); err != nil {
		return err
	}
	return fn(j.state, j.append)
}

// append writes one event behind the last whole line and makes it durable. A
// line that a killed process left torn is overwritten.
func (j *journal) append(e event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if err := j.f.Truncate(j.offset); err != nil {
		return err
	}
	if _, err := j.f.WriteAt(line, j.offset); err != nil {
		return fault.Wrap(err, fault.Failed, "check the free space", "write %s", j.path)
	}
	if err := j.f.Sync(); err != nil {
		return err
	}
	j.offset += int64(len(line))
	j.state.apply(e)
	return nil
}

// catchUp applies the whole lines that are new. A journal that became shorter
// than what was read, or was replaced, is read from its beginning.
func (j *journal) catchUp() error {
	open, err := j.f.Stat()
	if err != nil {
		return err
	}
	if named, err := os.Stat(j.path); err != nil || !os.SameFile(open, named) || named.Size() < j.offset {
		return j.restart()
	}
	return j.readOn(open.Size())
}

func (j *journal) readOn(size int64) error {
	if size == j.offset {
		return nil
	}
	b := make([]byte, size-j.offset)
	n, err := j.f.ReadAt(b, j.offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	b = b[:n]
	for {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			return nil // nothing, or a line that is being written
		}
		var e event
		if err := json.Unmarshal(b[:end], &e); err != nil {
			return fault.New(fault.Failed, "move the file away to start with an empty record",
				"read %s: byte %d: %v", j.path, j.offset, err)
		}
		j.state.apply(e)
		j.offset += int64(end) + 1
		b = b[end+1:]
	}
}

// restart opens the file of that name anew: somebody emptied the folder.
func (j *journal) restart() error {
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("sandbox record: %w", err)
	}
	_ = j.f.Close() // was only read since the last Sync
	j.f, j.offset, j.state = f, 0, newState()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	return j.readOn(st.Size())
}
