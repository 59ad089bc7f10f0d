package enginetest

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// pointwise tests ReLU and its gradient.
func pointwise(s *suite) {
	for _, n := range sizes {
		s.draw(n)
		x, dy := s.random(n), s.random(n)
		for i := 0; i < n; i += 3 {
			x[i] = 0
		}
		s.check(fmt.Sprintf("relu %d", n), func(e engine.Engine, t []engine.T) error {
			return e.ReLU(n, t[0], t[1])
		}, in("x", x), out("y", n).exactly())
		s.check(fmt.Sprintf("relu in place %d", n), func(e engine.Engine, t []engine.T) error {
			return e.ReLU(n, t[0], t[0])
		}, inout("x", x).exactly())
		s.check(fmt.Sprintf("relu backward %d", n), func(e engine.Engine, t []engine.T) error {
			return e.ReLUBackward(n, t[0], t[1], t[2])
		}, in("y", x), in("dy", dy), out("dx", n).exactly())
		s.check(fmt.Sprintf("relu backward in place %d", n), func(e engine.Engine, t []engine.T) error {
			return e.ReLUBackward(n, t[0], t[1], t[1])
		}, in("y", x), inout("dy", dy).exactly())
	}
	t, u := s.engine.Tensor(4), s.engine.Tensor(4)
	s.refuse("relu of no element", s.engine.ReLU(0, t, u))
	s.refuse("relu backward of -1 elements", s.engine.ReLUBackward(-1, t, t, u))
}

// reduce tests ColumnSum, BiasReLUBackward and Mean.
func reduce(s *suite) {
	for _, m := range matrices {
		s.biasReLUCase(m[0], m[1])
		rows, cols := m[0], m[1]
		name := fmt.Sprintf("column sum %dx%d", rows, cols)
		s.draw(name)
		s.check(name, func(e engine.Engine, t []engine.T) error {
			return e.ColumnSum(rows, cols, t[0], t[1])
		}, in("x", s.random(rows*cols)), out("out", cols))
	}
	for _, n := range sizes {
		name := fmt.Sprintf("mean %d", n)
		s.draw(name)
		s.check(name, func(e engine.Engine, t []engine.T) error {
			return e.Mean(n, t[0], t[1])
		}, in("x", s.positive(n)), out("out", 1))
	}
	t, u := s.engine.Tensor(4), s.engine.Tensor(4)
	s.refuse("bias relu backward of no rows", s.engine.BiasReLUBackward(0, 2, t, t, t, u))
	s.refuse("bias relu backward of no columns", s.engine.BiasReLUBackward(2, 0, t, t, t, u))
	s.refuse("column sum of no rows", s.engine.ColumnSum(0, 2, t, u))
	s.refuse("column sum of no columns", s.engine.ColumnSum(2, 0, t, u))
	s.refuse("mean of nothing", s.engine.Mean(0, t, u))
}

func (s *suite) biasReLUCase(rows, cols int) {
	name := fmt.Sprintf("bias relu backward %dx%d", rows, cols)
	s.draw(name)
	y, dy := s.random(rows*cols), s.random(rows*cols)
	for i := 0; i < len(y); i += 3 {
		y[i] = 0
	}
	s.check(name, func(e engine.Engine, t []engine.T) error {
		return e.BiasReLUBackward(rows, cols, t[0], t[1], t[2], t[3])
	}, in("y", y), in("dy", dy), out("dx", rows*cols).exactly(), out("db", cols))
	s.check(name+" in place", func(e engine.Engine, t []engine.T) error {
		return e.BiasReLUBackward(rows, cols, t[0], t[1], t[1], t[2])
	}, in("y", y), inout("dy", dy).exactly(), out("db", cols))
}
