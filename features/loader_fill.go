package features

import (
	"context"
	"sync"
	"sync/atomic"

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
	batch  Batch
	number int           // of the batch in its epoch
	left   atomic.Int32  // parts that are not filled
	filled chan struct{} // one token when the batch is ready
}

// part is images [lo, hi) of a slot's batch.
type part struct {
	slot   *slot
	lo, hi int
}

// run yields the batches from first on. Slots go round: empty, in parts to the
// workers, to the consumer, and back to the workers once the consumer asks for
// the next.
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
	size := l.part()
	work := make(chan part, len(slots)*((l.batch()+size-1)/size)) // room for all: sending never blocks
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(work)
	for range min(l.workers(), cap(work)) {
		wg.Go(func() {
			for p := range work {
				if ctx.Err() == nil {
					f.fill(p)
				}
				if p.slot.left.Add(-1) == 0 {
					f.mix(&p.slot.batch)
					p.slot.filled <- struct{}{}
				}
			}
		})
	}
	for i, s := range slots {
		f.send(work, s, first+i, size)
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
		if n+len(slots) < last {
			f.send(work, s, n+len(slots), size)
		}
	}
}

// send has the workers fill the slot with batch number, in parts of size images.
func (f *filler) send(work chan<- part, s *slot, number, size int) {
	start, b := number*f.l.batch(), &s.batch
	s.number = number
	b.Rows = f.rows[start:min(start+f.l.batch(), len(f.rows))]
	b.N = len(b.Rows)
	b.X = b.X[:b.N*f.l.pixels()]
	if f.targets {
		b.Y = b.Y[:b.N*f.l.Classes]
	}
	s.left.Store(int32((b.N + size - 1) / size))
	for lo := 0; lo < b.N; lo += size {
		work <- part{s, lo, min(lo+size, b.N)}
	}
}

func (f *filler) slots(n int) []*slot {
	batch := f.l.batch()
	var slots []*slot
	for range n {
		s := &slot{filled: make(chan struct{}, 1)}
		s.batch.X = make([]float32, batch*f.l.pixels())
		if f.targets {
			s.batch.Y = make([]float32, batch*f.l.Classes)
		}
		slots = append(slots, s)
	}
	return slots
}

// fill makes a part of a batch. It allocates nothing.
func (f *filler) fill(p part) {
	im, b, k := f.l.Images, &p.slot.batch, f.l.Classes
	h, w, c, size := im.H(), im.W(), im.C(), f.l.pixels()
	for i := p.lo; i < p.hi; i++ {
		row := b.Rows[i]
		dst, src := b.X[i*size:(i+1)*size], im.Pixels(row)
		if f.augment == nil {
			f.scales.apply(dst, src, c)
		} else {
			f.augment.apply(dst, src, h, w, c, f.draw(row, p.slot.number), &f.scales)
		}
		switch {
		case f.targets && f.l.Targets != nil:
			copy(b.Y[i*k:(i+1)*k], f.l.Targets[row*k:])
		case f.targets:
			class, _ := f.l.label(row) // checked
			clear(b.Y[i*k : (i+1)*k])
			b.Y[i*k+class] = 1
		}
	}
}

// draw is the seed of what becomes of a row. A mixture may come to it twice in an
// epoch, in two batches, and then it is two views.
func (f *filler) draw(row, number int) uint64 {
	s := seed.Mix(f.seed, uint64(row))
	if f.l.Mixture != nil {
		s = seed.Mix(s, uint64(number))
	}
	return s
}

// mix mixes a batch that is filled, if it is one of training.
func (f *filler) mix(b *Batch) {
	if a, im := f.augment, f.l.Images; f.targets && a != nil && a.mixes() {
		a.mix(b.X, b.Y, b.N, im.H(), im.W(), im.C(), seed.Mix(f.seed, uint64(b.Rows[0])))
	}
}
