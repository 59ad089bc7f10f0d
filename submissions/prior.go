package submissions

import (
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// prior takes a step to the class frequencies of the test rows: given, or
// estimated from what is predicted of them.
//
// No out-of-fold row can tell whether the test rows have other frequencies, so
// the choice under Auto is the test rows' own: the frequencies must make the
// predictions likelier by more than Schwarz's criterion asks for as many free
// numbers. What the metric may gain is told by the out-of-fold rows, each class
// weighted to its new frequency.
func (c *calibration) prior(step Correction) (Corrected, error) {
	k := c.truth.Classes
	trained := make([]float64, k)
	for _, l := range c.truth.Labels {
		trained[l] += 1 / float64(len(c.truth.Labels))
	}
	for class, share := range trained {
		if share == 0 {
			return Corrected{}, fmt.Errorf("no training row is of class %d", class)
		}
	}
	done := Corrected{Before: c.cv, After: c.cv}
	wanted, gain := step.Value, math.Inf(1)
	if step.Auto {
		if len(c.test) == 0 {
			return Corrected{}, fmt.Errorf("no test rows")
		}
		wanted, gain = estimatePrior(c.test, trained)
	} else if err := checkPrior(wanted, k); err != nil {
		return Corrected{}, err
	}
	for _, w := range wanted {
		done.Value = append(done.Value, roundDigits(w, 4))
	}
	wanted = done.Value // used as it is printed; each row is rescaled anyway
	shift := func(row []float64) { shiftPrior(row, wanted, trained) }
	var err error
	if done.Before, err = c.weightedScore(c.nested, wanted, trained); err != nil {
		return done, err
	}
	if done.After, err = c.weightedScore(apply(c.nested, k, shift), wanted, trained); err != nil {
		return done, err
	}
	rows := float64(len(c.test) / k)
	switch {
	case step.Auto && 2*gain <= float64(k-1)*math.Log(rows):
		done.Why = "the test rows' frequencies are the training rows', as far as they tell"
	case step.Auto && !c.metric.Better(done.After, done.Before):
		done.Why = "does not better " + c.metric.Name
	default:
		done.Kept = true
		c.test = apply(c.test, k, shift)
	}
	return done, nil
}

func checkPrior(p []float64, classes int) error {
	if len(p) != classes {
		return fmt.Errorf("want %d frequencies, one a class, got %d", classes, len(p))
	}
	sum := 0.0
	for _, v := range p {
		if !(v > 0 && v <= 1) {
			return fmt.Errorf("want frequencies above 0, at most 1, got %v", v)
		}
		sum += v
	}
	if math.Abs(sum-1) > 1e-3 {
		return fmt.Errorf("want frequencies that sum to 1, got %v", sum)
	}
	return nil
}

// shiftPrior corrects a row of a net that was trained with other frequencies
// than those wanted.
func shiftPrior(row, wanted, trained []float64) {
	sum := 0.0
	for c := range row {
		row[c] = max(row[c], smallest) * wanted[c] / trained[c]
		sum += row[c]
	}
	for c := range row {
		row[c] /= sum
	}
}

// estimatePrior finds the class frequencies that make the predictions x, [rows,
// classes], likeliest, by expectation and maximisation (Saerens, Latinne and
// Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori
// probabilities", equation 2.9). gain is by how much likelier, in natural
// logarithms (their section 3).
func estimatePrior(x []float32, trained []float64) (wanted []float64, gain float64) {
	k := len(trained)
	rows := float64(len(x) / k)
	wanted = append(wanted, trained...)
	row, next := make([]float64, k), make([]float64, k)
	for range 1000 {
		clear(next)
		for i := 0; i < len(x); i += k {
			for c := range row {
				row[c] = float64(x[i+c])
			}
			shiftPrior(row, wanted, trained)
			for c, p := range row {
				next[c] += p / rows
			}
		}
		moved := 0.0
		for c := range wanted {
			moved = max(moved, math.Abs(next[c]-wanted[c]))
		}
		copy(wanted, next)
		if moved < 1e-9 {
			break
		}
	}
	for i := 0; i < len(x); i += k {
		ratio, sum := 0.0, 0.0
		for c := range row {
			p := max(float64(x[i+c]), smallest)
			ratio += p * wanted[c] / trained[c]
			sum += p
		}
		gain += math.Log(ratio / sum)
	}
	return wanted, gain
}

// repeats is how often a row of a class that keeps its frequency counts in a
// weighted score.
const repeats = 20

// weightedScore is the metric of rows whose classes have other frequencies. A
// metric of probabilities is a mean over rows, so that its classes' means are
// weighted; for others each row is counted as often as its class asks.
func (c *calibration) weightedScore(proba []float32, wanted, trained []float64) (float64, error) {
	answers := c.metric.FromProba(widen(proba), c.truth.Classes)
	truth := metric.Answers{Classes: c.truth.Labels}
	of := make([][]int, c.truth.Classes)
	for i, l := range c.truth.Labels {
		of[l] = append(of[l], i)
	}
	total := 0.0
	var rows []int
	for class, own := range of {
		if c.metric.Kind == metric.Probabilities {
			s, err := c.metric.Score(truth.Pick(own), answers.Pick(own))
			if err != nil {
				return 0, err
			}
			total += wanted[class] * s
			continue
		}
		for range max(1, int(math.Round(repeats*wanted[class]/trained[class]))) {
			rows = append(rows, own...)
		}
	}
	if c.metric.Kind == metric.Probabilities {
		return total, nil
	}
	return c.metric.Score(truth.Pick(rows), answers.Pick(rows))
}
