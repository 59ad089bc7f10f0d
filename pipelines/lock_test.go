package pipelines

import (
	"path/filepath"
	"slices"
	"strings"
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

// TestGCSparesRuns: what a run has used since it began stays, even when all is to
// go; what a killed run left does not keep anything.
func TestGCSparesRuns(t *testing.T) {
	t.Parallel()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	old, used := strings.Repeat("a", 64), strings.Repeat("b", 64)
	mark := s.markRun(t.Context())
	for key, age := range map[string]time.Duration{old: time.Hour, used: -time.Second} {
		d, err := s.begin(key)
		if err != nil {
			t.Fatal(err)
		}
		a, err := d.commit(Manifest{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.touch(a, time.Now().Add(-age))
	}
	left := func(cutoff time.Time) (keys []string) {
		if _, err := s.GC(cutoff, nil); err != nil {
			t.Fatal(err)
		}
		list, err := s.List()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			keys = append(keys, a.Key)
		}
		return keys
	}
	everything := time.Now().Add(time.Hour)
	if got := left(everything); !slices.Equal(got, []string{used}) {
		t.Errorf("during a run: %d artifacts left, want the one that was used", len(got))
	}
	if err := mark.f.Close(); err != nil { // as a kill -9 does: the file stays
		t.Fatal(err)
	}
	if got := left(everything); len(got) != 0 {
		t.Errorf("after the run was killed: %d artifacts left", len(got))
	}
	if marks, _ := filepath.Glob(filepath.Join(s.Root(), "locks", runLock+"*")); len(marks) != 0 {
		t.Errorf("marks left: %v", marks)
	}
}
