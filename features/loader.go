package features

import (
	"context"
	"fmt"
	"iter"
	"runtime"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// Batch is a few images for a network.
type Batch struct {
	X    []float32 // [N, H, W, C], normalised
	Y    []float32 // [N, Classes], one-hot; nil when predicting
	N    int
	Rows []int // the images' numbers in the shard
}

// Loader makes batches out of an image shard, ahead of the consumer and on all
// cores. What is in a batch depends on the seed, the epoch (or pass), the row and,
// of a Mixture, the batch's number only: not on Workers, Ahead, Memory, timing, or on
// what was loaded before.
type Loader struct {
	Images   *Images
	Rows     []int     // images to load; nil: all
	Mixture  *Mixture  // of images to load in training, in place of Rows and Shuffle
	Labels   []int     // class of each image of the shard; nil: the shard's own labels
	Targets  []float32 // [images, Classes] probabilities that Y is of, in place of Labels; nil: none
	Classes  int       // how many classes; 0: no Y
	Batch    int       // images in a batch; default 64
	DropLast bool      // leave out a last batch that is not full
	Shuffle  bool      // a new order of Rows each epoch
	Augment  *Augment  // nil: none
	Norm     Normalize // the zero value: p/255
	Seed     uint64
	Workers  int   // goroutines; default GOMAXPROCS
	Ahead    int   // batches in memory, filled or being filled; 0: as many as Memory holds, 2 to 8
	Memory   int64 // bytes of X that Ahead may take; default 128 MiB
}

// Len is the number of images in an epoch.
func (l *Loader) Len() int {
	n := len(l.Rows)
	switch {
	case l.Mixture != nil:
		n = l.Mixture.Rows
	case l.Rows == nil:
		n = l.Images.N()
	}
	if l.DropLast {
		n -= n % l.batch()
	}
	return n
}

// Batches is the number of batches in an epoch.
func (l *Loader) Batches() int { return (l.Len() + l.batch() - 1) / l.batch() }

// Epoch is the batches of one epoch of training. The slices of a batch are good
// until the next step of the loop. The sequence ends with an error if the Loader
// is wrong or ctx is cancelled; no goroutine is left when the loop ends, however
// it ends.
func (l *Loader) Epoch(ctx context.Context, epoch int) iter.Seq2[Batch, error] {
	return l.EpochFrom(ctx, epoch, 0)
}

// EpochFrom is Epoch from batch first on, at no cost for those before it.
func (l *Loader) EpochFrom(ctx context.Context, epoch, first int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		rows, err := epochRows(l.rows(), l.Shuffle, l.Mixture, l.Seed, epoch, l.batch())
		if err != nil {
			yield(Batch{}, err)
			return
		}
		f := &filler{l: l, rows: rows, targets: l.Classes > 0, augment: l.Augment, seed: seed.Derive(l.Seed, "augment", epoch)}
		f.run(ctx, first, yield)
	}
}

// Predict is the batches of all rows in their order, without Y. Pass 0 is the
// images as they are; pass j > 0 is the j-th augmented view for test-time
// augmentation, its own for each row.
func (l *Loader) Predict(ctx context.Context, pass int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		f := &filler{l: l, rows: l.rows(), seed: seed.Derive(l.Seed, "tta", pass)}
		if pass > 0 {
			f.augment = l.Augment
		}
		f.run(ctx, 0, yield)
	}
}

func (l *Loader) batch() int {
	if l.Batch <= 0 {
		return 64
	}
	return l.Batch
}

func (l *Loader) rows() []int {
	if l.Rows != nil || l.Images == nil {
		return l.Rows
	}
	rows := make([]int, l.Images.N())
	for i := range rows {
		rows[i] = i
	}
	return rows
}

func (l *Loader) workers() int {
	if l.Workers <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return l.Workers
}

func (l *Loader) ahead() int {
	if l.Ahead > 0 {
		return l.Ahead
	}
	const least, most = 2, 8 // one is with the consumer
	memory := l.Memory
	if memory <= 0 {
		memory = 128 << 20
	}
	return int(min(max(memory/(4*int64(l.batch()*l.pixels())), least), most))
}

// pixels is the number of values of an image.
func (l *Loader) pixels() int { return l.Images.H() * l.Images.W() * l.Images.C() }

// part is how many images a worker fills at a time: all workers share the batch
// that the consumer needs next, and none is busy for long with little.
func (l *Loader) part() int {
	const parts, least = 4, 1 << 12 // parts a worker; values
	each, share := l.workers()*parts, (least+l.pixels()-1)/l.pixels()
	return min(max((l.batch()+each-1)/each, share), l.batch())
}

// check finds what is wrong before any work starts.
func (l *Loader) check(rows []int, targets bool) error {
	im := l.Images
	if im == nil {
		return fault.New(fault.Failed, "", "loader: no images")
	}
	if im.C() > maxChannels {
		return fmt.Errorf("loader: want at most %d channels, got %d", maxChannels, im.C())
	}
	if err := l.Norm.Check(im.C()); err != nil {
		return err
	}
	if l.Augment != nil {
		if err := l.Augment.Check(); err != nil {
			return err
		}
	}
	if targets && l.Targets != nil {
		return checkTargets(l.Targets, im.N(), l.Classes, rows)
	}
	if targets && l.Labels != nil && len(l.Labels) != im.N() {
		return fmt.Errorf("loader: want a label for each of %d images, got %d", im.N(), len(l.Labels))
	}
	for _, r := range rows {
		if r < 0 || r >= im.N() {
			return fmt.Errorf("loader: want rows in 0..%d, got %d", im.N()-1, r)
		}
		if !targets {
			continue
		}
		if c, ok := l.label(r); !ok || c < 0 || c >= l.Classes {
			return l.badLabel(r, c, ok)
		}
	}
	return nil
}

func (l *Loader) badLabel(row, class int, ok bool) error {
	got := "none"
	if ok {
		got = fmt.Sprint(class)
	}
	return fault.New(fault.Failed, "train on labelled images only, and count the classes from 0",
		"image %q: want a label in 0..%d, got %s", l.Images.ID(row), l.Classes-1, got)
}

func (l *Loader) label(row int) (int, bool) {
	if l.Labels != nil {
		return l.Labels[row], true
	}
	return l.Images.Label(row)
}
