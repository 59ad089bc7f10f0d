package submissions

import "math"

// mixNumbers is the weighted mean of values, [files][rows, width], by how. All
// numbers are finite, of a geometric mean at least 0.
func mixNumbers(how string, values [][]float64, w []float64, width int) []float64 {
	proba := how == "geometric" && areProba(values, width)
	sum := make([]float64, len(values[0]))
	for f, x := range values {
		if w[f] == 0 {
			continue
		}
		switch {
		case proba && width == 1:
			for i, p := range x {
				x[i] = math.Log(max(p, smallest)) - math.Log(max(1-p, smallest))
			}
		case proba:
			for i, p := range x {
				x[i] = math.Log(max(p, smallest))
			}
		case how == "geometric":
			for i, v := range x {
				x[i] = math.Log(v) // of 0 -Inf, which exp turns back to 0
			}
		case how == "rank":
			for c := range width {
				rankColumn(x, width, c)
			}
		}
		addTo(sum, w[f], x)
	}
	switch {
	case proba && width == 1:
		for i, z := range sum {
			sum[i] = 1 / (1 + math.Exp(-z))
		}
	case proba:
		for i := 0; i < len(sum); i += width {
			softmax(sum[i : i+width])
		}
	case how == "geometric":
		for i, z := range sum {
			sum[i] = min(math.Exp(z), math.MaxFloat64)
		}
	}
	return sum
}

// areProba reports whether numbers are probabilities: of one column all in
// [0, 1], of more every row one that sums to one.
func areProba(values [][]float64, width int) bool {
	for _, x := range values {
		for i := 0; i < len(x); i += width {
			sum := 0.0
			for _, p := range x[i : i+width] {
				if !(p >= 0 && p <= 1) {
					return false
				}
				sum += p
			}
			if width > 1 && math.Abs(sum-1) > sumTolerance {
				return false
			}
		}
	}
	return true
}

// sumTolerance is how far from one a row of probabilities may sum: a hundred
// classes of four decimals each.
const sumTolerance = 0.01

// checkNotNegative finds the first number below 0.
func checkNotNegative(files []*Answers, values [][]float64) error {
	width := len(files[0].Header) - 1
	for f, x := range values {
		for i, v := range x {
			if v < 0 {
				return files[f].at(i/width, i%width, "a mean, or ranks: --how mean, --how rank", "a geometric mean wants numbers of at least 0, got %v", v)
			}
		}
	}
	return nil
}
