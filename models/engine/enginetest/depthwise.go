package enginetest

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// depthwise tests the three passes of a depthwise convolution.
func depthwise(s *suite) {
	for _, c := range []engine.Conv{
		{N: 1, H: 1, W: 1, C: 1, R: 1, S: 1},
		{N: 2, H: 7, W: 13, C: 3, R: 3, S: 3, PadH: 1, PadW: 1},
		{N: 3, H: 13, W: 7, C: 33, R: 5, S: 5, PadH: 2, PadW: 2},
		{N: 2, H: 14, W: 14, C: 96, R: 3, S: 3, StrideH: 1, StrideW: 1, PadH: 1, PadW: 1},
		{N: 2, H: 14, W: 15, C: 64, R: 3, S: 3, StrideH: 2, StrideW: 2, EndH: 1, EndW: 1},
		{N: 1, H: 16, W: 13, C: 70, R: 5, S: 5, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1, EndH: 1, EndW: 1},
		{N: 2, H: 9, W: 11, C: 16, R: 3, S: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1},
		{N: 2, H: 8, W: 7, C: 13, R: 1, S: 1, StrideH: 2, StrideW: 3},
		{N: 1, H: 10, W: 9, C: 7, R: 2, S: 3, StrideH: 3, StrideW: 1, PadW: 1},
		{N: 2, H: 2, W: 3, C: 31, R: 5, S: 5, PadH: 2, PadW: 2},
		{N: 1, H: 2, W: 2, C: 4, R: 3, S: 3, PadH: 3, PadW: 3},
		{N: 3, H: 40, W: 40, C: 48, R: 3, S: 3, PadH: 1, PadW: 1},
	} {
		c.K = c.C
		s.depthwiseCase(c)
	}
	t := s.engine.Tensor(64)
	for name, c := range map[string]engine.Conv{
		"kernel larger than the image": {N: 1, H: 2, W: 2, C: 1, K: 1, R: 3, S: 3},
		"other channels":               {N: 1, H: 4, W: 4, C: 1, K: 2, R: 3, S: 3},
		"zeros at the end":             {N: 1, H: 4, W: 4, C: 1, K: 1, R: 1, S: 1, EndH: 1},
	} {
		s.refuse(name, s.engine.DepthwiseForward(c, t, t, s.engine.Tensor(64)))
		s.refuse(name+", dx", s.engine.DepthwiseBackwardData(c, t, t, s.engine.Tensor(64)))
		s.refuse(name+", dw", s.engine.DepthwiseBackwardWeights(c, t, t, s.engine.Tensor(64)))
	}
}

func (s *suite) depthwiseCase(c engine.Conv) {
	name := convName(c)
	s.draw(name)
	nx, nw, ny := c.N*c.H*c.W*c.C, c.R*c.S*c.C, c.N*c.OutH()*c.OutW()*c.C
	x, w, dy := s.random(nx), s.random(nw), s.random(ny)
	s.check("forward "+name, func(e engine.Engine, t []engine.T) error {
		return e.DepthwiseForward(c, t[0], t[1], t[2])
	}, in("x", x), in("w", w), out("y", ny))
	s.check("backward data "+name, func(e engine.Engine, t []engine.T) error {
		return e.DepthwiseBackwardData(c, t[0], t[1], t[2])
	}, in("w", w), in("dy", dy), out("dx", nx))
	s.check("backward weights "+name, func(e engine.Engine, t []engine.T) error {
		return e.DepthwiseBackwardWeights(c, t[0], t[1], t[2])
	}, in("x", x), in("dy", dy), out("dw", nw))
}

// relu6 tests ReLU6 and its gradient, with values on both bounds.
func relu6(s *suite) {
	for _, n := range sizes {
		s.draw(n)
		x, dy := s.random(n), s.random(n)
		for i := range x {
			x[i] *= 5
			if i%3 == 0 {
				x[i] = float32(i % 2 * 6)
			}
		}
		s.check(fmt.Sprintf("relu6 %d", n), func(e engine.Engine, t []engine.T) error {
			return e.ReLU6(n, t[0], t[1])
		}, in("x", x), out("y", n).exactly())
		s.check(fmt.Sprintf("relu6 in place %d", n), func(e engine.Engine, t []engine.T) error {
			return e.ReLU6(n, t[0], t[0])
		}, inout("x", x).exactly())
		s.check(fmt.Sprintf("relu6 backward %d", n), func(e engine.Engine, t []engine.T) error {
			return e.ReLU6Backward(n, t[0], t[1], t[2])
		}, in("y", x), in("dy", dy), out("dx", n).exactly())
		s.check(fmt.Sprintf("relu6 backward in place %d", n), func(e engine.Engine, t []engine.T) error {
			return e.ReLU6Backward(n, t[0], t[1], t[1])
		}, in("y", x), inout("dy", dy).exactly())
	}
	t, u := s.engine.Tensor(4), s.engine.Tensor(4)
	s.refuse("relu6 of no element", s.engine.ReLU6(0, t, u))
	s.refuse("relu6 backward of -1 elements", s.engine.ReLU6Backward(-1, t, t, u))
}
