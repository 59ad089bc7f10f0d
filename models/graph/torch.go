package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// TorchShape is the shape that PyTorch gives a parameter of this kind: [out, in,
// height, width] for the weights of a convolution, [out, in] for those of a dense
// layer, and for all else the shape that it has here.
func (p *Param) TorchShape() tensor.Shape {
	switch s := p.shape; s.Dims() {
	case 4:
		return tensor.Shape{s[3], s[2], s[0], s[1]}
	case 2:
		return tensor.Shape{s[1], s[0]}
	}
	return p.shape.Clone()
}

// FromTorch takes the values of a tensor of TorchShape, row-major, and gives them
// in the order in which Value has them. Besides the order of the dimensions it
// minds that PyTorch flattens an image channel by channel and we flatten it pixel
// by pixel, so that the weights of the dense layer after it have their inputs in
// another order.
func (p *Param) FromTorch(values []float32) ([]float32, error) {
	if len(values) != p.Size() {
		return nil, fmt.Errorf("graph: parameter %q: want %d values of shape %v, got %d", p.Name, p.Size(), p.TorchShape(), len(values))
	}
	out := make([]float32, len(values))
	p.rows(func(ours, theirs, inputs, k int) {
		to := out[ours*k:][:k]
		for o := range to {
			to[o] = values[o*inputs+theirs]
		}
	})
	return out, nil
}

// ToTorch is the way back: the values of Value, row-major, in the order of a tensor of
// TorchShape.
func (p *Param) ToTorch(values []float32) ([]float32, error) {
	if len(values) != p.Size() {
		return nil, fmt.Errorf("graph: parameter %q: want %d values, got %d", p.Name, p.Size(), len(values))
	}
	out := make([]float32, len(values))
	p.rows(func(ours, theirs, inputs, k int) {
		for o, v := range values[ours*k:][:k] {
			out[o*inputs+theirs] = v
		}
	})
	return out, nil
}

// rows calls do for each input of a weight: its row here, of k outputs, and its column
// among so many inputs for PyTorch. Inputs behind those of a flattened image, which a
// vector joined, are in the same order there.
func (p *Param) rows(do func(ours, theirs, inputs, k int)) {
	h, w, c, k := p.sides()
	inputs := p.Size() / k
	for pixel := range h * w {
		for in := range c {
			do(pixel*c+in, in*h*w+pixel, inputs, k)
		}
	}
	for i := h * w * c; i < inputs; i++ {
		do(i, i, inputs, k)
	}
}

// sides are the dimensions [h, w, c, k] that weights have here; for PyTorch they
// are [k, c, h, w]. Weights of a dense layer on a flattened image have its sides,
// what has one dimension only k.
func (p *Param) sides() (h, w, c, k int) {
	s := p.shape
	switch {
	case s.Dims() == 4:
		return s[0], s[1], s[2], s[3]
	case s.Dims() == 2 && p.image != nil:
		return p.image[0], p.image[1], p.image[2], s[1]
	case s.Dims() == 2:
		return 1, 1, s[0], s[1]
	}
	return 1, 1, 1, s.TotalSize()
}

// flattened is the shape [h, w, c] of the image whose values are the first of the
// features x [batch, features], in order; nil if they are no image's. Of joined
// features only the first may be an image's.
func (n *Net) flattened(x *G.Node) tensor.Shape {
	for {
		o, ok := x.Op().(*op)
		if !ok || o.kind == "dense" {
			return nil
		}
		from := n.operands(x)[0]
		if o.view {
			if from.Shape().Dims() == 4 {
				return from.Shape()[1:].Clone()
			}
			return nil
		}
		x = from
	}
}
