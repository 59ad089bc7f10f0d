package enginetest

import (
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// gemm tests all four layouts at odd sizes, with and without accumulation and
// epilogue.
func gemm(s *suite) {
	for i, size := range [][3]int{ // M, N, K
		{1, 1, 1}, {3, 7, 13}, {31, 33, 64}, {13, 10, 48}, {64, 48, 31}, {33, 1, 7}, {1, 64, 33},
		{7, 100, 3}, {64, 10, 128}, {129, 65, 257}, {12, 32, 400}, {25, 97, 1030},
		{64, 130, 31}, {31, 250, 70}, {30, 120, 1024}, {20, 1024, 33}, // few rows, many columns
	} {
		for layout := range 4 {
			g := engine.Gemm{M: size[0], N: size[1], K: size[2], TransA: layout&1 != 0, TransB: layout&2 != 0}
			s.gemmCase(g, endings[(i+layout)%len(endings)]) // every combination with every layout in turn
		}
	}
	for _, end := range endings { // and every combination once at a size of each way to cut
		s.gemmCase(engine.Gemm{M: 37, N: 45, K: 29}, end)
		s.gemmCase(engine.Gemm{M: 331, N: 45, K: 29}, end)
		s.gemmCase(engine.Gemm{M: 29, N: 225, K: 29, TransB: true}, end)
	}
	t := s.engine.Tensor(64)
	s.refuse("no rows", s.engine.Gemm(engine.Gemm{N: 2, K: 2}, t, t, s.engine.Tensor(4), engine.Epilogue{}))
	s.refuse("negative K", s.engine.Gemm(engine.Gemm{M: 2, N: 2, K: -2}, t, t, s.engine.Tensor(4), engine.Epilogue{}))
}

func (s *suite) gemmCase(g engine.Gemm, end ending) {
	name := fmt.Sprintf("%dx%dx%d ta=%v tb=%v %v", g.M, g.N, g.K, g.TransA, g.TransB, end)
	s.draw(name)
	ops := append([]operand{in("a", s.random(g.M*g.K)).multiplied(), in("b", s.random(g.K*g.N)).multiplied()}, s.ended("c", g.M*g.N, g.N, end)...)
	s.check(name, func(e engine.Engine, t []engine.T) error {
		return e.Gemm(g, t[0], t[1], t[2], end.epilogue(t[3:]))
	}, ops...)
}

// ending is an epilogue without its operands.
type ending struct{ scale, bias, accumulate, relu bool }

// endings are all that there are.
var endings = func() (all []ending) {
	for v := range 16 {
		all = append(all, ending{v&1 != 0, v&2 != 0, v&4 != 0, v&8 != 0})
	}
	return all
}()

func (e ending) String() string {
	return fmt.Sprintf("scale=%v bias=%v accumulate=%v relu=%v", e.scale, e.bias, e.accumulate, e.relu)
}

// ended is a result of n elements in columns columns and the operands of its
// epilogue.
func (s *suite) ended(name string, n, columns int, end ending) []operand {
	ops := []operand{out(name, n)}
	if end.accumulate {
		ops[0] = inout(name, s.random(n))
	}
	if end.scale {
		ops = append(ops, in("scale", s.scales(columns)).ifAny())
	}
	if end.bias {
		ops = append(ops, in("bias", s.random(columns)).ifAny())
	}
	return ops
}

// scales are n factors of columns. Where operands are rounded they are powers of
// two, so that it does not matter whether an engine scales before it rounds.
func (s *suite) scales(n int) []float32 {
	v := s.random(n)
	if s.round == nil {
		return v
	}
	for i, x := range v {
		_, exponent := math.Frexp(float64(x))
		v[i] = float32(math.Copysign(math.Ldexp(1, exponent), float64(x)))
	}
	return v
}

// epilogue has the operands that ended put behind the result.
func (e ending) epilogue(t []engine.T) engine.Epilogue {
	ep := engine.Epilogue{Accumulate: e.accumulate, ReLU: e.relu}
	if e.scale {
		ep.Scale, t = t[0], t[1:]
	}
	if e.bias {
		ep.Bias = t[0]
	}
	return ep
}
