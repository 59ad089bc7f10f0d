package features

import (
	"context"
	"sync"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// filler makes the batches of one epoch or pass.
type filler struct {
	l       *Loader
	rows    []int // in the order of the epoch
	targets bool
	augment *Augment
	seed    uint64 // of the epoch's or pass's augmentations
	scales  scales
}

// slot is a batch that is being filled, waits, or is with the consumer.
type slot struct {
	number int
	batch  Batch
	filled chan struct{} // one token when the batch is ready
}

// run yields the batches from first on. Slots go round: empty, to a worker, to
// the consumer, and back to the workers once the consumer asks for the next.
func (f *filler) run(ctx context.Context, first int, yield func(Batch, error) bool) {
	l := f.l
	if err := l.check(f.rows, f.targets); err != nil {
		yield(Batch{}, err)
		return
	}
	f.scales = l.Norm.scales(l.Images.C())
	last := l.Batches()
	slots := f.slots(min(l.ahead(), last-first))
	if len(slots) == 0 {
		return
	}
	work := make(chan *slot, len(slots)) // room for all: sending never blocks
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(work)
	for range min(l.workers(), len(slots)) {
		wg.Go(func() {
			for s := range work {
				if ctx.Err() == nil {
					f.fill(s)
				}
				s.filled <- struct{}{}
			}
		})
	}
	for i, s := range slots {
		s.number = first + i
		work <- s
	}
	for n := first; n < last; n++ {
		s := slots[(n-first)%len(slots)]
		<-s.filled
		if err := ctx.Err(); err != nil {
			yield(Batch{}, err)
			return
		}
		if !yield(s.batch, nil) {
			return
		}
		if s.number += len(slots); s.number < last {
			work <- s
		}
	}
}

func (f *filler) slots(n int) []*slot {
	im, batch := f.l.Images, f.l.batch()
	var slots []*slot
	for range n {
		s := &slot{filled: make(chan struct{}, 1)}
		s.batch.X = make([]float32, batch*im.H()*im.W()*im.C())
		if f.targets {
			s.batch.Y = make([]float32, batch*f.l.Classes)
		}
		slots = append(slots, s)
	}
	return slots
}

// fill makes batch s.number. It allocates nothing.
func (f *filler) fill(s *slot) {
	im, size := f.l.Images, f.l.batch()
	h, w, c := im.H(), im.W(), im.C()
	start := s.number * size
	b := &s.batch
	b.Rows = f.rows[start:min(start+size, len(f.rows))]
	b.N = len(b.Rows)
	b.X = b.X[:b.N*h*w*c]
	for i, row := range b.Rows {
		dst, src := b.X[i*h*w*c:(i+1)*h*w*c], im.Pixels(row)
		if f.augment == nil {
			f.scales.apply(dst, src, c)
		} else {
			f.augment.apply(dst, src, h, w, c, seed.Mix(f.seed, uint64(row)), &f.scales)
		}
	}
	if !f.targets {
		return
	}
	k := f.l.Classes
	b.Y = b.Y[:b.N*k]
	clear(b.Y)
	for i, row := range b.Rows {
		class, _ := f.l.label(row) // checked
		b.Y[i*k+class] = 1
	}
}
