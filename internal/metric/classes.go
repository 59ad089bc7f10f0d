package metric

import (
	"maps"
	"slices"
)

// accuracy is the share of rows whose label is the true one, in [0, 1].
func accuracy(truth, pred []int) float64 {
	hits := 0
	for i, t := range truth {
		if pred[i] == t {
			hits++
		}
	}
	return float64(hits) / float64(len(truth))
}

// tally counts what became of one class.
type tally struct{ hits, misses, false int }

// f1 is the harmonic mean of precision and recall, 0 where both are undefined
// or zero, as scikit-learn has it.
func (t tally) f1() float64 {
	if t.hits == 0 {
		return 0
	}
	return 2 * float64(t.hits) / float64(2*t.hits+t.misses+t.false)
}

// f1 is the F1 score of class 1 against class 0.
func f1(truth, pred []int) float64 {
	var t tally
	for i, y := range truth {
		switch {
		case y == 1 && pred[i] == 1:
			t.hits++
		case y == 1:
			t.misses++
		case pred[i] == 1:
			t.false++
		}
	}
	return t.f1()
}

// macroF1 is the mean of the F1 scores of the classes that occur in the truth
// or in the prediction, each class counting alike.
func macroF1(truth, pred []int) float64 {
	tallies := map[int]*tally{}
	of := func(class int) *tally {
		if tallies[class] == nil {
			tallies[class] = &tally{}
		}
		return tallies[class]
	}
	for i, y := range truth {
		if pred[i] == y {
			of(y).hits++
			continue
		}
		of(y).misses++
		of(pred[i]).false++
	}
	sum := 0.0
	for _, class := range slices.Sorted(maps.Keys(tallies)) { // in order: the same sum each time
		sum += tallies[class].f1()
	}
	return sum / float64(len(tallies))
}

// quadraticKappa is Cohen's kappa with weights (i-j)^2 between ratings i and j,
// at most 1, and 0 for what chance alone would give.
//
// The usual definition fills a matrix of ratings by ratings; with quadratic
// weights its sums are moments: the observed disagreement is the mean of
// (t-p)^2, the expected one that of independent ratings, var t + var p +
// (mean t - mean p)^2. So it costs no matrix, however large the ratings are.
// Where all ratings are one and the same there is nothing to disagree about: 1.
func quadraticKappa(truth, pred []int) float64 {
	n := float64(len(truth))
	var meanT, meanP float64
	for i, t := range truth {
		meanT += float64(t)
		meanP += float64(pred[i])
	}
	meanT, meanP = meanT/n, meanP/n
	var observed, expected float64
	for i, t := range truth {
		a, b := float64(t), float64(pred[i])
		observed += (a - b) * (a - b)
		expected += (a-meanT)*(a-meanT) + (b-meanP)*(b-meanP) + (meanT-meanP)*(meanT-meanP)
	}
	if observed == 0 {
		return 1
	}
	return 1 - observed/expected
}
