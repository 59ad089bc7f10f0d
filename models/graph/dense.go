package graph

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Dense is a fully connected layer.
type Dense struct {
	Name  string // names the parameters: Name.weight [in, Units], Name.bias [Units]
	Units int    // output features
	Bias  bool   // add a bias; leave it out before BatchNorm, which has its own
	ReLU  bool   // max(0, ...), fused
	Init  Init   // of the weights
}

// Dense adds a fully connected layer on x [batch,in]; the result is
// [batch,Units]. Images must be flattened first.
func (n *Net) Dense(x *G.Node, d Dense) *G.Node {
	const kind = "dense"
	if !n.ready(kind, d.Name, 2, x) || !n.named(kind, d.Name) {
		return nil
	}
	if d.Units < 1 {
		return n.fail(kind, d.Name, "want at least 1 unit, got %d", d.Units)
	}
	auto := LeCunNormal
	if d.ReLU || !d.Bias {
		auto = HeNormal
	}
	features := x.Shape()[1]
	inputs := G.Nodes{x, n.param(kind, d.Name, "weight", d.Init.weights(auto), Param{Decay: true, Trainable: true, image: n.flattened(x)}, features, d.Units)}
	if d.Bias {
		inputs = append(inputs, n.param(kind, d.Name, "bias", constant(0), Param{Trainable: true}, d.Units))
	}
	return n.layerOp(n.denseOp(d, features), inputs...)
}

func (n *Net) denseOp(d Dense, features int) *op {
	flops := engine.Gemm{M: n.maxBatch, N: d.Units, K: features}.FLOPs()
	o := denseForward(d.Name, features, d.Units, flops, ending{bias: d.Bias, relu: d.ReLU})
	o.wrt = []bool{true, true, true}[:2+count(d.Bias)]
	o.diff = func(in G.Nodes, y, dy *G.Node) (G.Nodes, error) {
		dz, db, err := n.epilogueDiff(d.Name, y, dy, d.Bias, d.ReLU)
		if err != nil {
			return nil, err
		}
		dw, err := n.apply(denseBackwardWeights(d.Name, features, d.Units, flops), in[0], dz)
		if err != nil {
			return nil, err
		}
		dx, err := n.apply(denseBackwardData(d.Name, features, d.Units, flops, ending{}), dz, in[1])
		return append(G.Nodes{dx, dw}, db...), err
	}
	return o
}

// denseForward: y = x w, then the ending.
func denseForward(layer string, features, units int, flops float64, end ending) *op {
	return &op{
		kind: "dense", layer: layer, flops: flops,
		end: end, may: ending{scale: true, add: true, relu: true}, reuse: end.inPlace(2),
		with: func(end ending) *op { return denseForward(layer, features, units, flops, end) },
		infer: func(in []tensor.Shape) ([]tensor.Shape, error) {
			return []tensor.Shape{{in[0][0], units}}, nil
		},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			g, ep := engine.Gemm{M: in[0].Shape()[0], N: units, K: features}, end.epilogue(in, 2, out[0])
			return func() error { return e.Gemm(g, in[0], in[1], out[0], ep) }
		},
	}
}

// denseBackwardWeights: dw = x^T dz.
func denseBackwardWeights(layer string, features, units int, flops float64) *op {
	return &op{
		kind: "dense backward weights", layer: layer, flops: flops,
		infer: fixed(tensor.Shape{features, units}),
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			g := engine.Gemm{TransA: true, M: features, N: units, K: in[0].Shape()[0]}
			return func() error { return e.Gemm(g, in[0], in[1], out[0], engine.Epilogue{}) }
		},
	}
}

// denseBackwardData: dx = dz w^T.
func denseBackwardData(layer string, features, units int, flops float64, end ending) *op {
	return &op{
		kind: "dense backward data", layer: layer, flops: flops,
		end: end, may: ending{add: true}, reuse: end.inPlace(2),
		with: func(end ending) *op { return denseBackwardData(layer, features, units, flops, end) },
		infer: func(in []tensor.Shape) ([]tensor.Shape, error) {
			return []tensor.Shape{{in[0][0], features}}, nil
		},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			g := engine.Gemm{TransB: true, M: in[0].Shape()[0], N: features, K: units}
			ep := end.epilogue(in, 2, out[0])
			return func() error { return e.Gemm(g, in[0], in[1], out[0], ep) }
		},
	}
}
