package submissions

import (
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// Member is what one net predicts of some rows.
type Member struct {
	Name  string    // for errors
	Rows  []int     // which rows, counted from 0; each at most once
	Proba []float32 // [len(Rows), classes] probabilities
}

// Hows are the ways to blend.
func Hows() []string { return []string{"mean", "geometric"} }

// smallest is what a probability of zero counts as in a geometric mean, so that
// one sure member cannot veto a class.
const smallest = 1e-15

// Blend gives every one of n rows the mean over the members that predict it,
// each counting alike: [n, classes]. "mean" is the arithmetic mean, "geometric"
// the geometric one, rescaled to sum to one. Members may be of different rows,
// as the folds of a cross-validation are; a row that nobody predicts is an error.
func Blend(how string, members []Member, n, classes int) ([]float32, error) {
	if how != "mean" && how != "geometric" {
		return nil, fmt.Errorf("blend: want one of %v, got %q", Hows(), how)
	}
	sum, times := make([]float64, n*classes), make([]int, n)
	for _, m := range members {
		if err := m.check(n, classes); err != nil {
			return nil, err
		}
		for i, row := range m.Rows {
			times[row]++
			for c, p := range m.Proba[i*classes : (i+1)*classes] {
				x := float64(p)
				if how == "geometric" {
					x = math.Log(max(x, smallest))
				}
				sum[row*classes+c] += x
			}
		}
	}
	out := make([]float32, n*classes)
	for row, k := range times {
		if k == 0 {
			return nil, fmt.Errorf("blend: no member predicts row %d", row)
		}
		finish(how, sum[row*classes:(row+1)*classes], k, out[row*classes:])
	}
	return out, nil
}

// finish turns the sums of a row over k members into its mean.
func finish(how string, sum []float64, k int, out []float32) {
	total := float64(1)
	for c := range sum {
		sum[c] /= float64(k)
	}
	if how == "geometric" {
		total = 0
		for c := range sum {
			sum[c] = math.Exp(sum[c])
			total += sum[c]
		}
	}
	for c, x := range sum {
		out[c] = float32(x / total)
	}
}

func (m Member) check(n, classes int) error {
	if classes < 1 || len(m.Proba) != len(m.Rows)*classes {
		return fmt.Errorf("blend %s: want %d rows of %d classes, got %d values", m.Name, len(m.Rows), classes, len(m.Proba))
	}
	for _, row := range m.Rows {
		if row < 0 || row >= n {
			return fmt.Errorf("blend %s: row %d is not in 0..%d", m.Name, row, n-1)
		}
	}
	if err := checkFinite(m.Proba); err != nil {
		return fmt.Errorf("blend %s: %w", m.Name, err)
	}
	return nil
}

// ArgMax is the class of the largest probability of each row, the first of equals.
func ArgMax(proba []float32, classes int) []int {
	return metric.ArgMax(widen(proba), classes)
}

func widen(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

func checkFinite(x []float32) error {
	for i, v := range x {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return fmt.Errorf("value %d: want a finite number, got %v", i, v)
		}
	}
	return nil
}
