package graph

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// MaxPool takes the largest of each k by k window of x [batch,h,w,c]. A stride
// of 0 means k. Padding never wins; partial windows at the end are dropped.
func (n *Net) MaxPool(x *G.Node, k, stride, pad int) *G.Node {
	name := n.autoName("maxpool")
	geo, ok := n.pool("maxpool", name, x, k, stride, pad)
	if !ok {
		return nil
	}
	return n.layerOp(n.maxPoolOp(name, geo), x)
}

// MaxPoolTiles takes the largest of each tile of h rows and w columns of x
// [batch,h,w,c]; partial tiles at the end are dropped.
func (n *Net) MaxPoolTiles(x *G.Node, h, w int) *G.Node {
	name := n.autoName("maxpool")
	if !n.ready("maxpool", name, 4, x) {
		return nil
	}
	s := x.Shape()
	geo := engine.Pool{N: s[0], H: s[1], W: s[2], C: s[3], R: h, S: w}
	if err := geo.Check(); err != nil {
		return n.fail("maxpool", name, "%w", err)
	}
	return n.layerOp(n.maxPoolOp(name, geo), x)
}

// AvgPool averages each k by k window of x [batch,h,w,c] over the elements that
// lie inside the image. A stride of 0 means k.
func (n *Net) AvgPool(x *G.Node, k, stride, pad int) *G.Node {
	name := n.autoName("avgpool")
	geo, ok := n.pool("avgpool", name, x, k, stride, pad)
	if !ok {
		return nil
	}
	return n.layerOp(n.avgPoolOp(name, geo), x)
}

// AvgPoolPadded is AvgPool that counts padding as zeros.
func (n *Net) AvgPoolPadded(x *G.Node, k, stride, pad int) *G.Node {
	name := n.autoName("avgpool")
	geo, ok := n.pool("avgpool", name, x, k, stride, pad)
	if !ok {
		return nil
	}
	geo.CountPad = true
	return n.layerOp(n.avgPoolOp(name, geo), x)
}

// GlobalAvgPool averages x [batch,h,w,c] over height and width; the result is
// [batch,c].
func (n *Net) GlobalAvgPool(x *G.Node) *G.Node {
	name := n.autoName("globalavgpool")
	if !n.ready("globalavgpool", name, 4, x) {
		return nil
	}
	s := x.Shape()
	geo := engine.Pool{N: s[0], H: s[1], W: s[2], C: s[3], R: s[1], S: s[2]}
	return n.Flatten(n.layerOp(n.avgPoolOp(name, geo), x))
}

func (n *Net) pool(kind, name string, x *G.Node, k, stride, pad int) (engine.Pool, bool) {
	if !n.ready(kind, name, 4, x) {
		return engine.Pool{}, false
	}
	s := x.Shape()
	geo := engine.Pool{N: s[0], H: s[1], W: s[2], C: s[3], R: k, S: k, StrideH: stride, StrideW: stride, PadH: pad, PadW: pad}
	if err := geo.Check(); err != nil {
		n.fail(kind, name, "%w", err)
		return geo, false
	}
	return geo, true
}

// poolShape infers the output of a pool from input i, an image.
func poolShape(geo engine.Pool, i int) func([]tensor.Shape) ([]tensor.Shape, error) {
	return func(in []tensor.Shape) ([]tensor.Shape, error) {
		return []tensor.Shape{{in[i][0], geo.OutH(), geo.OutW(), geo.C}}, nil
	}
}

func (n *Net) maxPoolOp(layer string, geo engine.Pool) *op {
	o := &op{kind: "maxpool", layer: layer, wrt: []bool{true}, infer: poolShape(geo, 0)}
	o.kern = func(e engine.Engine, in, out []engine.T) func() error {
		at := geo
		at.N = in[0].Shape()[0]
		return func() error { return e.MaxPool(at, in[0], out[0]) }
	}
	o.diff = func(in G.Nodes, y, dy *G.Node) (G.Nodes, error) {
		dx, err := n.apply(maxPoolBackward(layer, geo), in[0], y, dy)
		return G.Nodes{dx}, err
	}
	return o
}

// maxPoolBackward: inputs x, y, dy.
func maxPoolBackward(layer string, geo engine.Pool) *op {
	return &op{
		kind: "maxpool backward", layer: layer, infer: same(0),
		again: func() *op { return maxPoolBackward(layer, geo) },
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			at := geo
			at.N = in[0].Shape()[0]
			return func() error { return e.MaxPoolBackward(at, in[0], in[1], in[2], out[0]) }
		},
	}
}

func (n *Net) avgPoolOp(layer string, geo engine.Pool) *op {
	o := &op{kind: "avgpool", layer: layer, wrt: []bool{true}, infer: poolShape(geo, 0)}
	o.kern = func(e engine.Engine, in, out []engine.T) func() error {
		at := geo
		at.N = in[0].Shape()[0]
		return func() error { return e.AvgPool(at, in[0], out[0]) }
	}
	o.diff = func(_ G.Nodes, _, dy *G.Node) (G.Nodes, error) {
		dx, err := n.apply(&op{
			kind: "avgpool backward", layer: layer,
			infer: func(in []tensor.Shape) ([]tensor.Shape, error) {
				return []tensor.Shape{{in[0][0], geo.H, geo.W, geo.C}}, nil
			},
			kern: func(e engine.Engine, in, out []engine.T) func() error {
				at := geo
				at.N = in[0].Shape()[0]
				return func() error { return e.AvgPoolBackward(at, in[0], out[0]) }
			},
		}, dy)
		return G.Nodes{dx}, err
	}
	return o
}
