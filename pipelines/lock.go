package pipelines

import (
	"context"
	"os"
	"path/filepath"
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

// release lets the lock go. The file is removed first, which Windows refuses
// while it is open: there the empty files stay.
func (l *lock) release() {
	os.Remove(l.f.Path())
	l.f.Close()
}
