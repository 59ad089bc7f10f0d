package submissions

import (
	"context"
	"math"
)

// stackCs are the strengths of a stack that are tried, the weakest penalty first:
// how much the rows count against it, in scikit-learn's sense, where C times the
// log loss summed over the rows, and half the sum of the squared coefficients
// (not of the intercepts), is least.
var stackCs = []float64{1, 0.1, 0.01, 0.001, 0.0001}

// stackFloor is the least probability that a stack sees the logarithm of: below
// it a float32 cannot tell a complement from one, and one such row would outweigh
// a thousand.
const stackFloor = 1e-7

// stack is a logistic regression of the class on the members' logarithms of
// probabilities: of two classes the members' log odds, one output; of more, every
// member's logarithm for every class, one output a class.
type stack struct {
	classes, inputs, outputs int
	x                        []float64 // [outputs, inputs+1], the intercept last
}

// stackInputs is what a stack sees: row-major [rows, inputs].
func stackInputs(members [][]float32, classes int) (x []float64, inputs int) {
	rows := len(members[0]) / classes
	log := func(p float32) float64 { return math.Log(max(float64(p), stackFloor)) }
	if classes == 2 {
		inputs = len(members)
	} else {
		inputs = len(members) * classes
	}
	x = make([]float64, 0, rows*inputs)
	for r := range rows {
		for _, m := range members {
			row := m[r*classes : (r+1)*classes]
			if classes == 2 {
				x = append(x, log(row[1])-log(row[0]))
				continue
			}
			for _, p := range row {
				x = append(x, log(p))
			}
		}
	}
	return x, inputs
}

// fitStack fits a stack to the rows of x, [rows, inputs], that rows names. It
// starts from the geometric mean of the members, which is near the end.
func fitStack(ctx context.Context, x []float64, inputs int, truth, rows []int, classes int, strength float64) (stack, error) {
	s := stack{classes: classes, inputs: inputs, outputs: classes}
	if classes == 2 {
		s.outputs = 1
	}
	width := inputs + 1
	s.x = make([]float64, s.outputs*width)
	for o := range s.outputs {
		for i := o; i < inputs; i += s.outputs { // of more classes, the member's logarithm for this one
			s.x[o*width+i] = float64(s.outputs) / float64(inputs)
		}
	}
	p := make([]float64, classes)
	err := lbfgs(ctx, s.x, func(at, g []float64) float64 {
		s := stack{classes, inputs, s.outputs, at}
		clear(g)
		loss := 0.0
		for _, r := range rows {
			in := x[r*inputs : (r+1)*inputs]
			s.logits(p, in)
			loss -= strength * p[truth[r]]
			loss += strength * softmax(p)
			for o := range s.outputs {
				class := o + classes - s.outputs // of two, the output is of class 1
				d := p[class]
				if truth[r] == class {
					d--
				}
				addTo(g[o*width:], strength*d, in)
				g[o*width+inputs] += strength * d
			}
		}
		for o := range s.outputs {
			for i := range inputs {
				v := at[o*width+i]
				loss += v * v / 2
				g[o*width+i] += v
			}
		}
		scaleBy(g, 1/float64(len(rows)))
		return loss / float64(len(rows))
	})
	return s, err
}

// centre subtracts the mean of the rows of x, [rows, inputs], from them and from
// the rows of also. The intercepts make up for it, so that no prediction changes,
// and a step of one coefficient no longer asks for one of the intercept.
func centre(x, also []float64, inputs int) {
	rows := float64(len(x) / inputs)
	mean := make([]float64, inputs)
	for i, v := range x {
		mean[i%inputs] += v / rows
	}
	for _, rows := range [][]float64{x, also} {
		for i := range rows {
			rows[i] -= mean[i%inputs]
		}
	}
}

// logits writes the outputs for the inputs in, [classes].
func (s stack) logits(z, in []float64) {
	clear(z)
	width := s.inputs + 1
	for o := range s.outputs {
		z[o+s.classes-s.outputs] = dot(in, s.x[o*width:]) + s.x[o*width+s.inputs]
	}
}

// predict writes the probabilities of the rows that rows names into out, both
// [rows, classes].
func (s stack) predict(out []float32, x []float64, rows []int) {
	p := make([]float64, s.classes)
	for _, r := range rows {
		s.logits(p, x[r*s.inputs:(r+1)*s.inputs])
		softmax(p)
		for c, v := range p {
			out[r*s.classes+c] = float32(v)
		}
	}
}

func scaleBy(x []float64, by float64) {
	for i := range x {
		x[i] *= by
	}
}
