package graph

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// ending is what is done to a result on its way to memory: engine.Epilogue
// without its operands.
type ending struct{ scale, bias, add, relu bool }

// addend is the index of what is added, of an op with own operands before those
// of its ending.
func (e ending) addend(own int) int { return own + count(e.scale) + count(e.bias) }

// inPlace is the reuse of an op that adds to what its result's memory holds.
func (e ending) inPlace(own int) [][]int {
	if !e.add {
		return nil
	}
	return [][]int{{e.addend(own)}}
}

// epilogue has the operands of the ending. What is added must lie where the
// result is to be: fuse sees to that.
func (e ending) epilogue(in []engine.T, own int, out engine.T) engine.Epilogue {
	ep := engine.Epilogue{Accumulate: e.add, ReLU: e.relu}
	if e.add && in[e.addend(own)] != out {
		panic("graph: what is to be added to is not in place")
	}
	if e.scale {
		ep.Scale = in[own]
	}
	if e.bias {
		ep.Bias = in[own+count(e.scale)]
	}
	return ep
}

// epilogueDiff is the gradient dz before the epilogue, and that of the bias (no
// node without a bias).
func (n *Net) epilogueDiff(layer string, y, dy *G.Node, bias, relu bool) (dz *G.Node, db G.Nodes, err error) {
	switch {
	case relu && bias:
		return n.biasReLUDiff(layer, y, dy)
	case relu:
		dz, err = n.apply(reluBackward(layer), y, dy)
		return dz, nil, err
	case bias:
		node, err := n.apply(columnSum(layer, y.Shape()), dy)
		return dy, G.Nodes{node}, err
	}
	return dy, nil, nil
}

// biasReLUDiff is epilogueDiff with bias and ReLU. Max pooling behind a ReLU sends
// a gradient only to where y is the pooled value, so that whether y is positive
// can be asked of the pooled values as well, which are fewer; and no gradient goes
// to two places, so that their sums are the same.
func (n *Net) biasReLUDiff(layer string, y, dy *G.Node) (dz *G.Node, db G.Nodes, err error) {
	pool, _ := dy.Op().(*op)
	before := pool != nil && pool.again != nil
	var in []*G.Node
	if before {
		in = n.operands(dy) // y, pooled, the gradient of pooled
		before = in[0] == y
	}
	if before {
		y, dy = in[1], in[2]
	}
	if dz, err = n.apply(biasReLUBackward(layer, y.Shape()), y, dy); err != nil {
		return nil, nil, err
	}
	sums, err := n.pickOp(dz, 1, "bias backward")
	if err == nil && before {
		dz, err = n.apply(pool.again(), in[0], in[1], dz)
	}
	return dz, G.Nodes{sums}, err
}

// reluBackward: inputs y, dy.
func reluBackward(layer string) *op {
	return &op{
		kind: kindReLUBackward, layer: layer,
		infer: same(1), reuse: [][]int{{1}},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			size := in[1].Shape().TotalSize()
			return func() error { return e.ReLUBackward(size, in[0], in[1], out[0]) }
		},
	}
}

// biasReLUBackward: inputs y, dy; the gradient of the bias is side result 1.
func biasReLUBackward(layer string, y tensor.Shape) *op {
	cols := y[len(y)-1]
	return &op{
		kind: "bias relu backward", layer: layer, reuse: [][]int{{1}},
		infer: func(in []tensor.Shape) ([]tensor.Shape, error) {
			return []tensor.Shape{in[1].Clone(), {cols}}, nil
		},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			rows := in[1].Shape().TotalSize() / cols
			return func() error { return e.BiasReLUBackward(rows, cols, in[0], in[1], out[0], out[1]) }
		},
	}
}

// columnSum is the gradient of a bias: input dz, shaped like y.
func columnSum(layer string, y tensor.Shape) *op {
	cols := y[len(y)-1]
	return &op{
		kind: "bias backward", layer: layer,
		infer: fixed(tensor.Shape{cols}),
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			rows := in[0].Shape().TotalSize() / cols
			return func() error { return e.ColumnSum(rows, cols, in[0], out[0]) }
		},
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
