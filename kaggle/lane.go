package kaggle

import (
	"context"
	"errors"
	"io"
	"sync"
)

// bufferSize is what one lane holds in memory.
const bufferSize = 256 << 10

// fetch gets the missing bytes of the part over one connection or, for a large
// object whose ranges storage serves, over several. a is the first answer,
// which gives the first of them.
func (t *transfer) fetch(ctx context.Context, p *part, a *reply) error {
	lanes := t.connections(p, a.ranges)
	first, _ := p.plan.claim(lanes)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		last error
	)
	for i := range lanes {
		all.Go(func() {
			l := &lane{t: t, p: p, lanes: lanes}
			if i == 0 {
				l.a, l.s, l.has = a, first, true
			}
			err := l.run(ctx)
			mu.Lock()
			defer mu.Unlock()
			if err != nil && ctx.Err() == nil {
				last = err
				if !mayPass(err) {
					cancel()
				}
			}
		})
	}
	all.Wait()
	if p.complete() {
		return nil
	}
	if last == nil {
		last = ctx.Err()
	}
	return last
}

// mayPass says whether a lane's error is of its connection, so that the other
// lanes can do its work: a server may refuse the fourth connection and serve three.
func mayPass(err error) bool {
	return errors.Is(err, ErrNetwork) || errors.Is(err, ErrServer) || errors.Is(err, ErrRateLimited)
}

// lane is one connection at work.
type lane struct {
	t     *transfer
	p     *part
	lanes int // how many there are

	a   *reply // already there for s, or nil
	s   span   // what is being fetched
	has bool
	buf []byte
}

// run fetches spans until none is left.
func (l *lane) run(ctx context.Context) error {
	for {
		if !l.has {
			if l.s, l.has = l.p.plan.claim(l.lanes); !l.has {
				return nil
			}
		}
		err := l.span(ctx)
		l.p.leave(l.s)
		l.has = false
		if err != nil {
			return err
		}
	}
}

// span fetches the span over as many exchanges as it takes: those that bring
// bytes are not counted. Without ranges the one exchange must do.
func (l *lane) span(ctx context.Context) error {
	for n := 1; l.s.at < l.s.end; n++ {
		before := l.s.at
		err := l.exchange(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || !l.p.resumable() || errors.Is(err, errChanged) {
			return err
		}
		if l.s.at > before {
			n = 1
		}
		pause, again := l.t.again(err, n)
		if !again {
			if errors.Is(err, errRange) {
				return err
			}
			return &spent{err}
		}
		if n > 1 {
			l.t.c.tell(err, pause, n)
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
	return nil
}

// spent is the error of a lane that tried as often as it may.
type spent struct{ error }

func (s *spent) Unwrap() error { return s.error }

// exchange asks for the rest of the span and writes what comes.
func (l *lane) exchange(ctx context.Context) error {
	a := l.a
	l.a = nil
	if a == nil {
		var err error
		if a, err = l.t.ask(ctx, wanted{l.s.at, l.s.end, l.p.etag, l.p.plan.total}); err != nil {
			return err
		}
		if a.whole {
			a.close()
			return l.t.errorf(errChanged, "want ETag %.60s, got %.60s", l.p.etag, a.etag)
		}
	}
	defer a.close()
	return l.receive(ctx, a)
}

// receive writes the answer's body to the part, up to the end of the span.
func (l *lane) receive(ctx context.Context, a *reply) error {
	if l.buf == nil {
		l.buf = make([]byte, l.t.limit.buffer())
	}
	end := l.s.end
	if !a.whole {
		end = min(end, a.to)
	}
	for l.s.at < end {
		n, readErr := a.body.Read(l.buf[:min(int64(len(l.buf)), end-l.s.at)])
		if n > 0 {
			if err := l.p.write(l.buf[:n], l.s.at); err != nil {
				return l.t.diskError(err)
			}
			l.s.at += int64(n)
			l.t.moved(l.p.plan)
			if err := l.t.limit.wait(ctx, n); err != nil {
				return err
			}
			a.touch()
		}
		if errors.Is(readErr, io.EOF) {
			return l.ended()
		}
		if readErr != nil {
			if errors.Is(readErr, context.Canceled) {
				readErr = errStalled // the caller's own cancel is told apart by run
			}
			return l.t.errorf(ErrNetwork, "after %d bytes: %w", l.s.at, readErr)
		}
	}
	if l.s.at < l.s.end {
		return l.t.errorf(ErrNetwork, "storage gave a shorter range than asked for, up to byte %d", end)
	}
	return nil
}

// ended is what the end of a body means.
func (l *lane) ended() error {
	switch {
	case l.p.plan.total < 0:
		l.p.plan.total = l.s.at // now it is known
		l.s.end = l.s.at
		return nil
	case l.s.at < l.s.end:
		return l.t.errorf(ErrNetwork, "got %d of %d bytes: %w", l.s.at, l.p.plan.total, io.ErrUnexpectedEOF)
	}
	return nil
}
