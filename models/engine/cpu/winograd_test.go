package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// TestWinogradError bounds the rounding of Winograd's algorithm by that of the
// direct way, on the same data, both against float64. go test -v shows them.
func TestWinogradError(t *testing.T) {
	t.Parallel()
	for _, l := range levels {
		if !l.available() {
			t.Logf("NOT TESTED on this machine: %v", l)
			continue
		}
		direct, winograd := open(t, Options{Level: l, Threads: 1, Winograd: WinogradOff}), open(t, Options{Level: l, Threads: 1, Winograd: WinogradAlways})
		for _, c := range []engine.Conv{
			{N: 1, H: 14, W: 14, C: 64, K: 32, R: 3, S: 3, PadH: 1, PadW: 1},
			{N: 1, H: 14, W: 14, C: 512, K: 6, R: 3, S: 3, PadH: 1, PadW: 1},
		} {
			r := rand.New(rand.NewPCG(9, 10))
			x, w, dy := random(direct, r, inputSize(c)), random(direct, r, weightSize(c)), random(direct, r, outputSize(c))
			want := [3][]float64{make([]float64, outputSize(c)), make([]float64, inputSize(c)), make([]float64, weightSize(c))}
			eachProduct(c, func(i, j, k int) {
				xi, wj, dk := float64(x.Float32s()[i]), float64(w.Float32s()[j]), float64(dy.Float32s()[k])
				want[0][k] += xi * wj
				want[1][i] += wj * dk
				want[2][j] += xi * dk
			})
			for pass, name := range []string{"forward", "backward data", "backward weights"} {
				var off [2]float64
				for i, e := range []*Engine{direct, winograd} {
					off[i] = distance(convPass(t, e, c, pass, x, w, dy), want[pass])
				}
				t.Logf("%v, %d channels to %d, %s: relative error %.1e direct, %.1e by Winograd's algorithm", l, c.C, c.K, name, off[0], off[1])
				if most := 2.5*off[0] + 2.5e-7; !(off[1] <= most) {
					t.Errorf("%v %+v %s: relative error %.2g, want at most %.2g (direct: %.2g)", l, c, name, off[1], most, off[0])
				}
			}
		}
	}
}

// convPass runs the forward pass (0), or that of the gradient of the input (1) or
// of the weights (2), into NaN.
func convPass(t *testing.T, e *Engine, c engine.Conv, pass int, x, w, dy engine.T) []float32 {
	t.Helper()
	out := poisoned(e, [...]int{outputSize(c), inputSize(c), weightSize(c)}[pass])
	var err error
	switch pass {
	case 0:
		err = e.ConvForward(c, x, w, out, engine.Epilogue{})
	case 1:
		err = e.ConvBackwardData(c, w, dy, out, false)
	case 2:
		err = e.ConvBackwardWeights(c, x, dy, out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Float32s()
}

// distance is ||got - want|| / ||want||.
func distance[F float32 | float64](got []float32, want []F) float64 {
	var d, n float64
	for i, v := range want {
		off := float64(got[i]) - float64(v)
		d += off * off
		n += float64(v) * float64(v)
	}
	return math.Sqrt(d / n)
}

// TestWinogradCuts runs shapes that are cut in every way: panels in groups and in
// parts, several rounds, and sums in parts. All must agree with the direct way,
// and give the same bytes for every number of threads.
func TestWinogradCuts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		conv    engine.Conv
		fastest bool // too much for the other levels
	}{
		{engine.Conv{N: 2, H: 9, W: 10, C: 180, K: 210, R: 3, S: 3, PadH: 1, PadW: 1}, false},
		{engine.Conv{N: 1, H: 130, W: 131, C: 16, K: 8, R: 3, S: 3, PadH: 1, PadW: 0}, false},
		{engine.Conv{N: 1, H: 72, W: 72, C: 180, K: 200, R: 3, S: 3, PadH: 1, PadW: 1}, true},
		{engine.Conv{N: 1, H: 130, W: 130, C: 16, K: 300, R: 3, S: 3}, true},
	} {
		for _, l := range levels {
			if !l.available() || c.fastest && l != bestLevel() {
				continue
			}
			t.Run(fmt.Sprintf("%v %+v", l, c.conv), func(t *testing.T) {
				t.Parallel()
				direct, r := open(t, Options{Level: l, Threads: 2, Winograd: WinogradOff}), rand.New(rand.NewPCG(11, 12))
				x, w, dy := random(direct, r, inputSize(c.conv)), random(direct, r, weightSize(c.conv)), random(direct, r, outputSize(c.conv))
				for pass := range 3 {
					want := convPass(t, direct, c.conv, pass, x, w, dy)
					var first []float32
					for _, threads := range []int{1, 2, 3} {
						got := convPass(t, open(t, Options{Level: l, Threads: threads, Winograd: WinogradAlways}), c.conv, pass, x, w, dy)
						if d := distance(got, want); !(d < 1e-5) {
							t.Errorf("pass %d, %d threads: %.2g away from the direct way", pass, threads, d)
						}
						if first == nil {
							first = got
						}
						if !slices.Equal(got, first) {
							t.Errorf("pass %d: %d threads give other bytes than 1", pass, threads)
						}
					}
				}
			})
		}
	}
}

// TestWinogradPays pins the rule at its edges.
func TestWinogradPays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		channels, filters, high, wide int
		pays                          bool
	}{
		{64, 64, 14, 14, true}, {8, 8, 28, 28, true}, {3, 64, 224, 224, false}, {64, 3, 28, 28, false},
		{64, 64, 6, 6, true}, {64, 64, 5, 5, false}, {64, 64, 3, 3, true}, {64, 64, 2, 2, false}, {64, 64, 7, 7, true},
	} {
		if got := winogradPays(engine.Conv{C: c.channels, K: c.filters}, c.high, c.wide); got != c.pays {
			t.Errorf("%d channels to %d, %dx%d: pays %v, want %v", c.channels, c.filters, c.high, c.wide, got, c.pays)
		}
	}
}

// TestWinogradKeepsNaN: one NaN in the image reaches every output that meets it,
// through ReLU too.
func TestWinogradKeepsNaN(t *testing.T) {
	t.Parallel()
	eachLevel(t, func(t *testing.T, e *Engine) {
		e = open(t, Options{Level: e.Level(), Threads: e.Threads(), Winograd: WinogradAlways})
		c := engine.Conv{N: 1, H: 10, W: 10, C: 2, K: 33, R: 3, S: 3, PadH: 1, PadW: 1}
		x, y := e.Tensor(inputSize(c)), e.Tensor(outputSize(c))
		x.Float32s()[(5*10+5)*2] = float32(math.NaN())
		if err := e.ConvForward(c, x, e.Tensor(weightSize(c)), y, engine.Epilogue{ReLU: true}); err != nil {
			t.Fatal(err)
		}
		for i := 4; i <= 6; i++ {
			for j := 4; j <= 6; j++ {
				if v := y.Float32s()[(i*10+j)*c.K]; v == v {
					t.Errorf("output %d, %d: got %v, want NaN", i, j, v)
				}
			}
		}
	})
}
