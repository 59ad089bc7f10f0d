package enginetest

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// gemm tests all four layouts at odd sizes, with and without accumulation and
// epilogue.
func gemm(s *suite) {
	for i, size := range [][3]int{ // M, N, K
		{1, 1, 1}, {3, 7, 13}, {31, 33, 64}, {13, 10, 48}, {64, 48, 31}, {33, 1, 7}, {1, 64, 33},
		{7, 100, 3}, {64, 10, 128}, {129, 65, 257}, {12, 32, 400}, {25, 97, 1030},
	} {
		for layout := range 4 {
			g := engine.Gemm{M: size[0], N: size[1], K: size[2], TransA: layout&1 != 0, TransB: layout&2 != 0}
			variant := i + layout // every combination with every layout in turn
			g.Accumulate = variant%2 == 1
			s.gemmCase(g, variant/2%2 == 1, variant/4%2 == 1)
		}
	}
	for v := range 8 { // and every combination once at one size
		s.gemmCase(engine.Gemm{M: 37, N: 45, K: 29, Accumulate: v&1 != 0}, v&2 != 0, v&4 != 0)
	}
	t := s.engine.Tensor(64)
	s.refuse("no rows", s.engine.Gemm(engine.Gemm{N: 2, K: 2}, t, t, s.engine.Tensor(4), engine.Epilogue{}))
	s.refuse("negative K", s.engine.Gemm(engine.Gemm{M: 2, N: 2, K: -2}, t, t, s.engine.Tensor(4), engine.Epilogue{}))
}

func (s *suite) gemmCase(g engine.Gemm, bias, relu bool) {
	name := fmt.Sprintf("%dx%dx%d ta=%v tb=%v acc=%v bias=%v relu=%v", g.M, g.N, g.K, g.TransA, g.TransB, g.Accumulate, bias, relu)
	s.draw(name)
	c := out("c", g.M*g.N)
	if g.Accumulate {
		c = inout("c", s.random(g.M*g.N))
	}
	ops := []operand{in("a", s.random(g.M*g.K)), in("b", s.random(g.K*g.N)), c}
	if bias {
		ops = append(ops, in("bias", s.random(g.N)).ifAny())
	}
	s.check(name, func(e engine.Engine, t []engine.T) error {
		return e.Gemm(g, t[0], t[1], t[2], epilogue(t, 3, relu))
	}, ops...)
}

// epilogue has operand i for its bias, if there is one.
func epilogue(t []engine.T, i int, relu bool) engine.Epilogue {
	ep := engine.Epilogue{ReLU: relu}
	if i < len(t) {
		ep.Bias = t[i]
	}
	return ep
}
