package submissions

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// scale takes predictions to where their weighted sum is the blend, and back:
// itself for the mean, logarithms for the geometric mean, ranks for the rank
// average.
type scale string

// to is x, row-major [rows, columns], on the scale.
func (s scale) to(x []float32, columns int) []float64 {
	out := widen(x)
	switch s {
	case "geometric":
		for i, p := range out {
			out[i] = math.Log(max(p, smallest))
		}
	case "rank":
		for c := range columns {
			rankColumn(out, columns, c)
		}
	}
	return out
}

// back writes a blend on the scale, one row, as a prediction.
func (s scale) back(row []float64) {
	if s != "geometric" {
		return
	}
	softmax(row)
}

// softmax turns logits into probabilities and gives the logarithm of the sum of
// their exponentials.
func softmax(row []float64) float64 {
	top, sum := slices.Max(row), 0.0
	for c, z := range row {
		row[c] = math.Exp(z - top)
		sum += row[c]
	}
	for c := range row {
		row[c] /= sum
	}
	return top + math.Log(sum)
}

// rankColumn replaces a column by its ranks, spread evenly over (0, 1); equal
// values share the mean of their ranks.
func rankColumn(x []float64, columns, c int) {
	n := len(x) / columns
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	value := func(i int) float64 { return x[i*columns+c] }
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(value(a), value(b)) })
	ranks := make([]float64, n)
	for i := 0; i < n; {
		end := i + 1
		for end < n && value(order[end]) == value(order[i]) {
			end++
		}
		for _, r := range order[i:end] {
			ranks[r] = float64(i+end) / float64(2*n)
		}
		i = end
	}
	for i, r := range ranks {
		x[i*columns+c] = r
	}
}

// Combine blends predictions of the same rows, each row-major [rows, columns],
// by weights of at least 0, not all 0, which need not sum to one. "mean" is the
// arithmetic mean, "geometric" the geometric one, rescaled to sum to one in each
// row, "rank" the mean of the ranks within each column, in (0, 1).
//
// Ranks keep the order of rows and nothing else: a metric of order, as AUC, loses
// nothing, and members on different scales can be blended. A log loss of ranks is
// a bad one, whatever the members' are: ranks are uniform, however sure and
// however rare the class.
//
// With one weight above 0 the result is that member, bit for bit, also for ranks.
func Combine(how string, members [][]float32, weights []float64, columns int) ([]float32, error) {
	if how != "mean" && how != "geometric" && how != "rank" {
		return nil, fmt.Errorf("blend: want one of mean, geometric, rank, got %q", how)
	}
	if err := checkWeights(members, weights, columns); err != nil {
		return nil, err
	}
	only, total := -1, 0.0
	for m, w := range weights {
		if w > 0 {
			total += w
			only = m
		}
	}
	if weights[only] == total {
		return slices.Clone(members[only]), nil
	}
	sum := make([]float64, len(members[0]))
	for m, x := range members {
		if weights[m] > 0 {
			addTo(sum, weights[m]/total, scale(how).to(x, columns))
		}
	}
	out := make([]float32, len(sum))
	for i := 0; i < len(sum); i += columns {
		row := sum[i : i+columns]
		scale(how).back(row)
		for c, v := range row {
			out[i+c] = float32(v)
		}
	}
	return out, nil
}

// addTo adds w times x to sum.
func addTo(sum []float64, w float64, x []float64) {
	for i, v := range x {
		sum[i] += w * v
	}
}

func checkWeights(members [][]float32, weights []float64, columns int) error {
	if len(members) == 0 || len(members) != len(weights) || columns < 1 {
		return fmt.Errorf("blend: %d members, %d weights and %d columns do not fit", len(members), len(weights), columns)
	}
	sum := 0.0
	for m, w := range weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return fmt.Errorf("blend: want weights of at least 0, got %v", w)
		}
		sum += w
		if len(members[m]) != len(members[0]) || len(members[m])%columns != 0 {
			return fmt.Errorf("blend: member %d: want %d values in rows of %d, got %d", m, len(members[0]), columns, len(members[m]))
		}
		if err := checkFinite(members[m]); err != nil {
			return fmt.Errorf("blend: member %d: %w", m, err)
		}
	}
	if sum == 0 || math.IsInf(sum, 0) {
		return fmt.Errorf("blend: want a weight above 0, got %v", weights)
	}
	return nil
}
