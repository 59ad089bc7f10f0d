package graph

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// epilogue is the fused tail of a convolution or dense layer whose third input,
// if it has one, is the bias.
func epilogue(in []engine.T, bias, relu bool) engine.Epilogue {
	ep := engine.Epilogue{ReLU: relu}
	if bias {
		ep.Bias = in[2]
	}
	return ep
}

// epilogueDiff is the gradient dz before the epilogue, and that of the bias (no
// node without a bias).
func (n *Net) epilogueDiff(layer string, y, dy *G.Node, bias, relu bool) (dz *G.Node, db G.Nodes, err error) {
	dz = dy
	if relu {
		if dz, err = n.apply(reluBackward(layer), y, dy); err != nil {
			return nil, nil, err
		}
	}
	if !bias {
		return dz, nil, nil
	}
	node, err := n.apply(columnSum(layer, y.Shape()), dz)
	return dz, G.Nodes{node}, err
}

// reluBackward: inputs y, dy.
func reluBackward(layer string) *op {
	return &op{
		kind: "relu backward", layer: layer,
		infer: same(1), reuse: []int{1},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			size := in[1].Shape().TotalSize()
			return func() error { return e.ReLUBackward(size, in[0], in[1], out[0]) }
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
