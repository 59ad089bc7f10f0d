package ref

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// The expected numbers come from PyTorch: testdata/golden.py writes golden.json.

// golden is the list of cases under one key of golden.json.
func golden[T any](t *testing.T, key string) []T {
	t.Helper()
	raw, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	var cases []T
	if err := json.Unmarshal(all[key], &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatalf("golden.json has no case of %s", key)
	}
	return cases
}

// put is a tensor that holds v, nil for nil.
func put(e *Engine, v []float32) engine.T {
	if v == nil {
		return nil
	}
	t := e.Tensor(len(v))
	copy(t.Float32s(), v)
	return t
}

// out is a tensor of n NaNs.
func out(e *Engine, n int) engine.T {
	t := e.Tensor(n)
	for i := range t.Float32s() {
		t.Float32s()[i] = float32(math.NaN())
	}
	return t
}

// near compares with a tolerance of float32 sums in PyTorch.
func near(t *testing.T, what string, got engine.T, want []float32) {
	t.Helper()
	g := got.Float32s()
	if len(g) != len(want) {
		t.Fatalf("%s: got %d elements, want %d", what, len(g), len(want))
	}
	for i, w := range want {
		if d := math.Abs(float64(g[i]) - float64(w)); !(d <= 2e-6+4e-6*math.Abs(float64(w))) {
			t.Errorf("%s[%d]: got %v, want %v", what, i, g[i], w)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestGemm(t *testing.T) {
	t.Parallel()
	e := New()
	type gemmCase struct {
		engine.Gemm
		Accumulate, ReLU    bool
		A, B, C, Bias, Want []float32
	}
	for i, c := range golden[gemmCase](t, "gemm") {
		got := put(e, c.C)
		if !c.Accumulate {
			got = out(e, len(c.Want))
		}
		must(t, e.Gemm(c.Gemm, put(e, c.A), put(e, c.B), got, engine.Epilogue{Bias: put(e, c.Bias), Accumulate: c.Accumulate, ReLU: c.ReLU}))
		near(t, fmt.Sprintf("case %d: c", i), got, c.Want)
	}
}

func TestConv(t *testing.T) {
	t.Parallel()
	e := New()
	type convCase struct {
		engine.Conv
		ReLU                                   bool
		X, Weights, Bias, Y, DY, DX, DW, DBias []float32
	}
	for i, c := range golden[convCase](t, "conv") {
		x, w, dy := put(e, c.X), put(e, c.Weights), put(e, c.DY)
		y, dx, dw := out(e, len(c.Y)), out(e, len(c.X)), out(e, len(c.Weights))
		must(t, e.ConvForward(c.Conv, x, w, y, engine.Epilogue{Bias: put(e, c.Bias), ReLU: c.ReLU}))
		must(t, e.ConvBackwardData(c.Conv, w, dy, dx, false))
		must(t, e.ConvBackwardWeights(c.Conv, x, dy, dw))
		near(t, fmt.Sprintf("case %d: y", i), y, c.Y)
		near(t, fmt.Sprintf("case %d: dx", i), dx, c.DX)
		near(t, fmt.Sprintf("case %d: dw", i), dw, c.DW)
		if c.DBias != nil {
			db := out(e, c.K)
			must(t, e.ColumnSum(len(c.DY)/c.K, c.K, dy, db))
			near(t, fmt.Sprintf("case %d: dbias", i), db, c.DBias)
		}
	}
}

func TestPool(t *testing.T) {
	t.Parallel()
	e := New()
	type poolCase struct {
		engine.Pool
		X, DY, Max, Avg []float32
		MaxDX           []float32 `json:"max_dx"`
		AvgDX           []float32 `json:"avg_dx"`
	}
	for i, c := range golden[poolCase](t, "pool") {
		x, dy := put(e, c.X), put(e, c.DY)
		y, dx := out(e, len(c.Max)), out(e, len(c.X))
		must(t, e.MaxPool(c.Pool, x, y))
		must(t, e.MaxPoolBackward(c.Pool, x, y, dy, dx))
		near(t, fmt.Sprintf("case %d: max", i), y, c.Max)
		near(t, fmt.Sprintf("case %d: max dx", i), dx, c.MaxDX)
		y, dx = out(e, len(c.Avg)), out(e, len(c.X))
		must(t, e.AvgPool(c.Pool, x, y))
		must(t, e.AvgPoolBackward(c.Pool, dy, dx))
		near(t, fmt.Sprintf("case %d: avg", i), y, c.Avg)
		near(t, fmt.Sprintf("case %d: avg dx", i), dx, c.AvgDX)
	}
}

func TestBatchNorm(t *testing.T) {
	t.Parallel()
	e := New()
	type bnCase struct {
		engine.BatchNorm
		X, Gamma, Beta, Eval, Y, DY, DX, DGamma, DBeta []float32
		RunMean                                        []float32 `json:"run_mean"`
		RunVar                                         []float32 `json:"run_var"`
		RunMeanAfter                                   []float32 `json:"run_mean_after"`
		RunVarAfter                                    []float32 `json:"run_var_after"`
	}
	for i, c := range golden[bnCase](t, "batchnorm") {
		x, gamma, beta := put(e, c.X), put(e, c.Gamma), put(e, c.Beta)
		runMean, runVar := put(e, c.RunMean), put(e, c.RunVar)
		y, dx := out(e, len(c.X)), out(e, len(c.X))
		mean, invStd, dgamma, dbeta := out(e, c.Cols), out(e, c.Cols), out(e, c.Cols), out(e, c.Cols)
		must(t, e.BatchNormEval(c.BatchNorm, x, gamma, beta, runMean, runVar, y))
		near(t, fmt.Sprintf("case %d: eval", i), y, c.Eval)
		must(t, e.BatchNormTrain(c.BatchNorm, x, nil, gamma, beta, runMean, runVar, y, mean, invStd))
		near(t, fmt.Sprintf("case %d: y", i), y, c.Y)
		near(t, fmt.Sprintf("case %d: running mean", i), runMean, c.RunMeanAfter)
		near(t, fmt.Sprintf("case %d: running variance", i), runVar, c.RunVarAfter)
		must(t, e.BatchNormBackward(c.BatchNorm, x, y, put(e, c.DY), gamma, mean, invStd, dx, nil, dgamma, dbeta))
		near(t, fmt.Sprintf("case %d: dgamma", i), dgamma, c.DGamma)
		near(t, fmt.Sprintf("case %d: dbeta", i), dbeta, c.DBeta)
		if c.Rows > 2 { // with two rows dx is 0 but for PyTorch's rounding
			near(t, fmt.Sprintf("case %d: dx", i), dx, c.DX)
		}
	}
}

func TestCrossEntropy(t *testing.T) {
	t.Parallel()
	e := New()
	type ceCase struct {
		Rows, Cols               int
		X, Target, Softmax, Loss []float32
		Mean                     float32
		DX                       []float32
	}
	for i, c := range golden[ceCase](t, "cross_entropy") {
		x, target := put(e, c.X), put(e, c.Target)
		y, loss, mean, dx := out(e, len(c.X)), out(e, c.Rows), out(e, 1), out(e, len(c.X))
		must(t, e.Softmax(c.Rows, c.Cols, x, y))
		must(t, e.SoftmaxCrossEntropy(c.Rows, c.Cols, x, target, loss))
		must(t, e.Mean(c.Rows, loss, mean))
		must(t, e.SoftmaxCrossEntropyBackward(c.Rows, c.Cols, 1/float32(c.Rows), x, target, dx))
		near(t, fmt.Sprintf("case %d: softmax", i), y, c.Softmax)
		near(t, fmt.Sprintf("case %d: loss", i), loss, c.Loss)
		near(t, fmt.Sprintf("case %d: mean", i), mean, []float32{c.Mean})
		near(t, fmt.Sprintf("case %d: dlogits", i), dx, c.DX)
	}
}

// optimCase is a few steps of an optimiser over some parameters.
type optimCase struct {
	LR                          float32
	LRs, Decay                  []float32
	Start                       [][]float32
	Beta1, Beta2, Eps, Momentum float32
	Nesterov                    bool
	Steps                       []struct{ G, W [][]float32 }
}

func putAll(e *Engine, vs [][]float32) []engine.T {
	ts := make([]engine.T, len(vs))
	for i, v := range vs {
		ts[i] = put(e, v)
	}
	return ts
}

func zeros(e *Engine, like [][]float32) []engine.T {
	ts := make([]engine.T, len(like))
	for i, v := range like {
		ts[i] = e.Tensor(len(v))
	}
	return ts
}

func TestAdam(t *testing.T) {
	t.Parallel()
	e := New()
	for i, c := range golden[optimCase](t, "adam") {
		w, m, v := putAll(e, c.Start), zeros(e, c.Start), zeros(e, c.Start)
		for step, s := range c.Steps {
			a := engine.Adam{LR: c.LR, Beta1: c.Beta1, Beta2: c.Beta2, Eps: c.Eps, Step: step + 1, LRs: c.LRs, Decay: c.Decay}
			must(t, e.Adam(a, w, putAll(e, s.G), m, v))
			for p := range w {
				near(t, fmt.Sprintf("case %d step %d: w[%d]", i, step, p), w[p], s.W[p])
			}
		}
	}
}

func TestSGD(t *testing.T) {
	t.Parallel()
	e := New()
	for i, c := range golden[optimCase](t, "sgd") {
		w, velocity := putAll(e, c.Start), zeros(e, c.Start)
		if c.Momentum == 0 {
			velocity = nil
		}
		for step, s := range c.Steps {
			d := engine.SGD{LR: c.LR, Momentum: c.Momentum, Nesterov: c.Nesterov, LRs: c.LRs, Decay: c.Decay}
			must(t, e.SGD(d, w, putAll(e, s.G), velocity))
			for p := range w {
				near(t, fmt.Sprintf("case %d step %d: w[%d]", i, step, p), w[p], s.W[p])
			}
		}
	}
}
