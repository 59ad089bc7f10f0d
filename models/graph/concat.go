package graph

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Concat joins images [batch,h,w,c] of equal sides along their channels.
func (n *Net) Concat(images ...*G.Node) *G.Node {
	name := n.autoName("concat")
	if !n.ready("concat", name, 4, images...) {
		return nil
	}
	if len(images) == 0 {
		return n.fail("concat", name, "want at least one image, got none")
	}
	var channels []int
	all := 0
	for _, x := range images {
		if !x.Shape()[:3].Eq(images[0].Shape()[:3]) {
			return n.fail("concat", name, "want equal batches, heights and widths, got %v and %v", images[0].Shape(), x.Shape())
		}
		channels = append(channels, x.Shape()[3])
		all += x.Shape()[3]
	}
	return n.layerOp(n.concatOp(name, channels, all), images...)
}

func (n *Net) concatOp(layer string, channels []int, all int) *op {
	o := &op{kind: "concat", layer: layer, wrt: make([]bool, len(channels))}
	for i := range o.wrt {
		o.wrt[i] = true
	}
	o.infer = func(in []tensor.Shape) ([]tensor.Shape, error) {
		return []tensor.Shape{{in[0][0], in[0][1], in[0][2], all}}, nil
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
			return []tensor.Shape{{in[0][0], in[0][1], in[0][2], channels}}, nil
		},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			c := engine.Columns{Rows: in[0].Shape().TotalSize() / all, Cols: channels, From: first, FromCols: all, ToCols: channels}
			return func() error { return e.CopyColumns(c, in[0], out[0]) }
		},
	}
}
