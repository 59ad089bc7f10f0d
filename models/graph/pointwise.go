package graph

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// ReLU is max(0, x) of any shape. Conv, Dense and BatchNorm have it fused.
func (n *Net) ReLU(x *G.Node) *G.Node {
	name := n.autoName("relu")
	if !n.ready("relu", name, 0, x) {
		return nil
	}
	o := &op{kind: kindReLU, layer: name, wrt: []bool{true}, infer: same(0), reuse: [][]int{{0}}}
	o.kern = func(e engine.Engine, in, out []engine.T) func() error {
		size := in[0].Shape().TotalSize()
		return func() error { return e.ReLU(size, in[0], out[0]) }
	}
	o.diff = func(_ G.Nodes, y, dy *G.Node) (G.Nodes, error) {
		dx, err := n.apply(reluBackward(name), y, dy)
		return G.Nodes{dx}, err
	}
	return n.layerOp(o, x)
}

// Add is a + b, of equal shapes: the joint of a residual branch.
func (n *Net) Add(a, b *G.Node) *G.Node {
	name := n.autoName("add")
	if !n.ready("add", name, 0, a, b) {
		return nil
	}
	if !a.Shape().Eq(b.Shape()) {
		return n.fail("add", name, "want equal shapes, got %v and %v", a.Shape(), b.Shape())
	}
	o := sumOp(kindAdd, name)
	o.wrt = []bool{true, true}
	o.diff = func(_ G.Nodes, _, dy *G.Node) (G.Nodes, error) { return G.Nodes{dy, dy}, nil }
	return n.layerOp(o, a, b)
}

// sumOp is a + b, in place of either if that is not needed any more.
func sumOp(kind, layer string) *op {
	return &op{
		kind: kind, layer: layer, infer: same(0), reuse: [][]int{{0, 1}},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			into := []tensor.FuncOpt{tensor.WithReuse(out[0])}
			return func() error {
				_, err := e.Add(in[0], in[1], into...)
				return err
			}
		},
	}
}

// Flatten is x [batch, ...] as [batch, features]. It moves nothing.
func (n *Net) Flatten(x *G.Node) *G.Node {
	name := n.autoName("flatten")
	if !n.ready("flatten", name, 0, x) {
		return nil
	}
	full := x.Shape()
	o := viewOp("flatten", name, full.TotalSize()/full[0])
	o.wrt = []bool{true}
	o.diff = func(_ G.Nodes, _, dy *G.Node) (G.Nodes, error) {
		dx, err := n.apply(viewOp("flatten backward", name, full[1:]...), dy)
		return G.Nodes{dx}, err
	}
	return n.layerOp(o, x)
}

// viewOp is the input as [batch, rest...].
func viewOp(kind, layer string, rest ...int) *op {
	return &op{
		kind: kind, layer: layer, view: true,
		infer: func(in []tensor.Shape) ([]tensor.Shape, error) {
			return []tensor.Shape{append(tensor.Shape{in[0][0]}, rest...)}, nil
		},
	}
}
