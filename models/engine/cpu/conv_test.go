package cpu

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// eachProduct calls f for every product of the convolution: the elements of x, w
// and y that meet.
func eachProduct(c engine.Conv, f func(x, w, y int)) {
	oh, ow := c.OutH(), c.OutW()
	sh, sw := max(c.StrideH, 1), max(c.StrideW, 1)
	for n := range c.N {
		for i := range oh {
			for j := range ow {
				for r := range c.R {
					for s := range c.S {
						h, w := i*sh+r-c.PadH, j*sw+s-c.PadW
						if h < 0 || h >= c.H || w < 0 || w >= c.W {
							continue
						}
						for ch := range c.C {
							for k := range c.K {
								f(((n*c.H+h)*c.W+w)*c.C+ch, ((r*c.S+s)*c.C+ch)*c.K+k, ((n*oh+i)*ow+j)*c.K+k)
							}
						}
					}
				}
			}
		}
	}
}

// convShapes cover odd sizes, strides, pads (also wider than the kernel), kernels
// that are not square, channels that do and do not fill panels, images that are cut
// into bands and blocks, and weights that are larger than the images.
var convShapes = []engine.Conv{
	{N: 1, H: 1, W: 1, C: 1, K: 1, R: 1, S: 1},
	{N: 3, H: 7, W: 7, C: 3, K: 7, R: 3, S: 3},
	{N: 2, H: 13, W: 31, C: 1, K: 33, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 3, H: 12, W: 12, C: 32, K: 32, R: 3, S: 3},
	{N: 1, H: 9, W: 33, C: 5, K: 13, R: 5, S: 5, PadH: 2, PadW: 2},
	{N: 2, H: 15, W: 14, C: 3, K: 16, R: 7, S: 7, StrideH: 2, StrideW: 2, PadH: 3, PadW: 3},
	{N: 2, H: 13, W: 11, C: 7, K: 5, R: 3, S: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1},
	{N: 1, H: 10, W: 13, C: 3, K: 4, R: 3, S: 5, StrideH: 3, StrideW: 2, PadH: 0, PadW: 2},
	{N: 2, H: 7, W: 9, C: 13, K: 31, R: 1, S: 1},
	{N: 2, H: 9, W: 8, C: 6, K: 3, R: 1, S: 1, StrideH: 2, StrideW: 2},
	{N: 1, H: 5, W: 6, C: 3, K: 5, R: 1, S: 1, StrideH: 3, StrideW: 3, PadH: 1, PadW: 2},
	{N: 1, H: 4, W: 5, C: 2, K: 3, R: 3, S: 3, PadH: 3, PadW: 3},
	{N: 1, H: 3, W: 3, C: 4, K: 2, R: 3, S: 3},
	{N: 2, H: 6, W: 7, C: 3, K: 9, R: 1, S: 5, PadW: 1},
	{N: 1, H: 40, W: 33, C: 31, K: 35, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 17, H: 7, W: 7, C: 8, K: 70, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 5, H: 14, W: 14, C: 9, K: 40, R: 1, S: 1},
	{N: 1, H: 3, W: 3, C: 512, K: 256, R: 3, S: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1},
	{N: 1, H: 2, W: 3, C: 1030, K: 900, R: 1, S: 1},
	{N: 2, H: 41, W: 40, C: 5, K: 35, R: 4, S: 3},
}

func TestConv(t *testing.T) {
	t.Parallel()
	eachLevel(t, func(t *testing.T, e *Engine) {
		o := Options{Level: e.Level(), Threads: e.Threads(), Winograd: WinogradOff}
		ways := []*Engine{open(t, o), nil}
		o.Winograd = WinogradAlways
		ways[1] = open(t, o)
		r := rand.New(rand.NewPCG(3, 4))
		for _, c := range convShapes {
			x, w, dy := random(e, r, inputSize(c)), random(e, r, weightSize(c)), random(e, r, outputSize(c))
			bias := random(e, r, c.K)
			y, dx, dw := make([]float64, outputSize(c)), make([]float64, inputSize(c)), make([]float64, weightSize(c))
			eachProduct(c, func(i, j, k int) {
				xi, wj, dk := float64(x.Float32s()[i]), float64(w.Float32s()[j]), float64(dy.Float32s()[k])
				y[k] += xi * wj
				dx[i] += wj * dk
				dw[j] += xi * dk
			})
			biased := make([]float64, len(y))
			for i := range y {
				biased[i] = max(0, y[i]+float64(bias.Float32s()[i%c.K]))
			}
			terms := c.R * c.S * max(c.C, c.K)
			check := func(name string, want []float64, terms int, f func(e *Engine, out engine.T) error) {
				t.Helper()
				for _, e := range ways {
					var first []float32
					for range 2 {
						out := poisoned(e, len(want))
						if err := f(e, out); err != nil {
							t.Fatal(err)
						}
						near(t, fmt.Sprintf("%v %s %+v", e, name, c), out.Float32s(), want, terms)
						if first != nil && !slices.Equal(first, out.Float32s()) {
							t.Fatalf("%v %s %+v: two runs differ", e, name, c)
						}
						first = out.Float32s()
					}
				}
			}
			check("forward", y, terms, func(e *Engine, out engine.T) error { return e.ConvForward(c, x, w, out, engine.Epilogue{}) })
			check("forward with epilogue", biased, terms, func(e *Engine, out engine.T) error {
				return e.ConvForward(c, x, w, out, engine.Epilogue{Bias: bias, ReLU: true})
			})
			check("backward data", dx, terms, func(e *Engine, out engine.T) error { return e.ConvBackwardData(c, w, dy, out, false) })
			check("backward weights", dw, c.N*c.OutH()*c.OutW(), func(e *Engine, out engine.T) error { return e.ConvBackwardWeights(c, x, dy, out) })
		}
	})
}

// TestSameForAnyThreads holds results to more than the contract asks: not only
// the same on every run, but the same for every number of threads.
func TestSameForAnyThreads(t *testing.T) {
	t.Parallel()
	for _, way := range []Winograd{WinogradOff, WinogradAlways} {
		t.Run(way.String(), func(t *testing.T) { t.Parallel(); sameForAnyThreads(t, way) })
	}
}

func sameForAnyThreads(t *testing.T, way Winograd) {
	c := engine.Conv{N: 19, H: 12, W: 12, C: 32, K: 48, R: 3, S: 3, PadH: 1, PadW: 1}
	g := engine.Gemm{M: 64, N: 40, K: 3000}
	var want [][]float32
	for _, threads := range []int{1, 2, 3, 7} {
		e, r := open(t, Options{Threads: threads, Winograd: way}), rand.New(rand.NewPCG(5, 6))
		x, w, dy := random(e, r, inputSize(c)), random(e, r, weightSize(c)), random(e, r, outputSize(c))
		a, b := random(e, r, g.M*g.K), random(e, r, g.K*g.N)
		y, dx, dw, p := poisoned(e, outputSize(c)), poisoned(e, inputSize(c)), poisoned(e, weightSize(c)), poisoned(e, g.M*g.N)
		for _, err := range []error{
			e.ConvForward(c, x, w, y, engine.Epilogue{}), e.ConvBackwardData(c, w, dy, dx, false),
			e.ConvBackwardWeights(c, x, dy, dw), e.Gemm(g, a, b, p, engine.Epilogue{}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		got := [][]float32{y.Float32s(), dx.Float32s(), dw.Float32s(), p.Float32s()}
		if want == nil {
			want = got
		}
		for i := range got {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("%d threads: result %d is not that of one thread", threads, i)
			}
		}
	}
}

func TestNaNReachesTheOutput(t *testing.T) {
	t.Parallel()
	eachLevel(t, func(t *testing.T, e *Engine) {
		c := engine.Conv{N: 1, H: 5, W: 5, C: 2, K: 33, R: 3, S: 3}
		y := e.Tensor(outputSize(c))
		if err := e.ConvForward(c, poisoned(e, inputSize(c)), e.Tensor(weightSize(c)), y, engine.Epilogue{ReLU: true}); err != nil {
			t.Fatal(err)
		}
		for i, v := range y.Float32s() {
			if v == v {
				t.Fatalf("element %d: got %v, want NaN: ReLU must not hide one", i, v)
			}
		}
	})
}

func TestConvErrors(t *testing.T) {
	t.Parallel()
	e := open(t, Options{Threads: 1})
	c := engine.Conv{N: 1, H: 4, W: 4, C: 2, K: 3, R: 3, S: 3} // x 32, w 54, y 12
	x := func(n int) engine.T { return e.Tensor(n) }
	for want, err := range map[string]error{
		"conv forward: x: want at least 32 elements, got 31":            e.ConvForward(c, x(31), x(54), x(12), engine.Epilogue{}),
		"conv forward: w: want at least 54 elements, got 53":            e.ConvForward(c, x(32), x(53), x(12), engine.Epilogue{}),
		"conv forward: y: want at least 12 elements, got 11":            e.ConvForward(c, x(32), x(54), x(11), engine.Epilogue{}),
		"conv forward: bias: want at least 3 elements, got 2":           e.ConvForward(c, x(32), x(54), x(12), engine.Epilogue{Bias: x(2)}),
		"conv backward data: w: want at least 54 elements, got 53":      e.ConvBackwardData(c, x(53), x(12), x(32), false),
		"conv backward data: dy: want at least 12 elements, got 11":     e.ConvBackwardData(c, x(54), x(11), x(32), false),
		"conv backward data: dx: want at least 32 elements, got 31":     e.ConvBackwardData(c, x(54), x(12), x(31), false),
		"conv backward weights: x: want at least 32 elements, got 31":   e.ConvBackwardWeights(c, x(31), x(12), x(54)),
		"conv backward weights: dy: want at least 12 elements, got 11":  e.ConvBackwardWeights(c, x(32), x(11), x(54)),
		"conv backward weights: dw: want at least 54 elements, got 53":  e.ConvBackwardWeights(c, x(32), x(12), x(53)),
		"conv forward: conv: kernel 9x3 is larger than the padded inpu": e.ConvForward(engine.Conv{N: 1, H: 4, W: 4, C: 2, K: 3, R: 9, S: 3}, x(99), x(999), x(99), engine.Epilogue{}),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got error %v, want %s", err, want)
		}
	}
}
