package train

import (
	"context"
	"fmt"
	"iter"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// Batch is some images with their targets.
type Batch struct {
	X []float32 // [N, height, width, channels], row-major, normalised
	Y []float32 // [N, classes] target probabilities, each row sums to 1; nil for prediction
	N int       // images in the batch, >= 1
}

// Dataset gives the images of a training, epoch by epoch.
//
// What an epoch holds, in which order and how augmented, must depend only on
// the dataset and the epoch's number: a resumed training asks for the same epoch
// again and skips what it has already seen.
type Dataset interface {
	// Len is how many images one epoch gives.
	Len() int
	// Epoch gives the batches of an epoch, numbered from 0 over all phases; of a
	// phase that stops early (Phase.Patience) the last numbers are not asked for.
	// Every batch has the phase's batch size, only the last of an epoch may be
	// smaller (but not a single image, if the net has batch normalisation; a
	// dataset may leave it out, and out of Len). The slices of a batch may be
	// reused for the next one.
	Epoch(ctx context.Context, epoch int) iter.Seq2[Batch, error]
}

// Skipper is a Dataset that can begin in the middle of an epoch. Without it a
// resumed training reads the batches that it skips.
type Skipper interface {
	Dataset
	// EpochFrom gives what Epoch gives, without the first batch batches.
	EpochFrom(ctx context.Context, epoch, batch int) iter.Seq2[Batch, error]
}

// batches is the rest of an epoch after the first skip batches.
func batches(ctx context.Context, d Dataset, epoch, skip int) iter.Seq2[Batch, error] {
	if s, ok := d.(Skipper); ok && skip > 0 {
		return s.EpochFrom(ctx, epoch, skip)
	}
	return func(yield func(Batch, error) bool) {
		seen := 0
		for b, err := range d.Epoch(ctx, epoch) {
			if seen++; seen <= skip && err == nil {
				continue
			}
			if !yield(b, err) {
				return
			}
		}
	}
}

// Memory is a Dataset of images that are in memory, shuffled anew every epoch.
// It neither augments nor reads ahead.
type Memory struct {
	X       []float32 // [images, pixels]
	Labels  []int     // class of each image
	Classes int
	Batch   int
	Seed    uint64 // of the order
}

// Len is the number of images.
func (m *Memory) Len() int { return len(m.Labels) }

// Epoch gives all images once.
func (m *Memory) Epoch(ctx context.Context, epoch int) iter.Seq2[Batch, error] {
	return m.EpochFrom(ctx, epoch, 0)
}

// EpochFrom gives the images that are left after so many batches.
func (m *Memory) EpochFrom(ctx context.Context, epoch, batch int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		if err := m.check(); err != nil {
			yield(Batch{}, err)
			return
		}
		order := seed.Rand(m.Seed, "order", epoch).Perm(m.Len())
		pixels := len(m.X) / m.Len()
		x := make([]float32, m.Batch*pixels)
		y := make([]float32, m.Batch*m.Classes)
		for at := batch * m.Batch; at < m.Len(); at += m.Batch {
			if err := ctx.Err(); err != nil {
				yield(Batch{}, err)
				return
			}
			rows := order[at:min(at+m.Batch, m.Len())]
			clear(y)
			for i, row := range rows {
				copy(x[i*pixels:(i+1)*pixels], m.X[row*pixels:])
				y[i*m.Classes+m.Labels[row]] = 1
			}
			if !yield(Batch{x[:len(rows)*pixels], y[:len(rows)*m.Classes], len(rows)}, nil) {
				return
			}
		}
	}
}

func (m *Memory) check() error {
	if m.Len() == 0 || m.Batch < 1 || len(m.X)%m.Len() != 0 {
		return fmt.Errorf("memory dataset: %d values for %d images in batches of %d", len(m.X), m.Len(), m.Batch)
	}
	for i, l := range m.Labels {
		if l < 0 || l >= m.Classes {
			return fmt.Errorf("memory dataset: image %d: want a class from 0 to %d, got %d", i, m.Classes-1, l)
		}
	}
	return nil
}
