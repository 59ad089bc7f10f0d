package enginetest

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
)

// pool tests both kinds of pooling, with ties in the windows.
func pool(s *suite) {
	for _, p := range []engine.Pool{
		{N: 1, H: 1, W: 1, C: 1, R: 1, S: 1},
		{N: 2, H: 4, W: 6, C: 3, R: 2, S: 2},
		{N: 3, H: 7, W: 5, C: 7, R: 2, S: 2}, // partial windows are dropped
		{N: 2, H: 24, W: 24, C: 64, R: 2, S: 2},
		{N: 2, H: 8, W: 10, C: 16, R: 2, S: 2, StrideH: 2, StrideW: 2},
		{N: 1, H: 6, W: 7, C: 48, R: 2, S: 2},
		{N: 2, H: 13, W: 12, C: 33, R: 3, S: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1},
		{N: 2, H: 7, W: 7, C: 31, R: 3, S: 3, StrideH: 1, StrideW: 1, PadH: 1, PadW: 1},
		{N: 1, H: 9, W: 8, C: 13, R: 3, S: 2, StrideH: 1, StrideW: 3, PadH: 1, PadW: 1},
		{N: 1, H: 8, W: 8, C: 16, R: 2, S: 2, StrideH: 1, StrideW: 1, PadH: 1, PadW: 1},
		{N: 2, H: 8, W: 9, C: 10, R: 1, S: 1, StrideH: 3, StrideW: 2},
		{N: 3, H: 7, W: 7, C: 64, R: 7, S: 7}, // global
		{N: 2, H: 6, W: 5, C: 33, R: 3, S: 3, StrideH: 1, StrideW: 1, PadH: 1, PadW: 1, CountPad: true},
		{N: 64, H: 12, W: 12, C: 32, R: 2, S: 2},
	} {
		s.poolCase(p)
	}
	t, u := s.engine.Tensor(64), s.engine.Tensor(64)
	for name, p := range map[string]engine.Pool{
		"padding": {N: 1, H: 4, W: 4, C: 1, R: 2, S: 2, PadH: 2},
		"window":  {N: 1, H: 2, W: 2, C: 1, R: 3, S: 3},
		"batch":   {H: 2, W: 2, C: 1, R: 2, S: 2},
	} {
		s.refuse("max pool, wrong "+name, s.engine.MaxPool(p, t, u))
		s.refuse("max pool backward, wrong "+name, s.engine.MaxPoolBackward(p, t, t, t, u))
		s.refuse("average pool, wrong "+name, s.engine.AvgPool(p, t, u))
		s.refuse("average pool backward, wrong "+name, s.engine.AvgPoolBackward(p, t, u))
	}
}

func (s *suite) poolCase(p engine.Pool) {
	name := fmt.Sprintf("%dx%dx%dx%d window %dx%d stride %d %d pad %d %d", p.N, p.H, p.W, p.C, p.R, p.S, p.StrideH, p.StrideW, p.PadH, p.PadW)
	if p.CountPad {
		name += " counting padding"
	}
	s.draw(name)
	nx, ny := p.N*p.H*p.W*p.C, p.N*p.OutH()*p.OutW()*p.C
	x, dy := s.random(nx), s.random(ny)
	for i := range x { // few values, all negative: ties, and padding by zero would win
		x[i] = float32(int(x[i]*2)) - 20
	}
	s.check("max "+name, func(e engine.Engine, t []engine.T) error {
		return e.MaxPool(p, t[0], t[1])
	}, in("x", x), out("y", ny).exactly())
	s.check("max backward "+name, func(e engine.Engine, t []engine.T) error {
		return e.MaxPoolBackward(p, t[0], t[1], t[2], t[3])
	}, in("x", x), in("y", s.maxPooled(p, x, ny)), in("dy", dy), out("dx", nx))
	s.check("average "+name, func(e engine.Engine, t []engine.T) error {
		return e.AvgPool(p, t[0], t[1])
	}, in("x", x), out("y", ny))
	s.check("average backward "+name, func(e engine.Engine, t []engine.T) error {
		return e.AvgPoolBackward(p, t[0], t[1])
	}, in("dy", dy), out("dx", nx))
}

// maxPooled is the output that belongs to x.
func (s *suite) maxPooled(p engine.Pool, x []float32, ny int) []float32 {
	s.Helper()
	r := ref.New()
	xt, yt, y := r.Tensor(len(x)), r.Tensor(ny), make([]float32, ny)
	must(s.T, r.Upload(xt, x))
	must(s.T, r.MaxPool(p, xt, yt))
	must(s.T, r.Download(y, yt))
	return y
}
