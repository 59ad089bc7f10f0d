package graph

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// loss is the mean over the batch of softmax cross-entropy, of logits against target
// [batch, classes], and, where the net has a regression, of its squared errors: see
// Regress. outputs are logits and maybe values, targets those of each and the values'
// mask. The losses of the rows are side result 1. It is one operation, so that no sum
// of two scalars is needed.
func (n *Net) loss(outputs, targets G.Nodes) (*G.Node, error) {
	inputs := append(outputs, targets...)
	o := &op{kind: "softmax cross-entropy", layer: "loss", scalar: true}
	target, scale := 1, float32(0)
	if len(outputs) == 2 {
		o.kind, target = "softmax cross-entropy and squared error", 2
		scale = float32(n.regress.weight / float64(outputs[1].Shape()[1]))
	}
	o.wrt = make([]bool, len(inputs))
	for i := range outputs {
		o.wrt[i] = true
	}
	o.infer = func(in []tensor.Shape) ([]tensor.Shape, error) {
		return []tensor.Shape{{1}, {in[0][0]}}, nil
	}
	o.kern = func(e engine.Engine, in, out []engine.T) func() error {
		rows, cols := in[0].Shape()[0], in[0].Shape()[1]
		return func() error {
			if err := e.SoftmaxCrossEntropy(rows, cols, in[0], in[target], out[1]); err != nil {
				return err
			}
			if target == 2 {
				if err := e.SquaredError(rows, in[1].Shape()[1], scale, in[1], in[3], in[4], out[1]); err != nil {
					return err
				}
			}
			return e.Mean(rows, out[1], out[0])
		}
	}
	// The gradient that comes in is the constant 1 and is left out: gorgonia
	// makes it a host value that is shared by all graphs.
	o.diff = func(in G.Nodes, _, _ *G.Node) (G.Nodes, error) {
		grads := make(G.Nodes, len(in))
		var err error
		if grads[0], err = n.apply(crossEntropyBackward(), in[0], in[target]); err == nil && target == 2 {
			grads[1], err = n.apply(squaredErrorBackward(scale), in[1], in[3], in[4])
		}
		return grads, err
	}
	return n.apply(o, inputs...)
}

func crossEntropyBackward() *op {
	return &op{
		kind: "softmax cross-entropy backward", layer: "loss", infer: same(0),
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			rows, cols := in[0].Shape()[0], in[0].Shape()[1]
			scale := 1 / float32(rows)
			return func() error {
				return e.SoftmaxCrossEntropyBackward(rows, cols, scale, in[0], in[1], out[0])
			}
		},
	}
}

// squaredErrorBackward: inputs values, target, mask.
func squaredErrorBackward(scale float32) *op {
	return &op{
		kind: "squared error backward", layer: "loss", infer: same(0),
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			rows, cols := in[0].Shape()[0], in[0].Shape()[1]
			scale := scale / float32(rows)
			return func() error {
				return e.SquaredErrorBackward(rows, cols, scale, in[0], in[1], in[2], out[0])
			}
		},
	}
}

// Softmax is exp(x)/sum(exp(x)) over the last dimension of x, of any shape: what Heat
// maps are made of. It is for Eval nets, as it has no gradient: a Train net's logits
// go to Compile.
func (n *Net) Softmax(x *G.Node) *G.Node {
	name := n.autoName("softmax")
	if !n.ready("softmax", name, 0, x) {
		return nil
	}
	return n.layerOp(softmaxOp(name), x)
}

// softmaxOp gives probabilities over the last dimension.
func softmaxOp(layer string) *op {
	return &op{
		kind: "softmax", layer: layer, infer: same(0),
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			s := in[0].Shape()
			cols := s[len(s)-1]
			rows := s.TotalSize() / cols
			return func() error { return e.Softmax(rows, cols, in[0], out[0]) }
		},
	}
}
