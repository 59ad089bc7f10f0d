package metric

import (
	"errors"
	"fmt"
	"math"
)

// Score is m of a prediction: of what Kind asks for, as many rows as the truth.
// It costs time and memory in proportion to the answers; auc sorts them.
//
// What has no score is an error: no rows, a value that is not finite, a class
// or a number that the metric does not know (rows count from 0), one class only
// for auc. Sizes that do not fit panic.
func (m Metric) Score(truth, pred Answers) (float64, error) {
	n := truth.rows()
	if n != pred.rows() || len(pred.Values)%pred.width() != 0 {
		panic(fmt.Sprintf("metric: %d true answers, %d predicted", n, pred.rows()))
	}
	if n == 0 {
		return math.NaN(), errors.New("no rows to score")
	}
	if err := m.check(truth, pred); err != nil {
		return math.NaN(), err
	}
	s, err := m.score(truth, pred)
	if err != nil {
		return math.NaN(), err
	}
	if math.IsNaN(s) || math.IsInf(s, 0) {
		return math.NaN(), fmt.Errorf("%s: the values are too large", m.Name)
	}
	return s, nil
}

func (m Metric) score(truth, pred Answers) (float64, error) {
	switch m.Name {
	case "accuracy":
		return accuracy(truth.Classes, pred.Classes), nil
	case "logloss":
		return logLoss(truth.Classes, pred.Values, pred.width()), nil
	case "logloss_binary":
		return binaryLogLoss(truth.Classes, pred.Values), nil
	case "auc":
		return auc(truth.Classes, pred.Values)
	case "f1":
		return f1(truth.Classes, pred.Classes), nil
	case "f1_macro":
		return macroF1(truth.Classes, pred.Classes), nil
	case "quadratic_kappa":
		return quadraticKappa(truth.Classes, pred.Classes), nil
	case "rmse":
		return rmse(truth.Values, pred.Values), nil
	case "rmsle":
		return rmsle(truth.Values, pred.Values), nil
	case "mae":
		return mae(truth.Values, pred.Values), nil
	}
	if m.Kind == Lists && m.K > 0 {
		return meanAveragePrecision(truth.Lists, pred.Lists, m.K), nil
	}
	panic(fmt.Sprintf("metric: %q is not in the registry", m.Name))
}

// check finds the first answer that has no score.
func (m Metric) check(truth, pred Answers) error {
	if m.Kind == Probabilities && m.Binary && pred.width() != 1 {
		panic(fmt.Sprintf("metric: %s takes one column, got %d", m.Name, pred.width()))
	}
	for _, a := range []struct {
		whose string
		Answers
	}{{"truth", truth}, {"prediction", pred}} {
		for i, v := range a.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("%s, row %d: want a finite number, got %v", a.whose, i/a.width(), v)
			}
			if m.NonNegative && v < 0 {
				return fmt.Errorf("%s, row %d: %s wants numbers of at least 0, got %v", a.whose, i/a.width(), m.Name, v)
			}
		}
	}
	if err := m.checkClasses("truth", truth.Classes, pred.width()); err != nil {
		return err
	}
	return m.checkClasses("prediction", pred.Classes, pred.width())
}

func (m Metric) checkClasses(whose string, classes []int, width int) error {
	most := math.MaxInt
	switch {
	case m.Binary:
		most = 1
	case m.Kind == Probabilities:
		most = width - 1
	default:
		return nil
	}
	for i, c := range classes {
		if c < 0 || c > most {
			return fmt.Errorf("%s, row %d: %s wants a class of 0..%d, got %d", whose, i, m.Name, most, c)
		}
	}
	return nil
}
