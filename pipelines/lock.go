package pipelines

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// lockPoll is how often a lock that another process holds is tried.
const lockPoll = 100 * time.Millisecond

// lock is held on one key by one goroutine of one process. The kernel lets it
// go when the process dies, however it dies.
type lock struct{ f *flock.Flock }

// lockKey waits for the lock of key until ctx is done. waiting, if not nil, is
// called once when somebody else holds it.
func (s *Store) lockKey(ctx context.Context, key string, waiting func()) (*lock, error) {
	l, err := s.tryLock(key)
	if l != nil || err != nil {
		return l, err
	}
	if waiting != nil {
		waiting()
	}
	tick := time.NewTicker(lockPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
		if l, err := s.tryLock(key); l != nil || err != nil {
			return l, err
		}
	}
}

// tryLock takes the lock of key, or gives nil when somebody else has it.
func (s *Store) tryLock(key string) (*lock, error) {
	path := filepath.Join(s.root, "locks", key)
	f := flock.New(path, flock.SetPermissions(0o644))
	ok, err := f.TryLock()
	if err != nil || !ok {
		f.Close()
		return nil, err
	}
	// Whoever releases a lock removes its file: what we hold may be the lock on
	// a file that has no name any more, while others lock a new one.
	held, err := f.Stat()
	if err == nil {
		var named os.FileInfo
		if named, err = os.Stat(path); err == nil && os.SameFile(held, named) {
			return &lock{f}, nil
		}
	}
	f.Close()
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	return nil, nil
}

// runLock names the locks of runs under way, of which each has its own.
const runLock = "run-"

// markRun says, until the lock is released, that a run is under way which began
// now: GC leaves alone what was used since. A store that can only be read has no
// such lock (nil) and no GC either.
func (s *Store) markRun(ctx context.Context) *lock {
	f, err := os.CreateTemp(filepath.Join(s.root, "locks"), runLock+"*")
	if err != nil {
		return nil
	}
	f.Close()
	l, err := s.lockKey(ctx, filepath.Base(f.Name()), nil) // GC may be looking at it
	if err != nil {
		return nil
	}
	return l
}

// oldestRun is when the longest of the runs under way began, now if there is none.
// Marks of runs that were killed are removed.
func (s *Store) oldestRun(now time.Time) (time.Time, error) {
	entries, err := os.ReadDir(filepath.Join(s.root, "locks"))
	if err != nil {
		return now, err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !strings.HasPrefix(e.Name(), runLock) {
			continue // no mark, or its run has just ended
		}
		l, err := s.tryLock(e.Name())
		switch {
		case err != nil:
			return now, err
		case l != nil:
			l.release()
		case info.ModTime().Before(now):
			now = info.ModTime()
		}
	}
	return now, nil
}

// release lets the lock go. The file is removed first, which Windows refuses
// while it is open: there the empty files stay.
func (l *lock) release() {
	if l == nil {
		return
	}
	os.Remove(l.f.Path())
	l.f.Close()
}
