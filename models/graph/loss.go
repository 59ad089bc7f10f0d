package graph

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// crossEntropy is the mean over the batch of softmax cross-entropy: inputs
// logits and target [batch, classes]. The losses of the rows are side result 1.
func (n *Net) crossEntropy(logits, target *G.Node) (*G.Node, error) {
	o := &op{kind: "softmax cross-entropy", layer: "loss", scalar: true, wrt: []bool{true, false}}
	o.infer = func(in []tensor.Shape) ([]tensor.Shape, error) {
		return []tensor.Shape{{1}, {in[0][0]}}, nil
	}
	o.kern = func(e engine.Engine, in, out []engine.T) func() error {
		rows, cols := in[0].Shape()[0], in[0].Shape()[1]
		return func() error {
			if err := e.SoftmaxCrossEntropy(rows, cols, in[0], in[1], out[1]); err != nil {
				return err
			}
			return e.Mean(rows, out[1], out[0])
		}
	}
	// The gradient that comes in is the constant 1 and is left out: gorgonia
	// makes it a host value that is shared by all graphs.
	o.diff = func(in G.Nodes, _, _ *G.Node) (G.Nodes, error) {
		d, err := n.apply(crossEntropyBackward(), in[0], in[1])
		return G.Nodes{d, nil}, err
	}
	return n.apply(o, logits, target)
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

// softmax gives probabilities [batch, classes].
func (n *Net) softmax(logits *G.Node) (*G.Node, error) {
	return n.apply(&op{
		kind: "softmax", layer: "probabilities", infer: same(0),
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			rows, cols := in[0].Shape()[0], in[0].Shape()[1]
			return func() error { return e.Softmax(rows, cols, in[0], out[0]) }
		},
	}, logits)
}
