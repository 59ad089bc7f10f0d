package graph

import (
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// halve keeps images in bfloat16 that convolutions write and nothing but
// convolutions read, where the engine can: they round what they multiply anyway.
// Only a residual loses digits by it.
func (p *program) halve(e engine.Halves, keep []int) {
	half := p.halves(e, keep)
	for i := range p.values {
		if half[i] {
			p.values[i].shape = halfImage(p.values[i].shape)
		}
	}
	for i := range p.steps {
		st := &p.steps[i]
		if x, y := half[st.in[0]], half[st.out[0]]; x || y {
			st.op = st.op.halves(e, x, y)
		}
	}
}

// halves says which values are to be in bfloat16.
func (p *program) halves(e engine.Halves, keep []int) []bool {
	half := make([]bool, len(p.values))
	for _, st := range p.steps {
		half[st.out[0]] = st.op.takes(e)
	}
	for _, v := range keep {
		half[v] = false
	}
	for again := true; again; { // what is added is as the sum is
		again = false
		for _, st := range p.steps {
			for k, v := range st.in {
				ok := k == 0 && st.op.takes(e)
				if st.op.end.add && k == len(st.in)-1 {
					ok = half[st.out[0]]
					again = again || half[st.out[0]] && !half[v]
					half[st.out[0]] = half[st.out[0]] && half[v]
				}
				again = again || half[v] && !ok
				half[v] = half[v] && ok
			}
		}
	}
	return half
}

// takes says that the op is a convolution whose images may be in bfloat16.
func (o *op) takes(e engine.Halves) bool { return o.conv != nil && e.TakesHalves(*o.conv) }

// halves is the convolution between images of which x, y or both are in bfloat16.
func (o *op) halves(e engine.Halves, x, y bool) *op {
	out := *o
	out.infer = func(in []tensor.Shape) ([]tensor.Shape, error) {
		at := *o.conv
		at.N = in[0][0]
		shape := tensor.Shape{at.N, at.OutH(), at.OutW(), at.K}
		if y {
			shape = halfImage(shape)
		}
		return []tensor.Shape{shape}, at.Check()
	}
	out.kern = func(_ engine.Engine, in, out []engine.T) func() error {
		at, ep := engine.HalfConv{Conv: *o.conv, HalfX: x, HalfY: y}, o.end.epilogue(in, 2, out[0])
		at.N = in[0].Shape()[0]
		return func() error { return e.ConvForwardHalves(at, in[0], in[1], out[0], ep) }
	}
	return &out
}

// halfImage is the shape of the tensor that holds an image of an even number of
// channels in bfloat16.
func halfImage(s tensor.Shape) tensor.Shape {
	s = s.Clone()
	s[len(s)-1] /= 2
	return s
}
