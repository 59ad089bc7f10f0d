package metric

import "math"

// rmse is the root of the mean squared error.
func rmse(truth, pred []float64) float64 {
	sum := 0.0
	for i, t := range truth {
		sum += (pred[i] - t) * (pred[i] - t)
	}
	return math.Sqrt(sum / float64(len(truth)))
}

// rmsle is the root of the mean squared difference of ln(1+x). Numbers are not
// negative.
func rmsle(truth, pred []float64) float64 {
	sum := 0.0
	for i, t := range truth {
		d := math.Log1p(pred[i]) - math.Log1p(t)
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(truth)))
}

// mae is the mean of the absolute errors.
func mae(truth, pred []float64) float64 {
	sum := 0.0
	for i, t := range truth {
		sum += math.Abs(pred[i] - t)
	}
	return sum / float64(len(truth))
}
