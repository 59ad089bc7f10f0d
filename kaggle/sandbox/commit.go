package sandbox

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

const (
	// lockWait is how long other processes may keep the lock from a batch.
	lockWait = 10 * time.Second
	// lockPoll is how often a waiting process tries the lock. A busy one leaves it
	// alone for longer between two batches, so that the others get it.
	lockPoll = time.Millisecond / 2
	breath   = 2 * lockPoll
	// maxBatch bounds the updates that share a write.
	maxBatch = 256
)

// update is one change on its way into the journal.
type update struct {
	ctx  context.Context
	fn   func(*tx) error
	done chan error // gets one
}

// tx is what an update's function works with.
type tx struct {
	st     *state // as of now; to read
	events []event
	lines  []byte       // the events as they are written
	dir    string       // "" or a folder with a new name in it
	after  func() error // nil or what is done when the events are on the disk
}

// add appends an event if the function then returns nil.
func (t *tx) add(e event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	t.events, t.lines = append(t.events, e), append(append(t.lines, line...), '\n')
	return nil
}

// syncDir makes a rename in dir durable before the events.
func (t *tx) syncDir(dir string) { t.dir = dir }

// then has fn run when the events are on the disk, still under the lock.
func (t *tx) then(fn func() error) { t.after = fn }

// update gives fn the state as of now and the only right to add to it. When it
// returns nil the events are on the disk. If it returns an error of the disk
// they may be there all the same.
//
// Updates that come at the same time are one batch: one lock, one write, one
// fsync. Each sees what those before it added.
func (j *journal) update(ctx context.Context, fn func(*tx) error) error {
	u := &update{ctx: ctx, fn: fn, done: make(chan error, 1)}
	select {
	case j.updates <- u:
	case <-ctx.Done():
		return ctx.Err()
	case <-j.closing:
		return os.ErrClosed
	}
	select {
	case err := <-u.done:
		return err
	case <-j.ended:
	}
	select {
	case err := <-u.done:
		return err
	default:
		return os.ErrClosed
	}
}

// commits makes batches of the updates until the journal is closed.
func (j *journal) commits() {
	defer close(j.ended)
	for {
		select {
		case u := <-j.updates:
			batch := []*update{u}
			for len(j.updates) > 0 && len(batch) < maxBatch { // only this goroutine takes from it
				batch = append(batch, <-j.updates)
			}
			for len(batch) > 0 {
				batch = batch[j.commit(batch):]
				if len(batch)+len(j.updates) > 0 {
					time.Sleep(breath)
				}
			}
		case <-j.closing:
			return
		}
	}
}

// commit does the first of the updates, at least one, and says how many.
func (j *journal) commit(batch []*update) (n int) {
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	if ok, err := j.lock.TryLockContext(ctx, lockPoll); err != nil || !ok {
		finish(batch, fault.Wrap(err, fault.Failed, "another process holds it: end that, then try again", "lock %s", j.lock.Path()))
		return len(batch)
	}
	defer j.lock.Unlock() //nolint:errcheck // the kernel releases it with the file anyway
	n, txs, err := j.prepare(batch)
	if err != nil {
		finish(batch, err)
		return len(batch)
	}
	err = j.write(txs)
	for i, t := range txs {
		switch {
		case t == nil: // it has its answer
		case err == nil && t.after != nil:
			batch[i].done <- t.after()
		default:
			batch[i].done <- err
		}
	}
	return n
}

func finish(batch []*update, err error) {
	for _, u := range batch {
		u.done <- err
	}
}

// prepare runs the functions of a batch and applies what they add. One that
// fails, or whose caller has gone, gets its answer and is nil in txs. One that
// has something to do afterwards is the last of its batch: those behind it are
// to find that done.
func (j *journal) prepare(batch []*update) (n int, txs []*tx, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.catchUp(); err != nil {
		return 0, nil, err
	}
	j.writing = true
	for _, u := range batch {
		t := &tx{st: j.state}
		err := u.ctx.Err()
		if err == nil {
			err = u.fn(t)
		}
		if err != nil {
			u.done <- err
			txs = append(txs, nil)
			continue
		}
		for _, e := range t.events {
			j.state.apply(e)
		}
		txs = append(txs, t)
		if t.after != nil {
			break
		}
	}
	return len(txs), txs, nil
}

// write makes a batch durable: first what the events speak of, then the events,
// behind the last whole line. If the disk fails the state is read anew: it is
// what the file says, whoever was told what.
func (j *journal) write(txs []*tx) error {
	err := j.append(txs)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.writing = false
	if err != nil {
		j.offset = math.MaxInt64 // if reading it anew fails too, the next look will try
		_ = j.restart()
	}
	return err
}

func (j *journal) append(txs []*tx) error {
	var lines []byte
	var dirs []string
	for _, t := range txs {
		if t == nil {
			continue
		}
		if t.dir != "" && !slices.Contains(dirs, t.dir) {
			dirs = append(dirs, t.dir)
		}
		lines = append(lines, t.lines...)
	}
	if len(lines) == 0 {
		return nil
	}
	for _, dir := range dirs {
		if err := atomicfile.SyncDir(dir); err != nil {
			return err
		}
	}
	if err := j.f.Truncate(j.offset); err != nil {
		return err
	}
	if _, err := j.f.WriteAt(lines, j.offset); err != nil {
		return fault.Wrap(err, fault.Failed, "check the free space", "write %s", j.path)
	}
	if err := j.f.Sync(); err != nil {
		return err
	}
	j.offset += int64(len(lines))
	return nil
}
