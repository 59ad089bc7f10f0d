package train

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

// Extractor gives the features that a net's trunk makes of images: an evaluation
// net, as fast as prediction, up to the cut. It is used by one goroutine at a time,
// and not while a training or a model uses the same engine.
type Extractor struct {
	design design
	shape  [3]int
	state  *graph.State
	exec   *graph.Executor // for batches of up to room
	room   int
	out    []float32 // of a batch, used again for the next
}

// Trunk makes the extractor of c.Net on images of c.Input, with the weights of
// c.Weights or else of c.Seed, on c.Engine; the rest of c is not looked at. A net
// that is not cut, or a size that it does not take, is a fault of kind Usage.
func Trunk(c Config) (*Extractor, error) {
	if c.Engine == nil {
		return nil, fmt.Errorf("train: no engine")
	}
	shape, err := c.Net.Features(c.Input)
	if err != nil {
		return nil, err
	}
	x := &Extractor{design: design{Net: c.Net, input: c.Input}, shape: shape, state: graph.NewState(c.Engine, c.Seed)}
	if c.Weights != "" {
		if err := x.design.loadWeights(c.Weights, x.state); err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
	}
	return x, x.ready(1)
}

// Shape is that of an image's features: height, width, channels. See Net.Features.
func (x *Extractor) Shape() [3]int { return x.shape }

// ready makes the net for batches of up to n images.
func (x *Extractor) ready(n int) error {
	if x.exec != nil && n <= x.room {
		return nil
	}
	x.exec = nil // its memory may go before the next one's comes
	exec, err := x.design.trunk(x.state, n)
	if err != nil {
		return err
	}
	x.exec, x.room = exec, n
	return nil
}

// Features gives for each batch of images one of their features: X is [N, height,
// width, channels] of Shape, all else is the images' own. The net computes at most
// maxBatch images at once. The slices are used again for the next batch. It ends with
// the first error, of the images, the net or ctx.
func (x *Extractor) Features(ctx context.Context, in iter.Seq2[Batch, error], maxBatch int) iter.Seq2[Batch, error] {
	return mapped(ctx, "features", in, func(b *Batch) error {
		if maxBatch < 1 {
			return fmt.Errorf("want batches of at least 1 image, got %d", maxBatch)
		}
		if err := x.ready(maxBatch); err != nil {
			return err
		}
		if err := b.check(x.design); err != nil {
			return err
		}
		x.out = x.out[:0]
		err := inParts(x.exec, *b, maxBatch, &x.out, size(x.shape), nil)
		b.X = x.out
		return err
	})
}

// mapped gives each batch of images with what change makes of it, until the first
// error; what names who asks for it.
func mapped(ctx context.Context, what string, in iter.Seq2[Batch, error], change func(*Batch) error) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		seen := 0
		for b, err := range in {
			if err = errors.Join(ctx.Err(), err); err == nil {
				err = change(&b)
			}
			if err != nil {
				yield(Batch{}, fmt.Errorf("%s: image %d: %w", what, seen, err))
				return
			}
			if !yield(b, nil) {
				return
			}
			seen += b.N
		}
		if err := ctx.Err(); err != nil {
			yield(Batch{}, fmt.Errorf("%s: image %d: %w", what, seen, err))
		}
	}
}

// trunk is an evaluation net of the trunk over state, for batches of up to n.
func (d design) trunk(state *graph.State, n int) (*graph.Executor, error) {
	arch, err := d.cut()
	if err != nil {
		return nil, err
	}
	net := graph.NewNet(state, graph.Eval, n)
	return net.Features(arch.Trunk(net, net.Input(d.input[0], d.input[1], d.input[2]), d.Cut))
}

// inParts appends what a net makes of a batch, [b.N, width], to out and, unless boxes
// is nil, its boxes to that, computing at most maxBatch images at once. After an error
// neither is longer than before.
func inParts(exec *graph.Executor, b Batch, maxBatch int, out *[]float32, width int, boxes *[]float32) error {
	y, rest := extend(*out, b.N*width), []float32(nil)
	var values []float32
	if boxes != nil {
		rest = extend(*boxes, b.N*zoo.BoxValues)
	}
	for at := 0; at < b.N; at += maxBatch {
		n := min(maxBatch, b.N-at)
		if boxes != nil {
			values = rest[len(*boxes)+at*zoo.BoxValues:][:n*zoo.BoxValues]
		}
		if err := exec.PredictRows(b.rows(at, n), y[len(*out)+at*width:][:n*width], values); err != nil {
			return err
		}
	}
	if *out = y; boxes != nil {
		*boxes = rest
	}
	return nil
}

// extend is v with n more elements of any value.
func extend(v []float32, n int) []float32 {
	if need := len(v) + n; need <= cap(v) {
		return v[:need]
	}
	return append(v, make([]float32, n)...)
}

func size(shape [3]int) int { return shape[0] * shape[1] * shape[2] }
