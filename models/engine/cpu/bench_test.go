package cpu

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// report runs f over and over and reports the median rate and its share of the
// peak, which is measured just before and just after.
func report(b *testing.B, e *Engine, flops float64, f func() error) {
	b.Helper()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	before := e.PeakGFLOPS(40 * time.Millisecond)
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	peak := max(before, e.PeakGFLOPS(40*time.Millisecond))
	slices.Sort(took)
	gflops := flops / took[len(took)/2].Seconds() / 1e9
	b.ReportMetric(gflops, "GFLOP/s")
	b.ReportMetric(100*gflops/peak, "%peak")
	b.ReportMetric(100*flops/took[0].Seconds()/1e9/peak, "%peak-best")
}

func benchLevels(b *testing.B, f func(b *testing.B, e *Engine)) {
	for _, l := range levels {
		if l.available() {
			b.Run(l.String(), func(b *testing.B) { f(b, open(b, Options{Level: l})) })
		}
	}
}

func BenchmarkGemm(b *testing.B) {
	benchLevels(b, func(b *testing.B, e *Engine) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, c := range []struct {
			name string
			g    engine.Gemm
		}{
			{"1024", engine.Gemm{M: 1024, N: 1024, K: 1024}},
			{"dense-forward", engine.Gemm{M: 64, N: 128, K: 9216}},
			{"dense-data", engine.Gemm{M: 64, N: 9216, K: 128, TransB: true}},
			{"dense-weights", engine.Gemm{M: 9216, N: 128, K: 64, TransA: true}},
			{"logits-forward", engine.Gemm{M: 64, N: 10, K: 128}},
			{"logits-data", engine.Gemm{M: 64, N: 128, K: 10, TransB: true}},
			{"logits-weights", engine.Gemm{M: 128, N: 10, K: 64, TransA: true}},
		} {
			x, y, z := random(e, r, c.g.M*c.g.K), random(e, r, c.g.K*c.g.N), e.Tensor(c.g.M*c.g.N)
			b.Run(c.name, func(b *testing.B) {
				report(b, e, c.g.FLOPs(), func() error { return e.Gemm(c.g, x, y, z, engine.Epilogue{}) })
			})
		}
	})
}
