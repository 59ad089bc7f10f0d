package cpu

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// half is element i of a row of bfloat16.
func half(pairs []float32, i int) float64 {
	return float64(math.Float32frombits(math.Float32bits(pairs[i/2]) >> (16 * (i % 2)) << 16))
}

func TestRoundBF16(t *testing.T) {
	t.Parallel()
	f := math.Float32frombits
	for _, c := range []struct {
		in   float32
		want uint32
	}{
		{0, 0}, {f(0x80000000), 0x8000}, {1, 0x3f80}, {-2, 0xc000},
		{f(0x3f808000), 0x3f80}, {f(0x3f818000), 0x3f82}, // ties go to even
		{f(0x3f808001), 0x3f81}, {f(0x3f807fff), 0x3f80},
		{f(0x7f7fffff), 0x7f80}, {f(0x7f800000), 0x7f80}, {f(0xff800000), 0xff80}, // the largest becomes infinite
		{f(0x7f800001), 0x7fc0}, {f(0xffc01234), 0xffc0}, // no NaN becomes infinite
		{f(0x007fffff), 0}, {f(0x807fffff), 0x8000}, {f(0x00800000), 0x0080}, // subnormal numbers are zeros
	} {
		if got := roundBF16(c.in); got != c.want {
			t.Errorf("%v (%#x): got %#x, want %#x", c.in, math.Float32bits(c.in), got, c.want)
		}
	}
}

// pairKernelsOf skips a test on a processor without kernels of pairs.
func pairKernelsOf(t *testing.T) *kernelSet {
	t.Helper()
	ks := pairKernels(bestLevel())
	if ks == nil {
		t.Skip("NOT TESTED on this machine: it has no AVX512-BF16")
	}
	return ks
}

// anyFloats are n floats of any bits: all exponents, NaN, infinities.
func anyFloats(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = math.Float32frombits(r.Uint32())
	}
	return x
}

// TestPairs holds the assembly's rounding to roundBF16, for all kinds of numbers,
// all lengths and places in memory.
func TestPairs(t *testing.T) {
	t.Parallel()
	ks, r := pairKernelsOf(t), rand.New(rand.NewPCG(1, 2))
	for n := range 140 {
		src := anyFloats(r, n+n%3)[n%3:]
		dst := anyFloats(r, (n+1)/2)
		ks.pairs.roundRow(dst, src)
		for i := range 2 * len(dst) {
			want := uint32(0)
			if i < n {
				want = roundBF16(src[i])
			}
			if got := math.Float32bits(dst[i/2]) >> (16 * (i % 2)) & 0xffff; got != want {
				t.Fatalf("round %d numbers: element %d: got %#x, want %#x", n, i, got, want)
			}
		}
	}
	for _, c := range []struct{ rows, cols, ld int }{{1, 1, 1}, {2, 16, 17}, {3, 15, 20}, {7, 33, 33}, {8, 32, 32}, {64, 32, 40}, {5, 100, 101}} {
		src, to := anyFloats(r, c.rows*c.ld), c.cols+3
		dst := make([]float32, (c.rows+1)/2*to)
		ks.pairs.weaveRows(dst, src, to, c.ld, c.rows, c.cols)
		for i := range 2 * ((c.rows + 1) / 2) {
			for j := range to {
				want := uint32(0)
				if i < c.rows && j < c.cols {
					want = roundBF16(src[i*c.ld+j])
				}
				if got := math.Float32bits(dst[i/2*to+j]) >> (16 * (i % 2)) & 0xffff; got != want {
					t.Fatalf("weave %+v: row %d, column %d: got %#x, want %#x", c, i, j, got, want)
				}
			}
		}
	}
}

// TestBF16Encodings runs every kernel, and with them every register that an
// instruction of which Go's assembler gets only the bytes may name, beside plain
// arithmetic: small integers, which all sums hold exactly.
func TestBF16Encodings(t *testing.T) {
	t.Parallel()
	ks, r := pairKernelsOf(t), rand.New(rand.NewPCG(3, 4))
	small := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = pair(float32(r.IntN(15)-7), float32(r.IntN(15)-7))
		}
		return x
	}
	for m := 1; m <= ks.mr; m++ {
		for _, steps := range []int{1, 2, 3, 4, 7, 16, 21} {
			for _, columns := range []bool{false, true} {
				row, step, kernel := steps, 1, ks.rows[m]
				if columns {
					row, step, kernel = 1, m, ks.columns[m]
				}
				a, b, c := small(m*steps), small(steps*ks.nr), make([]float32, m*ks.nr)
				args := &kernelArgs{a: &a[0], b: &b[0], c: &c[0], steps: steps, segs: 1, aRow: 4 * max(row, step), bStep: 4 * ks.nr, cRow: 4 * ks.nr}
				kernel(args)
				for i := range m {
					for j := range ks.nr {
						want := 0.0
						for s := range steps {
							x, y := a[i*row+s*step:], b[s*ks.nr+j:]
							want += half(x, 0)*half(y, 0) + half(x, 1)*half(y, 1)
						}
						if got := float64(c[i*ks.nr+j]); got != want {
							t.Fatalf("%d rows, %d steps, columns %v: C[%d,%d]: got %v, want %v", m, steps, columns, i, j, got, want)
						}
					}
				}
			}
		}
	}
}

// TestBF16Rounds: an engine for bf16 does round, where that is what makes it fast.
func TestBF16Rounds(t *testing.T) {
	t.Parallel()
	eachLevel(t, func(t *testing.T, e *Engine) {
		half := open(t, Options{Level: e.Level(), Threads: 1, Precision: BF16})
		a, b, c := e.Tensor(64, 2), e.Tensor(2, 40), e.Tensor(64, 40)
		for _, x := range []engine.T{a, b} {
			for i := range x.Float32s() {
				x.Float32s()[i] = 1 + 1.0/512
			}
		}
		if err := half.Gemm(engine.Gemm{M: 64, N: 40, K: 2}, a, b, c, engine.Epilogue{}); err != nil {
			t.Fatal(err)
		}
		if got := c.Float32s()[7]; got != 2 {
			t.Errorf("got %v, want 2: operands rounded to 1", got)
		}
	})
}
