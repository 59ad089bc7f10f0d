package graph

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Concat joins images [batch,h,w,c] of equal sides along their channels, or features
// [batch,c].
func (n *Net) Concat(parts ...*G.Node) *G.Node {
	name := n.autoName("concat")
	if !n.ready("concat", name, 0, parts...) {
		return nil
	}
	if len(parts) == 0 {
		return n.fail("concat", name, "want at least one input, got none")
	}
	var channels []int
	all, last := 0, parts[0].Shape().Dims()-1
	for _, x := range parts {
		if x.Shape().Dims() != last+1 || !x.Shape()[:last].Eq(parts[0].Shape()[:last]) {
			return n.fail("concat", name, "want equal shapes but for the last dimension, got %v and %v", parts[0].Shape(), x.Shape())
		}
		channels = append(channels, x.Shape()[last])
		all += x.Shape()[last]
	}
	return n.layerOp(n.concatOp(name, channels, all), parts...)
}

func (n *Net) concatOp(layer string, channels []int, all int) *op {
	o := &op{kind: "concat", layer: layer, wrt: make([]bool, len(channels))}
	for i := range o.wrt {
		o.wrt[i] = true
	}
	o.infer = func(in []tensor.Shape) ([]tensor.Shape, error) {
		return []tensor.Shape{withChannels(in[0], all)}, nil
	}
	o.kern = func(e engine.Engine, in, out []engine.T) func() error {
		parts, at := make([]engine.Columns, len(in)), 0
		for i, c := range channels {
			parts[i] = engine.Columns{Rows: in[i].Shape().TotalSize() / c, Cols: c, FromCols: c, To: at, ToCols: all}
			at += c
		}
		return func() error {
			for i, c := range parts {
				if err := e.CopyColumns(c, in[i], out[0]); err != nil {
					return err
				}
			}
			return nil
		}
	}
	o.diff = func(_ G.Nodes, _, dy *G.Node) (G.Nodes, error) {
		var grads G.Nodes
		at := 0
		for _, c := range channels {
			dx, err := n.apply(concatBackward(layer, at, c, all), dy)
			if err != nil {
				return nil, err
			}
			grads, at = append(grads, dx), at+c
		}
		return grads, nil
	}
	return o
}

// concatBackward is the channels from first on of the gradient.
func concatBackward(layer string, first, channels, all int) *op {
	return &op{
		kind: "concat backward", layer: layer,
		infer: func(in []tensor.Shape) ([]tensor.Shape, error) {
			return []tensor.Shape{withChannels(in[0], channels)}, nil
		},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			c := engine.Columns{Rows: in[0].Shape().TotalSize() / all, Cols: channels, From: first, FromCols: all, ToCols: channels}
			return func() error { return e.CopyColumns(c, in[0], out[0]) }
		},
	}
}

// withChannels is a shape with another last dimension.
func withChannels(s tensor.Shape, c int) tensor.Shape {
	s = s.Clone()
	s[len(s)-1] = c
	return s
}
