package submissions

import (
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// Mean blends probability matrices of the same shape by their arithmetic mean,
// summed in float64 in the order of members. A member of another size or a
// value that is not a finite number is an error that names the member.
func Mean(members [][]float32) ([]float32, error) {
	if err := checkMembers(members); err != nil {
		return nil, err
	}
	out := make([]float32, len(members[0]))
	for i := range out {
		sum := 0.0
		for _, m := range members {
			sum += float64(m[i])
		}
		out[i] = float32(sum / float64(len(members)))
	}
	return out, nil
}

// smallest is what GeometricMean takes for a probability of zero, so that one
// member alone cannot rule a class out for good.
const smallest = 1e-15

// GeometricMean blends probability matrices, row-major [rows, classes], by the
// geometric mean of each value, each row then divided by its sum. Values below
// 1e-15 count as 1e-15. Errors are those of Mean, and a size that is not a
// whole number of rows.
func GeometricMean(members [][]float32, classes int) ([]float32, error) {
	if err := checkMembers(members); err != nil {
		return nil, err
	}
	if classes <= 0 || len(members[0])%classes != 0 {
		return nil, fmt.Errorf("blend: %d values are not rows of %d classes", len(members[0]), classes)
	}
	out := make([]float32, len(members[0]))
	row := make([]float64, classes)
	for start := 0; start < len(out); start += classes {
		total := 0.0
		for c := range row {
			logs := 0.0
			for _, m := range members {
				logs += math.Log(max(float64(m[start+c]), smallest))
			}
			row[c] = math.Exp(logs / float64(len(members)))
			total += row[c]
		}
		for c, v := range row {
			out[start+c] = float32(v / total)
		}
	}
	return out, nil
}

// ArgMax is the most probable class of each row of proba, row-major
// [rows, classes]; the lowest class on a tie. A size that is not a whole number
// of rows panics.
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

func checkMembers(members [][]float32) error {
	if len(members) == 0 {
		return fmt.Errorf("blend: no members")
	}
	for k, m := range members {
		if len(m) != len(members[0]) {
			return fmt.Errorf("blend: member %d: want %d values as in member 0, got %d", k, len(members[0]), len(m))
		}
		for i, v := range m {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return fmt.Errorf("blend: member %d, value %d: want a finite number, got %v", k, i, v)
			}
		}
	}
	return nil
}
