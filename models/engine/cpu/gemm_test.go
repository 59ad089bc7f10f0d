package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// levels are all instruction sets; a test skips, loudly, those that the
// processor lacks.
var levels = []Level{AVX512, AVX2, Portable}

// eachLevel runs f on every level, with one and with three threads.
func eachLevel(t *testing.T, f func(t *testing.T, e *Engine)) {
	for _, l := range levels {
		for _, threads := range []int{1, 3} {
			t.Run(fmt.Sprintf("%v-%d", l, threads), func(t *testing.T) {
				t.Parallel()
				if !l.available() {
					t.Skipf("NOT TESTED: this processor has no %v", l)
				}
				f(t, open(t, Options{Level: l, Threads: threads}))
			})
		}
	}
}

// random fills a new tensor of n elements with values of [-1, 1).
func random(e *Engine, r *rand.Rand, n int) engine.T {
	x := e.Tensor(n)
	for i := range x.Float32s() {
		x.Float32s()[i] = 2*r.Float32() - 1
	}
	return x
}

// poisoned is a new tensor of NaN.
func poisoned(e *Engine, n int) engine.T {
	x := e.Tensor(n)
	for i := range x.Float32s() {
		x.Float32s()[i] = float32(math.NaN())
	}
	return x
}

// near fails the test where got is not want within what rounding of terms sums
// of magnitude one explains.
func near(t *testing.T, name string, got []float32, want []float64, terms int) {
	t.Helper()
	tol := 1e-6 * (4 + 2*math.Sqrt(float64(terms)))
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - w); !(d <= tol) {
			t.Fatalf("%s: element %d: got %v, want %v (off by %.2g, allowed %.2g)", name, i, got[i], w, d, tol)
		}
	}
}

func naiveGemm(g engine.Gemm, a, b, c, bias []float32, relu bool) []float64 {
	out := make([]float64, g.M*g.N)
	for i := range g.M {
		for j := range g.N {
			s := 0.0
			for k := range g.K {
				x, y := i*g.K+k, k*g.N+j
				if g.TransA {
					x = k*g.M + i
				}
				if g.TransB {
					y = j*g.K + k
				}
				s += float64(a[x]) * float64(b[y])
			}
			s += float64(c[i*g.N+j])
			if bias != nil {
				s += float64(bias[j])
			}
			if relu {
				s = max(s, 0)
			}
			out[i*g.N+j] = s
		}
	}
	return out
}

// gemmShapes are M, N, K: odd ones, ones that fill tiles, and both ways of
// cutting, with K in one block, several blocks and several parts.
var gemmShapes = [][3]int{
	{1, 1, 1}, {1, 7, 3}, {3, 1, 7}, {7, 13, 31}, {13, 31, 1}, {31, 33, 13}, {33, 3, 33},
	{14, 32, 64}, {28, 64, 257}, {15, 65, 300}, {64, 10, 128}, {33, 70, 1100}, {5, 40, 2085},
	{170, 33, 31}, {257, 64, 65}, {301, 7, 515}, {1, 33, 1030}, {200, 96, 270},
	{9, 700, 40}, {20, 700, 300}, {6, 290, 1500},
}

func TestGemm(t *testing.T) {
	t.Parallel()
	eachLevel(t, func(t *testing.T, e *Engine) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, s := range gemmShapes {
			for kind := range 16 {
				checkGemm(t, e, r, engine.Gemm{
					M: s[0], N: s[1], K: s[2],
					TransA: kind&1 > 0, TransB: kind&2 > 0,
				}, kind&4 > 0, kind&8 > 0)
			}
		}
	})
}

func checkGemm(t *testing.T, e *Engine, r *rand.Rand, g engine.Gemm, accumulate, epilogue bool) {
	t.Helper()
	a, b := random(e, r, g.M*g.K), random(e, r, g.K*g.N)
	var ep engine.Epilogue
	var bias []float32
	if epilogue {
		ep = engine.Epilogue{Bias: random(e, r, g.N), ReLU: true}
		bias = ep.Bias.Float32s()
	}
	ep.Accumulate = accumulate
	old := make([]float32, g.M*g.N)
	if accumulate {
		old = random(e, r, g.M*g.N).Float32s()
	}
	want := naiveGemm(g, a.Float32s(), b.Float32s(), old, bias, epilogue)
	var first []float32
	for range 2 {
		c := poisoned(e, g.M*g.N)
		if accumulate {
			copy(c.Float32s(), old)
		}
		if err := e.Gemm(g, a, b, c, ep); err != nil {
			t.Fatal(err)
		}
		near(t, fmt.Sprintf("%+v accumulate %v epilogue %v", g, accumulate, epilogue), c.Float32s(), want, g.K)
		if first != nil && !slices.Equal(first, c.Float32s()) {
			t.Fatalf("%+v: two runs differ", g)
		}
		first = c.Float32s()
	}
}

// A product that is written past the caches is the same.
func TestStream(t *testing.T) {
	t.Parallel()
	eachLevel(t, func(t *testing.T, e *Engine) {
		ks, w, r := e.kernels, &e.scratch.workers[0], rand.New(rand.NewPCG(3, 4))
		const steps, ld = 5, 48
		a, b := random(e, r, ks.mr*steps).Float32s(), random(e, r, ks.nr*steps).Float32s()
		for m := 1; m <= ks.mr; m++ {
			var out [2][]float32
			for i := range out {
				out[i] = poisoned(e, m*ld).Float32s()
				w.args = kernelArgs{a: &a[0], b: &b[0], steps: steps, segs: 1, aRow: 4 * steps, bStep: 4 * ks.nr}
				w.run(ks.rows, ks.nr, m, &output{c: out[i], ld: ld, cols: ks.nr, stream: i == 1})
			}
			for i := range m {
				if !slices.Equal(out[0][i*ld:][:ks.nr], out[1][i*ld:][:ks.nr]) {
					t.Fatalf("row %d of %d: want %v, got %v", i, m, out[0][i*ld:][:ks.nr], out[1][i*ld:][:ks.nr])
				}
			}
		}
	})
}

func TestGemmErrors(t *testing.T) {
	t.Parallel()
	e := open(t, Options{Threads: 1})
	g := engine.Gemm{M: 2, N: 3, K: 4}
	x := func(n int) engine.T { return e.Tensor(n) }
	for _, c := range []struct {
		name       string
		g          engine.Gemm
		a, b, c, d engine.T
	}{
		{"gemm: a: want at least 8 elements, got 7", g, x(7), x(12), x(6), x(3)},
		{"gemm: b: want at least 12 elements, got 11", g, x(8), x(11), x(6), x(3)},
		{"gemm: c: want at least 6 elements, got 5", g, x(8), x(12), x(5), x(3)},
		{"gemm: bias: want at least 3 elements, got 2", g, x(8), x(12), x(6), x(2)},
		{"gemm: sizes must be positive", engine.Gemm{M: 2, N: 0, K: 4}, x(8), x(12), x(6), x(3)},
	} {
		err := e.Gemm(c.g, c.a, c.b, c.c, engine.Epilogue{Bias: c.d})
		if err == nil || !strings.HasPrefix(err.Error(), c.name) {
			t.Errorf("got error %v, want %s", err, c.name)
		}
	}
}
