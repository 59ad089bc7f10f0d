package metric

import (
	"fmt"
	"math"
)

// clip is the distance that Kaggle keeps between a probability and 0 or 1
// (Kaggle wiki, MultiClassLogLoss).
const clip = 1e-15

// Score is m of the probabilities of the true classes. proba is row-major
// [len(truth), classes]. Accuracy takes the class with the largest probability,
// the lowest such class on a tie. The binary log loss takes the last column,
// so that classes may be 1 (only P(class 1)) or 2.
// Sizes that do not fit panic, no rows give NaN.
func (m Metric) Score(truth []int, proba []float64, classes int) float64 {
	switch m.Name {
	case "accuracy":
		return Accuracy(truth, ArgMax(proba, classes))
	case "logloss":
		return LogLoss(truth, proba, classes)
	case "logloss_binary":
		checkShape(len(truth), len(proba), classes)
		last := make([]float64, len(truth))
		for i := range last {
			last[i] = proba[(i+1)*classes-1]
		}
		return BinaryLogLoss(truth, last)
	}
	panic(fmt.Sprintf("metric: %q is not in the registry", m.Name))
}

// ArgMax is the class with the largest probability in each row of proba,
// row-major [rows, classes]; the lowest such class on a tie.
func ArgMax(proba []float64, classes int) []int {
	if classes <= 0 || len(proba)%classes != 0 {
		panic(fmt.Sprintf("metric: %d probabilities are not rows of %d classes", len(proba), classes))
	}
	best := make([]int, len(proba)/classes)
	for i := range best {
		row := proba[i*classes : (i+1)*classes]
		for c, p := range row {
			if p > row[best[i]] {
				best[i] = c
			}
		}
	}
	return best
}

// Accuracy is the share of rows whose label is the true one, in [0, 1].
// Lengths that differ panic, no rows give NaN.
func Accuracy(truth, pred []int) float64 {
	if len(truth) != len(pred) {
		panic(fmt.Sprintf("metric: %d true labels, %d predicted", len(truth), len(pred)))
	}
	hits := 0
	for i, t := range truth {
		if pred[i] == t {
			hits++
		}
	}
	return float64(hits) / float64(len(truth))
}

// LogLoss is the multi-class logarithmic loss, the mean of -ln P(true class).
// truth holds classes 0..classes-1, proba is row-major [len(truth), classes].
//
// Each probability is first clipped to [1e-15, 1-1e-15], then each row is
// divided by its sum. Kaggle's page gives both rules but not their order; it
// matters for exact zeros and ones only, and clipping first gives a meaning to
// a row of zeros: every class alike.
//
// Sizes that do not fit or a true class out of range panic, no rows give NaN,
// and so does a probability that is not a number.
func LogLoss(truth []int, proba []float64, classes int) float64 {
	checkShape(len(truth), len(proba), classes)
	total := 0.0
	for i, t := range truth {
		if t < 0 || t >= classes {
			panic(fmt.Sprintf("metric: row %d: true class %d is not in 0..%d", i, t, classes-1))
		}
		row, sum := proba[i*classes:(i+1)*classes], 0.0
		for _, p := range row {
			sum += clipped(p)
		}
		total -= math.Log(clipped(row[t]) / sum)
	}
	return total / float64(len(truth))
}

// BinaryLogLoss is the mean of -ln P(true class) over two classes; p[i] is the
// probability of class 1 in row i, clipped to [1e-15, 1-1e-15].
//
// Lengths that differ or a true class other than 0 and 1 panic, no rows give
// NaN, and so does a probability that is not a number.
func BinaryLogLoss(truth []int, p []float64) float64 {
	checkShape(len(truth), len(p), 1)
	total := 0.0
	for i, t := range truth {
		q := clipped(p[i])
		switch t {
		case 1:
			total -= math.Log(q)
		case 0:
			total -= math.Log(1 - q)
		default:
			panic(fmt.Sprintf("metric: row %d: true class %d is not 0 or 1", i, t))
		}
	}
	return total / float64(len(truth))
}

// clipped keeps NaN: the built-in min and max hand it through.
func clipped(p float64) float64 { return max(min(p, 1-clip), clip) }

func checkShape(rows, values, classes int) {
	if classes <= 0 || values != rows*classes {
		panic(fmt.Sprintf("metric: want %d rows of %d classes, got %d values", rows, classes, values))
	}
}
