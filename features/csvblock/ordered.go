package csvblock

import (
	"context"
	"errors"
	"io"
	"sync"
)

// Pipe says what Ordered does with each item.
type Pipe[In, Out any] struct {
	Workers int                                    // goroutines that run Work, at least 1
	Next    func() (In, error)                     // the next item; io.EOF ends it
	Work    func(context.Context, In) (Out, error) // runs on several goroutines at once
	Sink    func(Out) error                        // takes the results in the order of the items
	Drop    func(Out)                              // takes results that an error keeps from Sink; may be nil
}

// task is one item on its way; done is closed when out and err are set.
type task[In, Out any] struct {
	in   In
	out  Out
	err  error
	done chan struct{}
}

// Ordered runs p until its items are used up. The error is that of the first
// item, in their order, that failed: it does not depend on timing. At most
// 2*Workers+2 items are in flight. No goroutine is left when it returns.
func Ordered[In, Out any](ctx context.Context, p Pipe[In, Out]) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	order := make(chan *task[In, Out], p.Workers)
	jobs := make(chan *task[In, Out])
	var wg sync.WaitGroup
	wg.Go(func() { produce(inner, p.Next, order, jobs) })
	for range p.Workers {
		wg.Go(func() {
			for t := range jobs {
				t.out, t.err = p.Work(inner, t.in)
				close(t.done)
			}
		})
	}
	err := consume(ctx, p, order)
	cancel()
	for t := range order { // only after an error
		<-t.done
		drop(p, t)
	}
	wg.Wait()
	return err
}

// produce hands every item first to order, so that the consumer waits for it,
// then to a worker.
func produce[In, Out any](ctx context.Context, next func() (In, error), order, jobs chan<- *task[In, Out]) {
	defer close(jobs)
	defer close(order)
	for {
		t := &task[In, Out]{done: make(chan struct{})}
		t.in, t.err = next()
		if errors.Is(t.err, io.EOF) {
			return
		}
		failed := t.err != nil
		if failed {
			close(t.done)
		}
		select {
		case order <- t:
		case <-ctx.Done():
			return
		}
		if failed {
			return
		}
		select {
		case jobs <- t:
		case <-ctx.Done():
			t.err = ctx.Err()
			close(t.done)
			return
		}
	}
}

func consume[In, Out any](ctx context.Context, p Pipe[In, Out], order <-chan *task[In, Out]) error {
	for t := range order {
		<-t.done
		if err := ctx.Err(); err != nil {
			drop(p, t)
			return err
		}
		if t.err != nil {
			return t.err
		}
		if err := p.Sink(t.out); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func drop[In, Out any](p Pipe[In, Out], t *task[In, Out]) {
	if t.err == nil && p.Drop != nil {
		p.Drop(t.out)
	}
}
