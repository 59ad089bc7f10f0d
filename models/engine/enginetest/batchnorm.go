package enginetest

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
)

// batchNorm tests the methods of batch normalisation, also on columns
// whose mean is far from zero: there a variance from the mean of squares fails.
func batchNorm(s *suite) {
	for i, m := range matrices {
		b := engine.BatchNorm{Rows: m[0], Cols: m[1], Eps: 1e-5, Momentum: 0.1, ReLU: i%2 == 0}
		s.batchNormCase(b, 0)
		b.ReLU = !b.ReLU
		s.batchNormCase(b, []float32{30, 10000}[i/2%2])
	}
	e := s.engine
	t := func() engine.T { return e.Tensor(8) }
	one := engine.BatchNorm{Rows: 1, Cols: 2, Eps: 1e-5, Momentum: 0.1}
	s.refuse("train on one row", e.BatchNormTrain(one, t(), nil, t(), t(), t(), t(), t(), t(), t()))
	s.refuse("backward of one row", e.BatchNormBackward(one, t(), t(), t(), t(), t(), t(), t(), nil, t(), t()))
	s.refuse("eval of no row", e.BatchNormEval(engine.BatchNorm{Cols: 2}, t(), t(), t(), t(), t(), t()))
	s.refuse("fold of no column", e.BatchNormFold(engine.BatchNorm{}, t(), t(), t(), t(), nil, t(), t()))
}

func (s *suite) batchNormCase(b engine.BatchNorm, mean float32) {
	name := fmt.Sprintf("%dx%d relu=%v mean %v", b.Rows, b.Cols, b.ReLU, mean)
	s.draw(name)
	n := b.Rows * b.Cols
	x, gamma, beta, runMean, runVar := s.random(n), s.random(b.Cols), s.random(b.Cols), s.random(b.Cols), s.positive(b.Cols)
	for i := range x {
		x[i] = x[i]*(1+float32(i%b.Cols%5)) + mean
	}
	s.check("eval "+name, func(e engine.Engine, t []engine.T) error {
		return e.BatchNormEval(b, t[0], t[1], t[2], t[3], t[4], t[5])
	}, in("x", x), in("gamma", gamma), in("beta", beta), in("runMean", runMean), in("runVar", runVar), out("y", n))
	s.check("fold "+name, func(e engine.Engine, t []engine.T) error {
		return e.BatchNormFold(b, t[0], t[1], t[2], t[3], t[4], t[5], t[6])
	}, in("gamma", gamma), in("beta", beta), in("runMean", runMean), in("runVar", runVar),
		in("bias", s.random(b.Cols)).ifAny(), out("scale", b.Cols), out("shift", b.Cols))
	if b.Rows < 2 {
		return
	}
	parameters := []operand{in("x", x), in("gamma", gamma), in("beta", beta), inout("runMean", runMean), inout("runVar", runVar),
		out("mean", b.Cols).of(rms(x)), out("invStd", b.Cols)}
	residual := s.random(n)
	s.check("train "+name, func(e engine.Engine, t []engine.T) error {
		return e.BatchNormTrain(b, t[0], t[8], t[1], t[2], t[3], t[4], t[7], t[5], t[6])
	}, append(parameters, out("y", n), in("residual", residual).ifAny())...)
	s.check("train in place of the residual "+name, func(e engine.Engine, t []engine.T) error {
		return e.BatchNormTrain(b, t[0], t[7], t[1], t[2], t[3], t[4], t[7], t[5], t[6])
	}, append(parameters, inout("y", residual))...)
	if b.Rows == 2 {
		return // dx is the difference of nearly equal numbers, all rounding
	}
	y, batchMean, invStd := s.normalised(b, x, gamma, beta)
	yOp := in("y", y)
	if !b.ReLU {
		yOp = yOp.ifAny().ruling()
	}
	given := []operand{yOp, in("gamma", gamma), in("mean", batchMean), in("invStd", invStd), out("dgamma", b.Cols), out("dbeta", b.Cols)}
	dy := s.random(n)
	backward := func(e engine.Engine, t []engine.T, x, dy, dx, dres engine.T) error {
		return e.BatchNormBackward(b, x, t[0], dy, t[1], t[2], t[3], dx, dres, t[4], t[5])
	}
	s.check("backward "+name, func(e engine.Engine, t []engine.T) error {
		return backward(e, t, t[6], t[7], t[8], t[9])
	}, append(given, in("x", x), in("dy", dy), out("dx", n), out("dres", n).exactly().ifAny())...)
	s.check("backward in place of dy "+name, func(e engine.Engine, t []engine.T) error {
		return backward(e, t, t[6], t[7], t[7], nil)
	}, append(given, in("x", x), inout("dy", dy))...)
	s.check("backward in place of x and dy "+name, func(e engine.Engine, t []engine.T) error {
		return backward(e, t, t[6], t[7], t[6], t[7])
	}, append(given, inout("x", x), inout("dy", dy).exactly())...)
}

// normalised is what the forward pass leaves for the backward pass.
func (s *suite) normalised(b engine.BatchNorm, x, gamma, beta []float32) (y, mean, invStd []float32) {
	s.Helper()
	r := ref.New()
	t := make([]engine.T, 8)
	for i, v := range [][]float32{x, gamma, beta, gamma, gamma, x, gamma, gamma} {
		t[i] = r.Tensor(len(v))
		must(s.T, r.Upload(t[i], v))
	}
	must(s.T, r.BatchNormTrain(b, t[0], nil, t[1], t[2], t[3], t[4], t[5], t[6], t[7]))
	return t[5].Float32s(), t[6].Float32s(), t[7].Float32s()
}
