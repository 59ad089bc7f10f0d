package kaggle

import (
	"context"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// lockPoll is how often a lock that another process holds is tried.
const lockPoll = 100 * time.Millisecond

// lockFile takes the lock of this name, waiting while another process has it;
// waiting, if not nil, is called once then. The kernel lets go when a process
// dies. A file system without locks does without: the lock is nil, and release
// of nil does nothing.
func lockFile(ctx context.Context, path string, waiting func()) (*flock.Flock, error) {
	for {
		l, free := tryLock(path)
		if free {
			return l, nil
		}
		if waiting != nil {
			waiting()
			waiting = nil
		}
		if err := sleep(ctx, lockPoll); err != nil {
			return nil, err
		}
	}
}

// tryLock is false if another has the lock.
func tryLock(path string) (*flock.Flock, bool) {
	l := flock.New(path, flock.SetPermissions(0o644))
	ok, err := l.TryLock()
	if err != nil {
		_ = l.Close()
		return nil, true // no locks here; whether it can be written to is seen later
	}
	if ok {
		// Who ends removes the file: this may be a lock on one without a name.
		held, heldErr := l.Stat()
		named, err := os.Stat(path)
		if heldErr == nil && err == nil && os.SameFile(held, named) {
			return l, true
		}
	}
	_ = l.Close()
	return nil, false
}

// release lets go of a lock and removes its file.
func release(l *flock.Flock) {
	if l == nil {
		return
	}
	err := os.Remove(l.Path()) // first: who waits for it sees that it has no name any more
	_ = l.Close()
	if err != nil {
		_ = os.Remove(l.Path()) // Windows removes no open file
	}
}
