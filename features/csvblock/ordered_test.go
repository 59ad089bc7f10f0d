package csvblock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// counter gives 0, 1, ... n-1.
func counter(n int) func() (int, error) {
	i := -1
	return func() (int, error) {
		if i++; i == n {
			return 0, io.EOF
		}
		return i, nil
	}
}

func TestOrdered(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 2, 7} {
		var got []int
		err := Ordered(t.Context(), Pipe[int, int]{
			Workers: workers, Next: counter(100),
			Work: func(_ context.Context, i int) (int, error) {
				if i%3 == 0 {
					runtime.Gosched()
				}
				return 2 * i, nil
			},
			Sink: func(i int) error { got = append(got, i); return nil },
		})
		if err != nil || len(got) != 100 {
			t.Fatalf("%d workers: %d results, %v", workers, len(got), err)
		}
		for i, v := range got {
			if v != 2*i {
				t.Fatalf("%d workers: result %d is %d", workers, i, v)
			}
		}
	}
}

// Whatever fails, the first item's error is returned, every other result is
// either sunk or dropped, and all goroutines end (synctest sees to that).
func TestOrderedErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ next, work, sink, want int }{
		{50, -1, -1, 50}, {-1, 40, -1, 40}, {-1, -1, 30, 30}, {50, 40, -1, 40}, {20, 40, -1, 20}, {-1, 0, -1, 0}, {0, -1, -1, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			var made, sunk, dropped atomic.Int64
			next := counter(100)
			err := Ordered(t.Context(), Pipe[int, int]{
				Workers: 4,
				Next: func() (int, error) {
					i, err := next()
					if i == tt.next && err == nil {
						err = fmt.Errorf("item %d", i)
					}
					return i, err
				},
				Work: func(_ context.Context, i int) (int, error) {
					if tt.work >= 0 && i >= tt.work {
						return 0, fmt.Errorf("item %d", i)
					}
					made.Add(1)
					return i, nil
				},
				Sink: func(i int) error {
					sunk.Add(1)
					if i == tt.sink {
						return fmt.Errorf("item %d", i)
					}
					return nil
				},
				Drop: func(int) { dropped.Add(1) },
			})
			if err == nil || err.Error() != fmt.Sprintf("item %d", tt.want) {
				t.Errorf("%+v: got %v", tt, err)
			}
			if made.Load() != sunk.Load()+dropped.Load() {
				t.Errorf("%+v: %d made, %d sunk, %d dropped", tt, made.Load(), sunk.Load(), dropped.Load())
			}
		})
	}
}

func TestOrderedCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		err := Ordered(ctx, Pipe[int, int]{
			Workers: 3, Next: counter(1000),
			Work: func(_ context.Context, i int) (int, error) { return i, nil },
			Sink: func(i int) error {
				if i == 5 {
					cancel()
				}
				return nil
			},
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
