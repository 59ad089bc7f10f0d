package pipelines

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestLockIsHeldByOne: the file of a lock is removed when it is released, while
// others have it open; still nobody gets in beside the holder.
func TestLockIsHeldByOne(t *testing.T) {
	t.Parallel()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var inside, times atomic.Int64
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for got := 0; got < 20; {
				l, err := s.tryLock("key")
				if err != nil {
					t.Error(err)
					return
				}
				if l == nil {
					continue
				}
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d hold the lock", n)
				}
				time.Sleep(50 * time.Microsecond) // time for others to come in
				got++
				times.Add(1)
				inside.Add(-1)
				l.release()
			}
		})
	}
	all.Wait()
	if times.Load() != 120 {
		t.Errorf("the lock was taken %d times", times.Load())
	}
}
