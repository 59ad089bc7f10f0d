package graph

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// BatchNorm is batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167)
// over the last dimension.
type BatchNorm struct {
	Name     string  // names Name.weight (gamma), Name.bias (beta), Name.running_mean, Name.running_var, all [channels]
	ReLU     bool    // max(0, ...), fused
	Eps      float32 // added to the variance; 0 means 1e-5
	Momentum float32 // share of the batch in the running statistics; 0 means 0.1
}

// BatchNorm normalises x, [batch,h,w,c] or [batch,c], channel by channel: by the
// batch's statistics in a Train net, which also move the running ones, and by
// the running statistics in an Eval net.
func (n *Net) BatchNorm(x *G.Node, b BatchNorm) *G.Node {
	const kind = "batchnorm"
	if !n.ready(kind, b.Name, 0, x) || !n.named(kind, b.Name) {
		return nil
	}
	if d := x.Shape().Dims(); d != 2 && d != 4 {
		return n.fail(kind, b.Name, "want an input with 2 or 4 dimensions, got shape %v", x.Shape())
	}
	if b.Eps == 0 {
		b.Eps = 1e-5
	}
	if b.Momentum == 0 {
		b.Momentum = 0.1
	}
	if b.Eps < 0 || b.Momentum < 0 || b.Momentum > 1 {
		return n.fail(kind, b.Name, "want eps above 0 and momentum in [0, 1], got %v and %v", b.Eps, b.Momentum)
	}
	c := x.Shape()[x.Shape().Dims()-1]
	inputs := G.Nodes{x,
		n.param(kind, b.Name, "weight", constant(1), Param{Trainable: true}, c),
		n.param(kind, b.Name, "bias", constant(0), Param{Trainable: true}, c),
		n.param(kind, b.Name, "running_mean", constant(0), Param{}, c),
		n.param(kind, b.Name, "running_var", constant(1), Param{}, c),
	}
	if n.mode == Eval || n.frozen {
		return n.layerOp(batchNormEval(b), inputs...)
	}
	n.minBatch = 2
	return n.layerOp(n.batchNormTrain(b, c), inputs...)
}

// over is the descriptor for an input of shape x.
func (b BatchNorm) over(x tensor.Shape) engine.BatchNorm {
	c := x[len(x)-1]
	return engine.BatchNorm{Rows: x.TotalSize() / c, Cols: c, Eps: b.Eps, Momentum: b.Momentum, ReLU: b.ReLU}
}

func (b BatchNorm) withReLU(on bool) BatchNorm {
	b.ReLU = on
	return b
}

func batchNormEval(b BatchNorm) *op {
	return &op{
		kind: "batchnorm", layer: b.Name, infer: same(0),
		end: ending{relu: b.ReLU}, may: ending{relu: true},
		with: func(end ending) *op { return batchNormEval(b.withReLU(end.relu)) },
		fold: func(bias bool) *op { return batchNormFold(b, bias) },
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			at := b.over(in[0].Shape())
			return func() error { return e.BatchNormEval(at, in[0], in[1], in[2], in[3], in[4], out[0]) }
		},
	}
}

// batchNormFold gives factors and, as side result 1, biases of the channels;
// inputs gamma, beta, running mean and variance, and the bias if there is one.
func batchNormFold(b BatchNorm, bias bool) *op {
	return &op{
		kind: "batchnorm fold", layer: b.Name,
		infer: func(in []tensor.Shape) ([]tensor.Shape, error) {
			return []tensor.Shape{in[0].Clone(), in[0].Clone()}, nil
		},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			at := b.over(in[0].Shape())
			var own engine.T
			if bias {
				own = in[4]
			}
			return func() error { return e.BatchNormFold(at, in[0], in[1], in[2], in[3], own, out[0], out[1]) }
		},
	}
}

// batchNormTrain has its gradient; see batchNormForward.
func (n *Net) batchNormTrain(b BatchNorm, c int) *op {
	o := batchNormForward(b, c, ending{relu: b.ReLU})
	o.wrt = []bool{true, true, true, false, false}
	o.diff = func(in G.Nodes, y, dy *G.Node) (G.Nodes, error) {
		mean, err := n.pickOp(y, 1, "batchnorm mean")
		if err != nil {
			return nil, err
		}
		invStd, err := n.pickOp(y, 2, "batchnorm inverse deviation")
		if err != nil {
			return nil, err
		}
		mask := y
		if !b.ReLU {
			mask = in[0] // not looked at, and y's memory is free earlier
		}
		dx, err := n.apply(batchNormBackward(b, c, false), in[0], mask, dy, in[1], mean, invStd)
		if err != nil {
			return nil, err
		}
		dgamma, err := n.pickOp(dx, 1, "batchnorm dgamma")
		if err != nil {
			return nil, err
		}
		dbeta, err := n.pickOp(dx, 2, "batchnorm dbeta")
		return G.Nodes{dx, dgamma, dbeta, nil, nil}, err
	}
	return o
}

// batchNormForward stores the batch's mean (side result 1) and inverse standard
// deviation (2) for the backward pass.
func batchNormForward(b BatchNorm, c int, end ending) *op {
	return &op{
		kind: "batchnorm", layer: b.Name,
		end: end, may: ending{add: true, relu: true}, apart: true, reuse: end.inPlace(5),
		with: func(end ending) *op { return batchNormForward(b, c, end) },
		infer: func(in []tensor.Shape) ([]tensor.Shape, error) {
			return []tensor.Shape{in[0].Clone(), {c}, {c}}, nil
		},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			at := b.over(in[0].Shape())
			at.ReLU = end.relu
			var residual engine.T
			if end.add {
				residual = in[end.addend(5)]
			}
			return func() error {
				return e.BatchNormTrain(at, in[0], residual, in[1], in[2], in[3], in[4], out[0], out[1], out[2])
			}
		},
	}
}

// batchNormBackward gives dx and stores dgamma (1), dbeta (2) and, if it spreads,
// the gradient behind the ReLU (3), which goes to other branches as well.
func batchNormBackward(b BatchNorm, c int, spread bool) *op {
	o := &op{kind: "batchnorm backward", layer: b.Name, reuse: [][]int{{0, 2}}}
	if spread {
		o.reuse = [][]int{{0}, nil, nil, {2}}
	}
	if !b.ReLU {
		o.gate = func(spread bool) *op { return batchNormBackward(b.withReLU(true), c, spread) }
	}
	o.infer = func(in []tensor.Shape) ([]tensor.Shape, error) {
		return []tensor.Shape{in[0].Clone(), {c}, {c}, in[0].Clone()}[:3+count(spread)], nil
	}
	o.kern = func(e engine.Engine, in, out []engine.T) func() error {
		at := b.over(in[0].Shape())
		var dres engine.T
		if spread {
			dres = out[3]
		}
		return func() error {
			return e.BatchNormBackward(at, in[0], in[1], in[2], in[3], in[4], in[5], out[0], dres, out[1], out[2])
		}
	}
	return o
}
