package metric

import "math"

// clip is the distance that Kaggle keeps between a probability and 0 or 1
// (Kaggle wiki, MultiClassLogLoss).
const clip = 1e-15

// logLoss is the multi-class logarithmic loss, the mean of -ln P(true class).
// truth holds classes 0..classes-1, proba is row-major [len(truth), classes].
//
// Each probability is first clipped to [1e-15, 1-1e-15], then each row is
// divided by its sum. Kaggle's page gives both rules but not their order; it
// matters for exact zeros and ones only, and clipping first gives a meaning to
// a row of zeros: every class alike.
func logLoss(truth []int, proba []float64, classes int) float64 {
	total := 0.0
	for i, t := range truth {
		row, sum := proba[i*classes:(i+1)*classes], 0.0
		for _, p := range row {
			sum += clipped(p)
		}
		total -= math.Log(clipped(row[t]) / sum)
	}
	return total / float64(len(truth))
}

// binaryLogLoss is the mean of -ln P(true class) over two classes; p[i] is the
// probability of class 1 in row i, clipped to [1e-15, 1-1e-15].
func binaryLogLoss(truth []int, p []float64) float64 {
	total := 0.0
	for i, t := range truth {
		q := clipped(p[i])
		if t == 0 {
			q = 1 - q
		}
		total -= math.Log(q)
	}
	return total / float64(len(truth))
}

func clipped(p float64) float64 { return max(min(p, 1-clip), clip) }
