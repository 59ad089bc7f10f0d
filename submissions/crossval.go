package submissions

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// FoldScore is the score of the rows that one fold held out.
type FoldScore struct {
	Fold  int     `json:"fold"`
	Rows  int     `json:"rows"`
	Score float64 `json:"score"`
}

// CV is the score of out-of-fold predictions.
type CV struct {
	Metric string      `json:"metric"`
	Score  float64     `json:"score"`  // over all rows at once, the figure to compare with a board
	Mean   float64     `json:"mean"`   // of the folds' scores, each fold counting alike
	Spread float64     `json:"spread"` // standard deviation of the folds' scores (n-1), 0 for one fold
	Rows   int         `json:"rows"`
	Folds  []FoldScore `json:"folds"` // in the order of fold numbers
}

// String is one line for a person: `accuracy 0.99512 +- 0.00031 over 5 folds`.
func (c CV) String() string {
	if len(c.Folds) < 2 {
		return fmt.Sprintf("%s %s on %d held-out rows", c.Metric, metric.Format(c.Score), c.Rows)
	}
	return fmt.Sprintf("%s %s +- %s over %d folds", c.Metric, metric.Format(c.Score), metric.Format(c.Spread), len(c.Folds))
}

// CrossValidate scores out-of-fold probabilities: proba is row-major
// [len(truth), classes], fold[i] is the fold that held row i out when the
// prediction in row i was made. Rows with a negative fold were never held out
// and are left out. Sizes that do not fit, classes out of range, values that
// are not finite, no held-out row at all, a metric that is not of classes and
// rows that have no score, as a fold of one class for auc, are errors.
func CrossValidate(m metric.Metric, truth []int, proba []float32, classes int, fold []int) (CV, error) {
	if len(fold) != len(truth) || classes <= 0 || len(proba) != len(truth)*classes {
		return CV{}, fmt.Errorf("cross-validate: %d labels, %d fold numbers and %d probabilities of %d classes do not fit",
			len(truth), len(fold), len(proba), classes)
	}
	if !m.Classifies() {
		return CV{}, fmt.Errorf("cross-validate: the metric %s is not of classes", m.Name)
	}
	if err := checkFinite(proba); err != nil {
		return CV{}, fmt.Errorf("cross-validate: %w", err)
	}
	rows := map[int][]int{}
	var all []int
	for i, f := range fold {
		if f < 0 {
			continue
		}
		if truth[i] < 0 || truth[i] >= max(classes, 2) {
			return CV{}, fmt.Errorf("cross-validate: row %d: true class %d is not in 0..%d", i, truth[i], max(classes, 2)-1)
		}
		rows[f] = append(rows[f], i)
		all = append(all, i)
	}
	if len(all) == 0 {
		return CV{}, fmt.Errorf("cross-validate: no row was held out")
	}
	cv := CV{Metric: m.Name, Rows: len(all)}
	var err error
	if cv.Score, err = score(m, truth, proba, classes, all); err != nil {
		return CV{}, fmt.Errorf("cross-validate: %w", err)
	}
	for f, members := range rows {
		one, err := score(m, truth, proba, classes, members)
		if err != nil {
			return CV{}, fmt.Errorf("cross-validate: fold %d: %w", f, err)
		}
		cv.Folds = append(cv.Folds, FoldScore{Fold: f, Rows: len(members), Score: one})
	}
	slices.SortFunc(cv.Folds, func(a, b FoldScore) int { return a.Fold - b.Fold })
	cv.Mean, cv.Spread = meanAndSpread(cv.Folds)
	return cv, nil
}

func score(m metric.Metric, truth []int, proba []float32, classes int, rows []int) (float64, error) {
	t := metric.Answers{Classes: make([]int, 0, len(rows))}
	p := make([]float64, 0, len(rows)*classes)
	for _, i := range rows {
		t.Classes = append(t.Classes, truth[i])
		for _, v := range proba[i*classes : (i+1)*classes] {
			p = append(p, float64(v))
		}
	}
	return m.Score(t, m.FromProba(p, classes))
}

func meanAndSpread(folds []FoldScore) (mean, spread float64) {
	for _, f := range folds {
		mean += f.Score / float64(len(folds))
	}
	if len(folds) < 2 {
		return mean, 0
	}
	for _, f := range folds {
		spread += (f.Score - mean) * (f.Score - mean)
	}
	return mean, math.Sqrt(spread / float64(len(folds)-1))
}
