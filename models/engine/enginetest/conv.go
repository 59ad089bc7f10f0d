package enginetest

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// conv tests the three passes of a convolution.
func conv(s *suite) {
	for i, c := range []engine.Conv{
		{N: 1, H: 1, W: 1, C: 1, K: 1, R: 1, S: 1},
		{N: 2, H: 7, W: 13, C: 3, K: 7, R: 3, S: 3},
		{N: 3, H: 13, W: 7, C: 7, K: 13, R: 3, S: 3, PadH: 1, PadW: 1},
		{N: 1, H: 31, W: 33, C: 1, K: 10, R: 5, S: 5, PadH: 2, PadW: 2},
		{N: 2, H: 14, W: 15, C: 16, K: 48, R: 3, S: 3, StrideH: 1, StrideW: 1, PadH: 1, PadW: 1},
		{N: 2, H: 28, W: 28, C: 1, K: 32, R: 3, S: 3},
		{N: 3, H: 12, W: 12, C: 32, K: 64, R: 3, S: 3},
		{N: 2, H: 9, W: 11, C: 5, K: 33, R: 3, S: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1},
		{N: 1, H: 16, W: 13, C: 3, K: 31, R: 7, S: 7, StrideH: 2, StrideW: 2, PadH: 3, PadW: 3},
		{N: 2, H: 7, W: 7, C: 64, K: 10, R: 1, S: 1},
		{N: 2, H: 8, W: 7, C: 13, K: 16, R: 1, S: 1, StrideH: 2, StrideW: 2},
		{N: 1, H: 10, W: 9, C: 2, K: 3, R: 3, S: 2, StrideH: 3, StrideW: 1, PadH: 0, PadW: 1},
		{N: 1, H: 5, W: 5, C: 4, K: 6, R: 5, S: 5},
		{N: 2, H: 2, W: 2, C: 3, K: 4, R: 3, S: 3, PadH: 1, PadW: 1},
		{N: 2, H: 14, W: 16, C: 3, K: 32, R: 3, S: 3, StrideH: 2, StrideW: 2, EndH: 1, EndW: 1},
		{N: 1, H: 15, W: 14, C: 5, K: 7, R: 5, S: 5, StrideH: 2, StrideW: 2, PadH: 2, PadW: 1, EndW: 1},
		{N: 2, H: 15, W: 16, C: 8, K: 40, R: 3, S: 3, PadH: 1, PadW: 1, EndH: 2, EndW: 1},
	} {
		s.convBackward(c)
		for v := range 4 { // and every combination with one shape or another
			s.convForward(c, endings[(4*i+v)%len(endings)])
		}
	}
	t := s.engine.Tensor(64)
	large := engine.Conv{N: 1, H: 2, W: 2, C: 1, K: 1, R: 3, S: 3}
	s.refuse("kernel larger than the image", s.engine.ConvForward(large, t, t, s.engine.Tensor(64), engine.Epilogue{}))
	s.refuse("kernel larger than the image, dx", s.engine.ConvBackwardData(large, t, t, s.engine.Tensor(64), false))
	s.refuse("kernel larger than the image, dw", s.engine.ConvBackwardWeights(large, t, t, s.engine.Tensor(64)))
}

func convName(c engine.Conv) string {
	name := fmt.Sprintf("%dx%dx%dx%d k%d %dx%d stride %d %d pad %d %d", c.N, c.H, c.W, c.C, c.K, c.R, c.S, c.StrideH, c.StrideW, c.PadH, c.PadW)
	if c.EndH > 0 || c.EndW > 0 {
		name += fmt.Sprintf(" end %d %d", c.EndH, c.EndW)
	}
	return name
}

func (s *suite) convForward(c engine.Conv, end ending) {
	name := fmt.Sprintf("forward %s %v", convName(c), end)
	s.draw(name)
	ops := []operand{in("x", s.random(c.N*c.H*c.W*c.C)).multiplied(), in("w", s.random(c.R*c.S*c.C*c.K)).multiplied()}
	s.check(name, func(e engine.Engine, t []engine.T) error {
		return e.ConvForward(c, t[0], t[1], t[2], end.epilogue(t[3:]))
	}, append(ops, s.ended("y", c.N*c.OutH()*c.OutW()*c.K, c.K, end)...)...)
}

func (s *suite) convBackward(c engine.Conv) {
	name := convName(c)
	s.draw(name)
	nx, nw, ny := c.N*c.H*c.W*c.C, c.R*c.S*c.C*c.K, c.N*c.OutH()*c.OutW()*c.K
	x, w, dy := s.random(nx), s.random(nw), s.random(ny)
	for _, accumulate := range []bool{false, true} {
		s.check(fmt.Sprintf("backward data %s accumulate=%v", name, accumulate), func(e engine.Engine, t []engine.T) error {
			return e.ConvBackwardData(c, t[0], t[1], t[2], accumulate)
		}, append([]operand{in("w", w).multiplied(), in("dy", dy).multiplied()}, s.ended("dx", nx, c.C, ending{accumulate: accumulate})...)...)
	}
	s.check("backward weights "+name, func(e engine.Engine, t []engine.T) error {
		return e.ConvBackwardWeights(c, t[0], t[1], t[2])
	}, in("x", x).multiplied(), in("dy", dy).multiplied(), out("dw", nw))
}
