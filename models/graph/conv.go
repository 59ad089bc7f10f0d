package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Conv is a 2-D convolution layer (cross-correlation).
type Conv struct {
	Name    string // names the parameters: Name.weight [R,S,C,Filters], Name.bias [Filters]
	Filters int    // output channels

	Kernel int // height and width of the kernel
	KH, KW int // instead of Kernel, if they differ

	Stride int  // 0 means 1
	Pad    int  // zeros on every side
	Same   bool // instead of Pad: as much as keeps height and width at stride 1; odd kernels only
	Ceil   bool // instead of Pad: as much as makes height and width ceil(size/Stride), TensorFlow's SAME; an odd zero goes to the end

	Bias bool // add a bias; leave it out before BatchNorm, which has its own
	ReLU bool // max(0, ...), fused
	Init Init // of the weights
}

// Conv adds a convolution of x [batch,h,w,c]; the result is
// [batch,outH,outW,Filters].
func (n *Net) Conv(x *G.Node, c Conv) *G.Node {
	const kind = "conv"
	if !n.ready(kind, c.Name, 4, x) || !n.named(kind, c.Name) {
		return nil
	}
	geo, err := c.geometry(x.Shape())
	if err != nil {
		return n.fail(kind, c.Name, "%w", err)
	}
	inputs := G.Nodes{x, n.param(kind, c.Name, "weight", c.Init.weights(HeNormal), Param{Decay: true, Trainable: true}, geo.R, geo.S, geo.C, geo.K)}
	if c.Bias {
		inputs = append(inputs, n.param(kind, c.Name, "bias", constant(0), Param{Trainable: true}, geo.K))
	}
	return n.layerOp(n.convOp(c, geo), inputs...)
}

// geometry is the descriptor for the largest batch.
func (c Conv) geometry(x tensor.Shape) (engine.Conv, error) {
	kh, kw, ph, pw := c.KH, c.KW, c.Pad, c.Pad
	if c.Kernel != 0 {
		if kh != 0 || kw != 0 {
			return engine.Conv{}, fmt.Errorf("want Kernel or KH and KW, got both")
		}
		kh, kw = c.Kernel, c.Kernel
	}
	if c.Same {
		if c.Pad != 0 {
			return engine.Conv{}, fmt.Errorf("want Pad or Same, got both")
		}
		if kh%2 == 0 || kw%2 == 0 {
			return engine.Conv{}, fmt.Errorf("want an odd kernel for Same, got %dx%d", kh, kw)
		}
		ph, pw = kh/2, kw/2
	}
	geo := engine.Conv{
		N: x[0], H: x[1], W: x[2], C: x[3], K: c.Filters, R: kh, S: kw,
		StrideH: max(c.Stride, 1), StrideW: max(c.Stride, 1), PadH: ph, PadW: pw,
	}
	if c.Ceil {
		if c.Pad != 0 || c.Same {
			return geo, fmt.Errorf("want Ceil alone, got Pad or Same as well")
		}
		geo.PadH, geo.EndH = ceilPad(geo.H, geo.R, geo.StrideH)
		geo.PadW, geo.EndW = ceilPad(geo.W, geo.S, geo.StrideW)
	}
	if c.Stride < 0 {
		return geo, fmt.Errorf("want a stride of at least 1, got %d", c.Stride)
	}
	return geo, geo.Check()
}

// ceilPad are the zeros on both sides, and those more at the end.
func ceilPad(size, kernel, stride int) (pad, end int) {
	out := (size + stride - 1) / stride
	all := max((out-1)*stride+kernel-size, 0)
	return all / 2, all % 2
}

func (n *Net) convOp(c Conv, geo engine.Conv) *op {
	o := convForward(c.Name, geo, ending{bias: c.Bias, relu: c.ReLU})
	o.wrt = []bool{true, true, true}[:2+count(c.Bias)]
	o.diff = func(in G.Nodes, y, dy *G.Node) (G.Nodes, error) {
		dz, db, err := n.epilogueDiff(c.Name, y, dy, c.Bias, c.ReLU)
		if err != nil {
			return nil, err
		}
		dw, err := n.apply(convBackwardWeights(c.Name, geo), in[0], dz)
		if err != nil {
			return nil, err
		}
		dx, err := n.apply(convBackwardData(c.Name, geo, ending{}), in[1], dz)
		return append(G.Nodes{dx, dw}, db...), err
	}
	return o
}

func convForward(layer string, geo engine.Conv, end ending) *op {
	return &op{
		kind: "conv", layer: layer, flops: geo.FLOPs(), conv: &geo,
		end: end, may: ending{scale: true, add: true, relu: true}, reuse: end.inPlace(2),
		with: func(end ending) *op { return convForward(layer, geo, end) },
		infer: func(in []tensor.Shape) ([]tensor.Shape, error) {
			at := geo
			at.N = in[0][0]
			return []tensor.Shape{{at.N, at.OutH(), at.OutW(), at.K}}, at.Check()
		},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			at, ep := geo, end.epilogue(in, 2, out[0])
			at.N = in[0].Shape()[0]
			return func() error { return e.ConvForward(at, in[0], in[1], out[0], ep) }
		},
	}
}

func convBackwardWeights(layer string, geo engine.Conv) *op {
	return &op{
		kind: "conv backward weights", layer: layer, flops: geo.FLOPs(),
		infer: fixed(tensor.Shape{geo.R, geo.S, geo.C, geo.K}),
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			at := geo
			at.N = in[0].Shape()[0]
			return func() error { return e.ConvBackwardWeights(at, in[0], in[1], out[0]) }
		},
	}
}

func convBackwardData(layer string, geo engine.Conv, end ending) *op {
	return &op{
		kind: "conv backward data", layer: layer, flops: geo.FLOPs(),
		end: end, may: ending{add: true}, reuse: end.inPlace(2),
		with: func(end ending) *op { return convBackwardData(layer, geo, end) },
		infer: func(in []tensor.Shape) ([]tensor.Shape, error) {
			return []tensor.Shape{{in[1][0], geo.H, geo.W, geo.C}}, nil
		},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			at, ep := geo, end.epilogue(in, 2, out[0])
			at.N = in[1].Shape()[0]
			return func() error { return e.ConvBackwardData(at, in[0], in[1], out[0], ep.Accumulate) }
		},
	}
}
