package cpu

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Results do not depend on the number of threads, at every level.
func TestPassesSameForAnyThreads(t *testing.T) {
	t.Parallel()
	for _, l := range levels {
		if !l.available() {
			t.Logf("NOT TESTED on this machine: %v", l)
			continue
		}
		var want [][]float32
		for _, threads := range []int{1, 2, 5} {
			got := passResults(t, open(t, Options{Level: l, Threads: threads}))
			if want == nil {
				want = got
			}
			for i := range got {
				if !slices.Equal(got[i], want[i]) {
					t.Errorf("%v: result %d differs between 1 and %d threads", l, i, threads)
				}
			}
		}
	}
}

// passResults runs the methods whose results could depend on the cut.
func passResults(t *testing.T, e *Engine) [][]float32 {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	const rows, cols = 5003, 33
	b := engine.BatchNorm{Rows: rows, Cols: cols, Eps: 1e-5, Momentum: 0.1, ReLU: true}
	x, dy, y, dx := random(e, r, rows*cols), random(e, r, rows*cols), e.Tensor(rows*cols), e.Tensor(rows*cols)
	sum, mean := e.Tensor(cols), e.Tensor(1)
	v := make([]engine.T, 8)
	for i := range v {
		v[i] = random(e, r, cols)
	}
	for _, err := range []error{
		e.ColumnSum(rows, cols, x, sum),
		e.Mean(rows*cols, x, mean),
		e.BatchNormTrain(b, x, nil, v[0], v[1], v[2], v[3], y, v[4], v[5]),
		e.BatchNormBackward(b, x, y, dy, v[0], v[4], v[5], dx, nil, v[6], v[7]),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var out [][]float32
	for _, x := range append(v, y, dx, sum, mean) {
		out = append(out, x.Float32s())
	}
	return out
}

// A training step allocates nothing but what gorgonia's options take.
func TestPassesDoNotAllocate(t *testing.T) {
	e := open(t, Options{Threads: 2})
	for _, p := range passes(e, rand.New(rand.NewPCG(1, 2))) {
		if p.name == "add" {
			continue
		}
		if n := testing.AllocsPerRun(2, func() {
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a call, want none", p.name, n)
		}
	}
}
