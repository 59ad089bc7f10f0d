package features

import (
	"context"
	"fmt"
	"iter"
)

// VectorLoader makes batches of what a trunk has made of images: Loader's for the
// layers that stand on it. What is in a batch depends on the seed, the epoch (or
// pass) and the row only.
type VectorLoader struct {
	Passes  []*Vectors // views of the same images, the first plain; an epoch reads one, in turn
	Rows    []int      // rows to load
	Mixture *Mixture   // of rows to load in training, in place of Rows and Shuffle
	Labels  []int      // class of each row of the passes
	Targets []float32  // [rows of the passes, Classes] probabilities that Y is of, in place of Labels; nil: none
	Classes int        // how many classes; 0: no Y
	Batch   int        // rows in a batch
	Shuffle bool       // a new order of Rows each epoch
	Seed    uint64
}

// EpochFrom is the batches of one epoch of training, from number first on. The
// slices of a batch are good until the next step of the loop.
func (l *VectorLoader) EpochFrom(ctx context.Context, epoch, first int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		rows, err := epochRows(l.Rows, l.Shuffle, l.Mixture, l.Seed, epoch, l.Batch)
		if err != nil {
			yield(Batch{}, err)
			return
		}
		l.batches(ctx, epoch, rows, first)(yield)
	}
}

// Predict is the batches of all rows of a pass in their order.
func (l *VectorLoader) Predict(ctx context.Context, pass int) iter.Seq2[Batch, error] {
	return l.batches(ctx, pass, l.Rows, 0)
}

// batches reads the pass whose turn it is.
func (l *VectorLoader) batches(ctx context.Context, turn int, rows []int, first int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		if err := l.check(rows); err != nil {
			yield(Batch{}, err)
			return
		}
		from := l.Passes[turn%len(l.Passes)]
		x, y := make([]float32, l.Batch*from.Size()), make([]float32, l.Batch*l.Classes)
		for at := first * l.Batch; at < len(rows); at += l.Batch {
			if err := ctx.Err(); err != nil {
				yield(Batch{}, err)
				return
			}
			b := Batch{Rows: rows[at:min(at+l.Batch, len(rows))]}
			b.N = len(b.Rows)
			b.X, b.Y = x[:b.N*from.Size()], y[:b.N*l.Classes]
			clear(b.Y)
			for i, r := range b.Rows {
				from.Row(r, b.X[i*from.Size():(i+1)*from.Size()])
				switch {
				case l.Classes > 0 && l.Targets != nil:
					copy(b.Y[i*l.Classes:(i+1)*l.Classes], l.Targets[r*l.Classes:])
				case l.Classes > 0:
					b.Y[i*l.Classes+l.Labels[r]] = 1
				}
			}
			if !yield(b, nil) {
				return
			}
		}
	}
}

// check finds what is wrong before any work starts.
func (l *VectorLoader) check(rows []int) error {
	if len(l.Passes) == 0 || l.Batch < 1 {
		return fmt.Errorf("features: want at least one pass and row a batch, got %d and %d", len(l.Passes), l.Batch)
	}
	for _, p := range l.Passes {
		if p.N() != l.Passes[0].N() || p.Shape() != l.Passes[0].Shape() {
			return fmt.Errorf("features: want %d rows of %v in each pass, got %d of %v", l.Passes[0].N(), l.Passes[0].Shape(), p.N(), p.Shape())
		}
	}
	n := l.Passes[0].N()
	if l.Classes > 0 && l.Targets != nil {
		return checkTargets(l.Targets, n, l.Classes, rows)
	}
	if l.Classes > 0 && len(l.Labels) != n {
		return fmt.Errorf("features: want a label for each of %d rows, got %d", n, len(l.Labels))
	}
	for _, r := range rows {
		if r < 0 || r >= n {
			return fmt.Errorf("features: want rows in 0..%d, got %d", n-1, r)
		}
		if l.Classes > 0 && (l.Labels[r] < 0 || l.Labels[r] >= l.Classes) {
			return fmt.Errorf("features: row %d: want a label in 0..%d, got %d", r, l.Classes-1, l.Labels[r])
		}
	}
	return nil
}
