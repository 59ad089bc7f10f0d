package submissions_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/submissions"
)

func TestCrossValidate(t *testing.T) {
	t.Parallel()
	accuracy := byName(t, "accuracy")
	truth := []int{0, 1, 0, 1, 1, 0}
	proba := []float32{.9, .1, .2, .8, .3, .7, .6, .4, .1, .9, .5, .5}
	fold := []int{0, 0, 1, 1, 1, -1}
	cv, err := submissions.CrossValidate(accuracy, truth, proba, 2, fold)
	if err != nil {
		t.Fatal(err)
	}
	// Fold 0: 2 of 2 right; fold 1: 1 of 3; the last row was never held out.
	third := 1.0 / 3
	want := submissions.CV{Metric: "accuracy", Score: 0.6, Mean: (1 + third) / 2, Spread: math.Sqrt2 / 3, Rows: 5,
		Folds: []submissions.FoldScore{{0, 2, 1}, {1, 3, third}}}
	if cv.Metric != want.Metric || cv.Rows != want.Rows || len(cv.Folds) != 2 || cv.Folds[0] != want.Folds[0] || cv.Folds[1] != want.Folds[1] ||
		math.Abs(cv.Score-want.Score)+math.Abs(cv.Mean-want.Mean)+math.Abs(cv.Spread-want.Spread) > 1e-12 {
		t.Errorf("got %+v, want %+v", cv, want)
	}
	if got := cv.String(); got != "accuracy 0.60000 +- 0.47140 over 2 folds" {
		t.Errorf("String = %q", got)
	}
	one, err := submissions.CrossValidate(byName(t, "logloss_binary"), []int{1, 0}, []float32{.5, .5}, 1, []int{3, 3})
	if err != nil || math.Abs(one.Score-math.Ln2) > 1e-12 || one.Spread != 0 {
		t.Errorf("one fold of one column: %+v, %v", one, err)
	}
	if got := one.String(); got != "logloss_binary 0.69315 on 2 held-out rows" {
		t.Errorf("String = %q", got)
	}
}

func TestCrossValidateRefuses(t *testing.T) {
	t.Parallel()
	m := byName(t, "logloss")
	nan := float32(math.NaN())
	for want, c := range map[string]struct {
		truth []int
		proba []float32
		fold  []int
	}{
		"do not fit":                   {[]int{0}, []float32{1}, []int{0}},
		"1 labels, 2 fold numbers":     {[]int{0}, []float32{1, 0}, []int{0, 1}},
		"no row was held out":          {[]int{0}, []float32{1, 0}, []int{-1}},
		"true class 2 is not in 0..1":  {[]int{2}, []float32{1, 0}, []int{0}},
		"true class -1 is not in 0..1": {[]int{-1}, []float32{1, 0}, []int{0}},
		"want a finite number":         {[]int{0}, []float32{nan, 0}, []int{0}},
	} {
		_, err := submissions.CrossValidate(m, c.truth, c.proba, 2, c.fold)
		wantError(t, err, "cross-validate: ", want)
	}
}

// TestCrossValidateByMetric: every metric of classes takes what it needs of the
// probabilities; the others, and rows without a score, say why not.
func TestCrossValidateByMetric(t *testing.T) {
	t.Parallel()
	truth, fold := []int{0, 1, 0, 1}, []int{0, 0, 1, 1}
	proba := []float32{.9, .1, .4, .6, .2, .8, .3, .7}
	for name, want := range map[string]float64{"auc": 0.5, "f1": 0.8, "f1_macro": (0.8 + 2./3) / 2, "quadratic_kappa": 0.5, "accuracy": 0.75} {
		cv, err := submissions.CrossValidate(byName(t, name), truth, proba, 2, fold)
		if err != nil || math.Abs(cv.Score-want) > 1e-12 {
			t.Errorf("%s = %v, %v, want %v", name, cv.Score, err, want)
		}
	}
	_, err := submissions.CrossValidate(byName(t, "auc"), []int{0, 1, 1, 1}, proba, 2, fold)
	wantError(t, err, "cross-validate: fold 1: ", "auc wants rows of class 0 and of class 1")
	_, err = submissions.CrossValidate(byName(t, "rmse"), truth, proba, 2, fold)
	wantError(t, err, "cross-validate: ", "the metric rmse is not of classes")
}

func TestValuesOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]submissions.Values{
		"accuracy": submissions.FromSample, "f1": submissions.FromSample, "quadratic_kappa": submissions.Labels, "logloss": submissions.Probabilities,
		"logloss_binary": submissions.Probabilities, "auc": submissions.Numbers, "rmse": submissions.Numbers, "map@5": submissions.Text,
	} {
		if got := submissions.ValuesOf(byName(t, name)); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func byName(t *testing.T, name string) metric.Metric {
	t.Helper()
	m, err := metric.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func ExampleCrossValidate() {
	m, err := metric.ByName("accuracy")
	if err != nil {
		panic(err)
	}
	proba := []float32{.9, .1, .2, .8, .7, .3, .4, .6} // each row by the model that had not seen it
	cv, err := submissions.CrossValidate(m, []int{0, 1, 1, 1}, proba, 2, []int{0, 0, 1, 1})
	fmt.Println(cv, err)
	// Output: accuracy 0.75000 +- 0.35355 over 2 folds <nil>
}
