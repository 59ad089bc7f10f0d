package train

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/seed-a5aa75a0/podium/models/graph"
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
// width, channels] of Shape, Y is the images' own. The net computes at most maxBatch
// images at once. The slices are used again for the next batch. It ends with the
// first error, of the images, the net or ctx.
func (x *Extractor) Features(ctx context.Context, in iter.Seq2[Batch, error], maxBatch int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		seen := 0
		fail := func(err error) { yield(Batch{}, fmt.Errorf("features: image %d: %w", seen, err)) }
		if maxBatch < 1 {
			fail(fmt.Errorf("want batches of at least 1 image, got %d", maxBatch))
			return
		}
		if err := x.ready(maxBatch); err != nil {
			fail(err)
			return
		}
		for b, err := range in {
			if err := errors.Join(ctx.Err(), err); err != nil {
				fail(err)
				return
			}
			if err := x.batch(b, maxBatch); err != nil {
				fail(err)
				return
			}
			if !yield(Batch{X: x.out, Y: b.Y, N: b.N}, nil) {
				return
			}
			seen += b.N
		}
		if err := ctx.Err(); err != nil {
			fail(err)
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

// batch computes the features of a batch.
func (x *Extractor) batch(b Batch, maxBatch int) error {
	if err := checkImagesOf(b, x.design.input); err != nil {
		return err
	}
	var err error
	x.out, err = inParts(x.exec, b, x.out[:0], maxBatch, size(x.design.input), size(x.shape))
	return err
}

// inParts appends what a net makes of a batch, [b.N, width], to out, computing at
// most maxBatch images of so many values at once.
func inParts(exec *graph.Executor, b Batch, out []float32, maxBatch, image, width int) ([]float32, error) {
	start := len(out)
	if need := start + b.N*width; need <= cap(out) {
		out = out[:need]
	} else {
		out = append(out, make([]float32, b.N*width)...)
	}
	for at := 0; at < b.N; at += maxBatch {
		n := min(maxBatch, b.N-at)
		if err := exec.Predict(n, b.X[at*image:(at+n)*image], out[start+at*width:start+(at+n)*width]); err != nil {
			return out[:start], err
		}
	}
	return out, nil
}

// checkImagesOf says whether a batch's images have the size that is wanted.
func checkImagesOf(b Batch, input [3]int) error {
	if want := b.N * size(input); b.N < 1 || len(b.X) != want {
		return fmt.Errorf("%d images of %dx%dx%d want %d values, got %d", b.N, input[0], input[1], input[2], want, len(b.X))
	}
	return nil
}

func size(shape [3]int) int { return shape[0] * shape[1] * shape[2] }
