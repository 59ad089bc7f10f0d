package sandbox

import (
	"bytes"
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
// new before using the state. commit.go is how events get into it.
type journal struct {
	path string
	lock *flock.Flock

	mu      sync.RWMutex
	f       *os.File
	offset  int64 // bytes that are in state
	state   *state
	writing bool // a batch is under way: it is in state, and nobody else appends

	updates chan *update
	once    sync.Once
	closing chan struct{} // closed by close
	ended   chan struct{} // closed when no batch will follow
}

func openJournal(dir string) (*journal, error) {
	j := &journal{
		path: filepath.Join(dir, "journal.jsonl"), lock: flock.New(filepath.Join(dir, "journal.lock")), state: newState(),
		updates: make(chan *update, maxBatch), closing: make(chan struct{}), ended: make(chan struct{}),
	}
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fault.Wrap(err, fault.Failed, "choose a folder that can be written to (PODIUM_HOME)", "open the sandbox")
	}
	j.f = f
	if err := atomicfile.SyncDir(dir); err != nil {
		f.Close()
		return nil, err
	}
	go j.commits()
	return j, nil
}

// close ends the batch under way; updates from then on fail with os.ErrClosed.
func (j *journal) close() error {
	j.once.Do(func() { close(j.closing) })
	<-j.ended
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.f.Close(), j.lock.Close())
}

// view gives fn the state as of now, to read. Views run side by side.
func (j *journal) view(fn func(*state)) error {
	j.mu.RLock()
	fresh := j.writing
	if !fresh {
		var err error
		if _, fresh, err = j.look(); err != nil {
			j.mu.RUnlock()
			return err
		}
	}
	if fresh {
		defer j.mu.RUnlock()
		fn(j.state)
		return nil
	}
	j.mu.RUnlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.writing {
		if err := j.catchUp(); err != nil {
			return err
		}
	}
	fn(j.state)
	return nil
}

// look compares the file with what is in state: whether it is still the file
// of that name, and whether all of it is in state.
func (j *journal) look() (same, fresh bool, err error) {
	open, err := j.f.Stat()
	if err != nil {
		return false, false, err
	}
	named, err := os.Stat(j.path)
	same = err == nil && os.SameFile(open, named) && named.Size() >= j.offset
	return same, same && named.Size() == j.offset, nil
}

// catchUp applies the whole lines that are new. A journal that became shorter
// than what was read, or was replaced, is read from its beginning. mu is held.
func (j *journal) catchUp() error {
	same, fresh, err := j.look()
	switch {
	case err != nil || fresh:
		return err
	case !same:
		return j.restart()
	}
	return j.readOn()
}

// readOn applies the whole lines behind offset. What follows the last of them
// is nothing, or a line that is being written, or one that a killed process
// left torn, which the next batch overwrites.
func (j *journal) readOn() error {
	st, err := j.f.Stat()
	if err != nil {
		return err
	}
	b := make([]byte, max(0, st.Size()-j.offset))
	n, err := j.f.ReadAt(b, j.offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	used, err := j.state.replay(b[:n])
	j.offset += int64(used)
	if err != nil {
		return fault.New(fault.Failed, "move the file away to start with an empty record", "read %s: byte %d: %v", j.path, j.offset, err)
	}
	return nil
}

// replay applies the whole lines at the beginning of b, and says how many bytes
// they are.
func (s *state) replay(b []byte) (used int, err error) {
	for {
		end := bytes.IndexByte(b[used:], '\n')
		if end < 0 {
			return used, nil
		}
		var e event
		if err := json.Unmarshal(b[used:used+end], &e); err != nil {
			return used, err
		}
		s.apply(e)
		used += end + 1
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
	return j.readOn()
}
