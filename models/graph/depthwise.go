package graph

import (
	"gorgonia.org/tensor"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Depthwise is a depthwise convolution: each channel has a kernel of its own
// (Howard et al. 2017, arXiv:1704.04861).
type Depthwise struct {
	Name   string // names the parameters: Name.weight [Kernel,Kernel,1,C]
	Kernel int    // height and width of the kernel
	Stride int    // 0 means 1
	Pad    int    // zeros on every side
	Ceil   bool   // instead of Pad: see Conv
	Init   Init   // of the weights
}

// Depthwise adds a depthwise convolution of x [batch,h,w,c]; the result is
// [batch,outH,outW,c].
func (n *Net) Depthwise(x *G.Node, d Depthwise) *G.Node {
	const kind = "depthwise"
	if !n.ready(kind, d.Name, 4, x) || !n.named(kind, d.Name) {
		return nil
	}
	c := x.Shape()[3]
	geo, err := Conv{Filters: c, Kernel: d.Kernel, Stride: d.Stride, Pad: d.Pad, Ceil: d.Ceil}.geometry(x.Shape())
	if err != nil {
		return n.fail(kind, d.Name, "%w", err)
	}
	w := n.param(kind, d.Name, "weight", d.Init.weights(HeNormal), Param{Decay: true, Trainable: true}, geo.R, geo.S, 1, c)
	return n.layerOp(n.depthwiseOp(d.Name, geo), x, w)
}

func (n *Net) depthwiseOp(layer string, geo engine.Conv) *op {
	flops := geo.FLOPs() / float64(geo.C)
	o := &op{kind: "depthwise", layer: layer, wrt: []bool{true, true}, flops: flops}
	o.infer = func(in []tensor.Shape) ([]tensor.Shape, error) {
		return []tensor.Shape{{in[0][0], geo.OutH(), geo.OutW(), geo.C}}, nil
	}
	o.kern = func(e engine.Engine, in, out []engine.T) func() error {
		at := geo
		at.N = in[0].Shape()[0]
		return func() error { return e.DepthwiseForward(at, in[0], in[1], out[0]) }
	}
	o.diff = func(in G.Nodes, _, dy *G.Node) (G.Nodes, error) {
		dw, err := n.apply(&op{
			kind: "depthwise backward weights", layer: layer, flops: flops, infer: fixed(tensor.Shape{geo.R, geo.S, 1, geo.C}),
			kern: func(e engine.Engine, in, out []engine.T) func() error {
				at := geo
				at.N = in[0].Shape()[0]
				return func() error { return e.DepthwiseBackwardWeights(at, in[0], in[1], out[0]) }
			},
		}, in[0], dy)
		if err != nil {
			return nil, err
		}
		dx, err := n.apply(&op{
			kind: "depthwise backward data", layer: layer, flops: flops,
			infer: func(in []tensor.Shape) ([]tensor.Shape, error) {
				return []tensor.Shape{{in[1][0], geo.H, geo.W, geo.C}}, nil
			},
			kern: func(e engine.Engine, in, out []engine.T) func() error {
				at := geo
				at.N = in[1].Shape()[0]
				return func() error { return e.DepthwiseBackwardData(at, in[0], in[1], out[0]) }
			},
		}, in[1], dy)
		return G.Nodes{dx, dw}, err
	}
	return o
}

// ReLU6 is min(max(x, 0), 6) of any shape.
func (n *Net) ReLU6(x *G.Node) *G.Node {
	name := n.autoName("relu6_")
	if !n.ready("relu6", name, 0, x) {
		return nil
	}
	o := &op{kind: "relu6", layer: name, wrt: []bool{true}, infer: same(0), reuse: [][]int{{0}}}
	o.kern = func(e engine.Engine, in, out []engine.T) func() error {
		size := in[0].Shape().TotalSize()
		return func() error { return e.ReLU6(size, in[0], out[0]) }
	}
	o.diff = func(_ G.Nodes, y, dy *G.Node) (G.Nodes, error) {
		dx, err := n.apply(&op{
			kind: "relu6 backward", layer: name, infer: same(1), reuse: [][]int{{1}},
			kern: func(e engine.Engine, in, out []engine.T) func() error {
				size := in[0].Shape().TotalSize()
				return func() error { return e.ReLU6Backward(size, in[0], in[1], out[0]) }
			},
		}, y, dy)
		return G.Nodes{dx}, err
	}
	return n.layerOp(o, x)
}
