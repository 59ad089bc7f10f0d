package graph

import (
	"fmt"
	"math"
	"testing"
)

// TestFiniteDifferences compares every gradient of every case with central
// differences of the loss. The data are drawn with a seed for which no ReLU and
// no maximum sits on its kink in any case.
func TestFiniteDifferences(t *testing.T) {
	t.Parallel()
	for _, c := range netCases {
		for _, batch := range []int{testBatch, 2} {
			t.Run(fmt.Sprintf("%s/%d", c.name, batch), func(t *testing.T) {
				t.Parallel()
				s, _, x := c.train(t, newRef(t), 7)
				scramble(t, s, 3)
				rows := c.rows(x, 12, batch)
				loss := func() float64 {
					v, err := x.StepRows(rows, 4)
					if err != nil {
						t.Fatal(err)
					}
					return float64(v)
				}
				loss()
				grads := make([][]float32, len(x.Grads()))
				for i, g := range x.Grads() {
					grads[i] = download(t, s.engine, g)
				}
				for i, p := range x.Params() {
					checkDifferences(t, s, p, grads[i], loss)
				}
			})
		}
	}
}

// checkDifferences wants the differences to agree with grad for one of several
// step sizes: a large one may cross the kink of a ReLU or a maximum, a small one
// drowns in float32.
func checkDifferences(t *testing.T, s *State, p *Param, grad []float32, loss func() float64) {
	t.Helper()
	w := download(t, s.engine, p.Value)
	at := func(i int, v float32) float64 {
		old := w[i]
		w[i] = v
		upload(t, s.engine, p.Value, w)
		w[i] = old
		return loss()
	}
	for i := range w {
		best, got := math.Inf(1), 0.0
		for _, eps := range []float32{1e-2, 3e-3, 1e-3, 3e-2} {
			hi, lo := w[i]+eps, w[i]-eps
			d := (at(i, hi) - at(i, lo)) / (float64(hi) - float64(lo))
			if off := math.Abs(d - float64(grad[i])); off < best {
				best, got = off, d
			}
			if best <= 2e-4+5e-3*math.Abs(got) {
				break
			}
		}
		if best > 2e-4+5e-3*math.Abs(got) {
			t.Errorf("%s[%d]: gradient %v, by differences %v", p.Name, i, grad[i], got)
		}
	}
	upload(t, s.engine, p.Value, w)
}
