package train

import (
	"context"
	"fmt"
	"iter"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

// Batch is some images with their targets, and what else a net takes and gives.
type Batch struct {
	X []float32 // [N, height, width, channels], row-major, normalised
	Y []float32 // [N, classes] target probabilities, each row sums to 1; nil for prediction
	N int       // images in the batch, >= 1

	// Extra is the second input [N, Config.Extra] of a net that has one, in training and
	// in prediction; of other nets it is not looked at.
	Extra []float32
	// Boxes are the boxes [N, 4] that a net with Config.Boxes is to give: x, y, width
	// and height, in the unit of the loss. HasBox [N] says which images have one: 1, or 0
	// for an image without, whose four values are then not looked at. Other nets look at
	// neither, nor does prediction.
	Boxes  []float32
	HasBox []float32
}

// rows is the part of a batch from image at on to image at+n.
func (b Batch) rows(at, n int) graph.Rows {
	part := func(v []float32) []float32 {
		w := len(v) / b.N
		return v[at*w : (at+n)*w]
	}
	return graph.Rows{N: n, Images: part(b.X), Vector: part(b.Extra), Target: part(b.Y), Values: part(b.Boxes), Known: part(b.HasBox)}
}

// check says whether the numbers of a batch are as many as d's net wants for
// prediction.
func (b Batch) check(d design) error {
	switch {
	case b.N < 1 || len(b.X) != b.N*size(d.input):
		return fmt.Errorf("%d images of %dx%dx%d want %d values, got %d", b.N, d.input[0], d.input[1], d.input[2], b.N*size(d.input), len(b.X))
	case d.extra > 0 && len(b.Extra) != b.N*d.extra:
		return fmt.Errorf("%d images with %d extra values each want %d, got %d", b.N, d.extra, b.N*d.extra, len(b.Extra))
	}
	return nil
}

// checkClasses says whether its target probabilities are as many as d's net wants.
func (b Batch) checkClasses(d design) error {
	if len(b.Y) != b.N*d.classes {
		return fmt.Errorf("%d images of %d classes want %d target probabilities, got %d", b.N, d.classes, b.N*d.classes, len(b.Y))
	}
	return nil
}

// checkBoxes says whether its boxes are as many as d's net wants to train on.
func (b Batch) checkBoxes(d design) error {
	switch {
	case d.boxes > 0 && len(b.Boxes) != b.N*zoo.BoxValues:
		return fmt.Errorf("%d images with boxes want %d values of them, got %d", b.N, b.N*zoo.BoxValues, len(b.Boxes))
	case d.boxes > 0 && len(b.HasBox) != b.N:
		return fmt.Errorf("%d images with boxes want a mask of %d values, got %d", b.N, b.N, len(b.HasBox))
	}
	return nil
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

	Extra  []float32 // [images, k], see Batch; nil for none
	Boxes  []float32 // [images, 4]
	HasBox []float32 // [images]
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
		b := Batch{X: m.room(m.X), Y: make([]float32, m.Batch*m.Classes), Extra: m.room(m.Extra), Boxes: m.room(m.Boxes), HasBox: m.room(m.HasBox)}
		for at := batch * m.Batch; at < m.Len(); at += m.Batch {
			if err := ctx.Err(); err != nil {
				yield(Batch{}, err)
				return
			}
			rows := order[at:min(at+m.Batch, m.Len())]
			b.N, b.Y = len(rows), b.Y[:len(rows)*m.Classes]
			clear(b.Y)
			for i, row := range rows {
				b.Y[i*m.Classes+m.Labels[row]] = 1
			}
			m.gather(&b.X, m.X, rows)
			m.gather(&b.Extra, m.Extra, rows)
			m.gather(&b.Boxes, m.Boxes, rows)
			m.gather(&b.HasBox, m.HasBox, rows)
			if !yield(b, nil) {
				return
			}
		}
	}
}

// room is room for a batch of rows of v.
func (m *Memory) room(v []float32) []float32 { return make([]float32, len(v)/m.Len()*m.Batch) }

// gather copies rows of v to dst.
func (m *Memory) gather(dst *[]float32, v []float32, rows []int) {
	w := len(v) / m.Len()
	*dst = (*dst)[:len(rows)*w]
	for i, row := range rows {
		copy((*dst)[i*w:(i+1)*w], v[row*w:])
	}
}

func (m *Memory) check() error {
	if m.Len() == 0 || m.Batch < 1 || len(m.X)%m.Len() != 0 {
		return fmt.Errorf("memory dataset: %d values for %d images in batches of %d", len(m.X), m.Len(), m.Batch)
	}
	if n := m.Len(); len(m.Extra)%n != 0 || len(m.Boxes)%n != 0 || len(m.HasBox)%n != 0 {
		return fmt.Errorf("memory dataset: %d extra values, %d of boxes and %d of their mask for %d images", len(m.Extra), len(m.Boxes), len(m.HasBox), n)
	}
	for i, l := range m.Labels {
		if l < 0 || l >= m.Classes {
			return fmt.Errorf("memory dataset: image %d: want a class from 0 to %d, got %d", i, m.Classes-1, l)
		}
	}
	return nil
}
