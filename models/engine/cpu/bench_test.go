package cpu

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// report runs f over and over, with slices of pure multiply-adds between for as
// long as f itself takes, and reports f's median rate and its share of the
// median rate of the slices. Work of others on the machine slows both alike, so
// that the share means something even then. best is the share of the two best.
func report(b *testing.B, e *Engine, flops float64, f func() error) {
	b.Helper()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	const turns = 200_000 // about a millisecond: a thread that sleeps takes a tenth of that to wake
	slice := func(int, int) { e.kernels.peak(turns) }
	var took, peak []time.Duration
	var ahead time.Duration // of f's time before that of the slices
	for b.Loop() {
		start := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		t := time.Since(start)
		took = append(took, t)
		if ahead += t; ahead < 0 {
			continue
		}
		b.StopTimer()
		e.parallelTasks(e.Threads(), slice) // untimed: StopTimer stops the world, and wakes nobody
		start = time.Now()
		e.parallelTasks(e.Threads(), slice)
		peak = append(peak, time.Since(start))
		ahead -= time.Since(start)
		b.StartTimer()
	}
	slices.Sort(took)
	slices.Sort(peak)
	rate := func(t time.Duration, flops float64) float64 { return flops / t.Seconds() / 1e9 }
	peakFLOPs := turns * float64(e.Threads()) * e.kernels.peakFLOPs
	median := rate(took[len(took)/2], flops)
	b.ReportMetric(median, "GFLOP/s")
	b.ReportMetric(100*median/rate(peak[len(peak)/2], peakFLOPs), "%peak")
	b.ReportMetric(100*rate(took[0], flops)/rate(peak[0], peakFLOPs), "%best")
}

func benchLevels(b *testing.B, f func(b *testing.B, e *Engine)) {
	for _, l := range levels {
		if l.available() {
			b.Run(l.String(), func(b *testing.B) { f(b, open(b, Options{Level: l})) })
		}
	}
}

// BenchmarkGemm is a square product in all transpositions and the dense layers of
// heads, forward and both ways backward. Those with a batch of 8 are bound by the
// memory that their weights take.
func BenchmarkGemm(b *testing.B) {
	benchLevels(b, func(b *testing.B, e *Engine) {
		r := rand.New(rand.NewPCG(1, 2))
		run := func(name string, g engine.Gemm) {
			b.Run(name, func(b *testing.B) {
				x, y, z := random(e, r, g.M*g.K), random(e, r, g.K*g.N), e.Tensor(g.M*g.N)
				report(b, e, g.FLOPs(), func() error { return e.Gemm(g, x, y, z, engine.Epilogue{}) })
			})
		}
		const n = 1024
		for _, g := range []engine.Gemm{{}, {TransB: true}, {TransA: true}, {TransA: true, TransB: true}} {
			g.M, g.N, g.K = n, n, n
			run(fmt.Sprintf("%d/transA=%v/transB=%v", n, g.TransA, g.TransB), g)
		}
		for _, d := range []struct{ batch, in, out int }{
			{64, 25088, 256}, {64, 9216, 128}, {64, 2048, 1000}, {64, 512, 10}, {64, 128, 10}, {8, 25088, 4096}, {8, 2048, 1000},
		} {
			name := fmt.Sprintf("dense-%d-%d-b%d", d.in, d.out, d.batch)
			run(name+"/forward", engine.Gemm{M: d.batch, N: d.out, K: d.in})
			run(name+"/data", engine.Gemm{M: d.batch, N: d.in, K: d.out, TransB: true})
			run(name+"/weights", engine.Gemm{M: d.in, N: d.out, K: d.batch, TransA: true})
		}
	})
}

func BenchmarkConv(b *testing.B) {
	benchLevels(b, func(b *testing.B, e *Engine) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, c := range []engine.Conv{
			{N: 64, H: 28, W: 28, C: 1, K: 32, R: 3, S: 3},
			{N: 64, H: 26, W: 26, C: 32, K: 64, R: 3, S: 3},
			{N: 64, H: 24, W: 24, C: 32, K: 32, R: 3, S: 3},
			{N: 64, H: 12, W: 12, C: 32, K: 64, R: 3, S: 3},
			{N: 64, H: 10, W: 10, C: 64, K: 64, R: 3, S: 3},
			{N: 64, H: 14, W: 14, C: 64, K: 64, R: 3, S: 3, PadH: 1, PadW: 1},
			{N: 8, H: 56, W: 56, C: 64, K: 64, R: 1, S: 1},
			{N: 8, H: 28, W: 28, C: 128, K: 128, R: 3, S: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1},
			{N: 4, H: 14, W: 14, C: 512, K: 512, R: 3, S: 3, PadH: 1, PadW: 1},
		} {
			x, w, y, bias := random(e, r, inputSize(c)), random(e, r, weightSize(c)), random(e, r, outputSize(c)), random(e, r, c.K)
			dx, dw := e.Tensor(inputSize(c)), e.Tensor(weightSize(c))
			name := fmt.Sprintf("%dx%dx%dx%d-%d-%dx%d", c.N, c.H, c.W, c.C, c.K, c.R, c.S)
			b.Run(name+"/forward", func(b *testing.B) {
				report(b, e, c.FLOPs(), func() error { return e.ConvForward(c, x, w, y, engine.Epilogue{Bias: bias, ReLU: true}) })
			})
			b.Run(name+"/data", func(b *testing.B) {
				report(b, e, c.FLOPs(), func() error { return e.ConvBackwardData(c, w, y, dx, false) })
			})
			b.Run(name+"/weights", func(b *testing.B) {
				report(b, e, c.FLOPs(), func() error { return e.ConvBackwardWeights(c, x, y, dw) })
			})
		}
	})
}
