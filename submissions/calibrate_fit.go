package submissions

import (
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// temper raises probabilities to the power beta and rescales them to sum to one
// (Guo et al. 2017, "On calibration of modern neural networks", section 4.2, for
// beta = 1/T). With beta 1 and a row that sums to one nothing changes but the
// last digit.
func temper(row []float64, beta float64) {
	for c, p := range row {
		row[c] = beta * math.Log(max(p, smallest))
	}
	softmax(row)
}

// The range of temperatures: beyond it the predictions say nothing.
const minTemperature, maxTemperature = 0.05, 20.0

// fitTemperature is the temperature of the least log loss. The loss is convex in
// 1/T, so Newton's method inside a shrinking bracket finds it. The answer is
// rounded to four digits: it is used as it is printed.
func fitTemperature(x []float32, truth []int, classes int) float64 {
	logs := scale("geometric").to(x, classes)
	slope := func(beta float64) (first, second float64) {
		p := make([]float64, classes)
		for r, t := range truth {
			z := logs[r*classes : (r+1)*classes]
			for c := range p {
				p[c] = beta * z[c]
			}
			softmax(p)
			mean := dot(p, z)
			first += mean - z[t]
			for c, q := range p {
				second += q * (z[c] - mean) * (z[c] - mean)
			}
		}
		return first, second
	}
	low, high := 1/maxTemperature, 1/minTemperature
	beta := 1.0
	for range 100 {
		first, second := slope(beta)
		if first == 0 {
			break
		} else if first < 0 {
			low = beta
		} else {
			high = beta
		}
		next := beta - first/second
		if !(next > low && next < high) { // also when the curve is flat
			next = (low + high) / 2
		}
		if math.Abs(next-beta) <= 1e-9*beta {
			break
		}
		beta = next
	}
	return roundDigits(1/beta, 4)
}

// roundDigits rounds to so many significant digits.
func roundDigits(x float64, digits int) float64 {
	if x == 0 {
		return 0
	}
	unit := math.Pow(10, float64(digits-1)-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*unit) / unit
}

// clipRow keeps probabilities between c and what is left when all other classes
// have c, and rescales them to sum to one: of two classes, in [c, 1-c].
func clipRow(row []float64, c float64) {
	if c == 0 {
		return
	}
	sum, top := 0.0, 1-c*float64(len(row)-1)
	for i, p := range row {
		row[i] = min(max(p, c), top)
		sum += row[i]
	}
	for i := range row {
		row[i] /= sum
	}
}

// clips are the clips that are tried.
var clips = []float64{0, 1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.003, 0.005, 0.007,
	0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2}

// fitClip is the clip of the best score, the smallest of equals.
func fitClip(m metric.Metric, x []float32, truth []int, classes int) (float64, error) {
	best, top := 0.0, math.NaN()
	for _, c := range clips {
		if c*float64(classes) >= 1 {
			break
		}
		clipped := apply(x, classes, rowCorrection(Clip, c))
		s, err := m.Score(metric.Answers{Classes: truth}, m.FromProba(widen(clipped), classes))
		if err != nil {
			return 0, err
		}
		if m.Better(s, top) {
			best, top = c, s
		}
	}
	return best, nil
}

func checkFixed(step Correction, classes int) error {
	if step.Auto {
		return nil
	}
	if len(step.Value) != 1 {
		return fmt.Errorf("want one number, got %v", step.Value)
	}
	v := step.Value[0]
	if step.Kind == Temperature && !(v > 0 && !math.IsInf(v, 0)) {
		return fmt.Errorf("want a number above 0, got %v", v)
	}
	if step.Kind == Clip && !(v >= 0 && v*float64(classes) < 1) {
		return fmt.Errorf("want a number from 0 to below 1/%d, got %v", classes, v)
	}
	return nil
}

// correction is what a value does to predictions whose rows have these neighbours.
func correction(step Correction, near Neighbours, v float64, classes int) correcter {
	if step.Kind == KNN {
		return func(x []float32, rows []int) []float32 { return near.mean(x, rows, classes, int(v)) }
	}
	f := rowCorrection(step.Kind, v)
	return func(x []float32, rows []int) []float32 { return apply(pick(x, rows, classes), classes, f) }
}

// rowCorrection is what a value does to a row, in place.
func rowCorrection(kind string, v float64) func(row []float64) {
	if kind == Temperature {
		return func(row []float64) { temper(row, 1/v) }
	}
	return func(row []float64) { clipRow(row, v) }
}

// apply is x, [rows, classes], with every row corrected.
func apply(x []float32, classes int, f func(row []float64)) []float32 {
	out := make([]float32, len(x))
	row := make([]float64, classes)
	for i := 0; i < len(x); i += classes {
		for c := range row {
			row[c] = float64(x[i+c])
		}
		f(row)
		for c, v := range row {
			out[i+c] = float32(v)
		}
	}
	return out
}
