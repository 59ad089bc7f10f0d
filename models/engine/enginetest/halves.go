package enginetest

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// halves tests convolutions between images in bfloat16: bit by bit, they are those
// of the same numbers in float32, rounded.
func halves(s *suite) {
	e, ok := s.engine.(engine.Halves)
	if !ok {
		return
	}
	taken := 0
	for i, c := range []engine.Conv{
		{N: 3, H: 7, W: 7, C: 64, K: 96, R: 1, S: 1},
		{N: 2, H: 16, W: 14, C: 48, K: 64, R: 1, S: 1, StrideH: 2, StrideW: 2},
		{N: 1, H: 29, W: 31, C: 34, K: 32, R: 1, S: 1, StrideH: 2, StrideW: 2},
		{N: 2, H: 14, W: 14, C: 64, K: 64, R: 3, S: 3, PadH: 1, PadW: 1},
		{N: 1, H: 15, W: 29, C: 32, K: 160, R: 3, S: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1},
		{N: 2, H: 14, W: 16, C: 6, K: 32, R: 5, S: 4, StrideH: 2, StrideW: 2, PadH: 2, PadW: 1, EndH: 1, EndW: 1},
		{N: 4, H: 2, W: 3, C: 2, K: 32, R: 2, S: 3, PadW: 1},
		{N: 8, H: 28, W: 28, C: 128, K: 512, R: 1, S: 1},
		{N: 2, H: 7, W: 7, C: 3, K: 32, R: 3, S: 3},
		{N: 2, H: 7, W: 7, C: 4, K: 5, R: 3, S: 3},
		{N: 1, H: 2, W: 2, C: 4, K: 32, R: 2, S: 2, PadH: 2, PadW: 2},
	} {
		if !e.TakesHalves(c) {
			x, w, y := e.Tensor(c.N*c.H*c.W*c.C), e.Tensor(c.R*c.S*c.C*c.K), e.Tensor(c.N*c.OutH()*c.OutW()*c.K)
			s.refuse(convName(c), e.ConvForwardHalves(engine.HalfConv{Conv: c, HalfX: true}, x, w, y, engine.Epilogue{}))
			continue
		}
		taken++
		for v := range 16 {
			s.convHalves(e, engine.HalfConv{Conv: c, HalfX: v&1 != 0, HalfY: v&2 != 0}, endings[(i+v)%len(endings)])
		}
	}
	if taken == 0 {
		s.Logf("NOT TESTED: %s keeps no images in bfloat16", e.Name())
	}
}

func (s *suite) convHalves(e engine.Halves, c engine.HalfConv, end ending) {
	name := fmt.Sprintf("halves x=%v y=%v %s %v", c.HalfX, c.HalfY, convName(c.Conv), end)
	s.draw(name)
	ops := append([]operand{in("x", s.random(c.N*c.H*c.W*c.C)), in("w", s.random(c.R*c.S*c.C*c.K))},
		s.ended("y", c.N*c.OutH()*c.OutW()*c.K, c.K, end)...)
	roundHalves(ops[0].start)
	roundHalves(ops[2].start)
	want := results(s.T, e, exactly(e, ops), func(_ engine.Engine, t []engine.T) error {
		return e.ConvForward(c.Conv, t[0], t[1], t[2], end.epilogue(t[3:]))
	}, ops)
	halves := slices.Clone(ops)
	for i, half := range []bool{0: c.HalfX, 2: c.HalfY} {
		if half {
			roundHalves(want[i])
			want[i], halves[i].start = packHalves(want[i]), packHalves(ops[i].start)
		}
	}
	run := func(_ engine.Engine, t []engine.T) error {
		return e.ConvForwardHalves(c, t[0], t[1], t[2], end.epilogue(t[3:]))
	}
	for i, got := range results(s.T, e, exactly(e, halves), run, halves) {
		if j := diff(got, want[i]); j >= 0 {
			s.Errorf("%s: %s[%d]: got bits %#x, want %#x", name, ops[i].name, j, math.Float32bits(got[j]), math.Float32bits(want[i][j]))
		}
	}
	s.wrongOperands(s.T, run, halves)
}

// roundHalves rounds finite numbers to the nearest bfloat16, ties to even.
func roundHalves(v []float32) {
	for i, x := range v {
		bits := math.Float32bits(x)
		v[i] = math.Float32frombits((bits + 0x7fff + bits>>16&1) &^ 0xffff)
	}
}

// packHalves is an even number of bfloat16, two an element.
func packHalves(v []float32) []float32 {
	out := make([]float32, len(v)/2)
	for i := range out {
		out[i] = math.Float32frombits(math.Float32bits(v[2*i])>>16 | math.Float32bits(v[2*i+1])&^0xffff)
	}
	return out
}
