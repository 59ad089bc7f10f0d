package metric_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

func named(t testing.TB, name string) metric.Metric {
	t.Helper()
	m, err := metric.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func classes(c ...int) metric.Answers    { return metric.Answers{Classes: c} }
func values(v ...float64) metric.Answers { return metric.Answers{Values: v} }
func lists(l ...string) (a metric.Answers) {
	for _, row := range l {
		a.Lists = append(a.Lists, strings.Fields(row))
	}
	return a
}

// TestAgainstScikitLearn compares with figures of scikit-learn, made by
// testdata/golden.py.
func TestAgainstScikitLearn(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Metric string
		Truth, Pred  metric.Answers
		Want         float64
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range cases {
		seen[c.Metric] = true
		got, err := named(t, c.Metric).Score(c.Truth, c.Pred)
		if err != nil || math.Abs(got-c.Want) > 1e-12*max(1, math.Abs(c.Want)) {
			t.Errorf("%s: %s = %.16g, %v, want %.16g", c.Name, c.Metric, got, err, c.Want)
		}
	}
	for _, name := range metric.Names() {
		if !seen[name] && !strings.HasPrefix(name, "map@") {
			t.Errorf("no golden case of %s", name)
		}
	}
}

// TestKaggleLogLoss is the worked example of Kaggle's wiki page on the
// multi-class log loss: class 1 is true in the first three rows, class 2 in the rest.
func TestKaggleLogLoss(t *testing.T) {
	t.Parallel()
	const want = 1.881797068998267
	both := metric.Answers{Values: []float64{.5, .5, .1, .9, .01, .99, .9, .1, .75, .25, .001, .999}, Width: 2}
	if got, err := named(t, "logloss").Score(classes(0, 0, 0, 1, 1, 1), both); err != nil || math.Abs(got-want) > 1e-15 {
		t.Errorf("logloss = %.16g, %v, want %.16g", got, err, want)
	}
	second := values(.5, .9, .99, .1, .25, .999)
	if got, err := named(t, "logloss_binary").Score(classes(0, 0, 0, 1, 1, 1), second); err != nil || math.Abs(got-want) > 1e-14 {
		t.Errorf("logloss_binary = %.16g, %v, want %.16g", got, err, want)
	}
}

// TestMAP: the first five are the examples of Kaggle's reference code
// (github.com/benhamner/Metrics, Python/ml_metrics/test/test_average_precision.py),
// worked out again by hand; the others pin what Kaggle's pages leave open.
func TestMAP(t *testing.T) {
	t.Parallel()
	const one2five = "1 2 3 4 5"
	for _, c := range []struct {
		name        string
		k           int
		truth, pred metric.Answers
		want        float64
	}{
		{"second of two: (1/2) / 2", 2, lists(one2five), lists("6 4 7 1 2"), 1. / 4},
		{"one label five times: (1/1) / 5", 5, lists(one2five), lists("1 1 1 1 1"), 1. / 5},
		{"(1 + 2/3)/3, (1 + 1)/3, (1 + 2/3)/2", 3, lists("1 3 4", "1 2 4", "1 3"), lists(one2five, one2five, one2five), (5./9 + 2./3 + 5./6) / 3},
		{"(1/2 + 2/4 + 3/5)/5 and 1/5", 5, lists(one2five, one2five), lists("6 4 7 1 2", "1 1 1 1 1"), 0.26},
		{"(1 + 2/3)/2, 1/3, (1 + 1)/3", 3, lists("1 3", "1 2 3", "1 2 3"), lists(one2five, "1 1 1", "1 2 1"), 11. / 18},
		{"all of more than k", 3, lists("1 2 3 4"), lists("4 3 2"), 1},
		{"one true label, third: 1/3", 5, lists("w"), lists("a b w c d"), 1. / 3},
		{"beyond k", 2, lists("w"), lists("a b w"), 0},
		{"short list", 5, lists("w"), lists("w"), 1},
		{"nothing predicted", 5, lists("w", "w"), lists("", "w"), 0.5},
		{"nothing true", 5, lists("", "w"), lists("a", "w"), 0.5},
		{"a true label twice is one", 5, lists("a a b"), lists("a b"), 1},
		{"order of the truth", 5, lists("b a"), lists("a b"), 1},
	} {
		got, err := named(t, fmt.Sprint("map@", c.k)).Score(c.truth, c.pred)
		if err != nil || math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%s: map@%d = %v, %v, want %v", c.name, c.k, got, err, c.want)
		}
	}
}

// TestEdges pins what the references do not cover: clipping, rescaling, ties,
// ratings that are far apart or all alike.
func TestEdges(t *testing.T) {
	t.Parallel()
	wide := func(width int, v ...float64) metric.Answers { return metric.Answers{Values: v, Width: width} }
	for _, c := range []struct {
		name, metric string
		truth, pred  metric.Answers
		want         float64
	}{
		{"certain and wrong", "logloss", classes(0), wide(2, 0, 1), -math.Log(1e-15)},
		{"certain and right", "logloss", classes(1), wide(2, 0, 1), 1e-15},
		{"row of zeros is uniform", "logloss", classes(2), wide(10, make([]float64, 10)...), math.Log(10)},
		{"rescaled after the clip", "logloss", classes(0), wide(3, .2, .2, .1), math.Log(2.5)},
		{"above one", "logloss_binary", classes(1), values(7), 1e-15},
		{"below zero", "logloss_binary", classes(1), values(-7), -math.Log(1e-15)},
		{"all half", "logloss_binary", classes(0, 1, 1), values(.5, .5, .5), math.Ln2},
		{"one of four", "accuracy", classes(1, 2, 3, 4), classes(1, 0, 0, 0), 0.25},
		{"all alike", "quadratic_kappa", classes(3, 3), classes(3, 3), 1},
		{"alike and apart", "quadratic_kappa", classes(3, 3), classes(4, 4), 0},
		{"ratings far apart", "quadratic_kappa", classes(0, 1<<40), classes(0, 1<<40), 1},
		// observed 1/4; variances 25 and (2*4.75^2 + 5.25^2 + 4.25^2)/4 = 22.6875, means 5 and 4.75
		{"gaps count as they are", "quadratic_kappa", classes(0, 10, 0, 10), classes(0, 10, 0, 9), 1 - 0.25/(25+22.6875+0.0625)},
		{"infinite score", "auc", classes(0, 1), values(-1e308, 1e308), 1},
		{"zero is allowed", "rmsle", values(0), values(math.E - 1), 1},
	} {
		got, err := named(t, c.metric).Score(c.truth, c.pred)
		if err != nil || math.Abs(got-c.want) > 2e-15*max(1, c.want) {
			t.Errorf("%s: %s = %.17g, %v, want %.17g", c.name, c.metric, got, err, c.want)
		}
	}
}

func TestScoreErrors(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		metric      string
		truth, pred metric.Answers
		want        string
	}{
		{"accuracy", classes(), classes(), "no rows"},
		{"map@5", lists(), lists(), "no rows"},
		{"auc", classes(1, 1, 1), values(1, 2, 3), "auc wants rows of class 0 and of class 1, got 3 rows of class 1 only"},
		{"auc", classes(0, 2), values(1, 2), "truth, row 1: auc wants a class of 0..1, got 2"},
		{"auc", classes(0, 1), values(1, nan), "prediction, row 1: want a finite number, got NaN"},
		{"f1", classes(0, 1), classes(0, 3), "prediction, row 1: f1 wants a class of 0..1, got 3"},
		{"logloss", classes(0, 2), metric.Answers{Values: []float64{1, 0, 0, 1}, Width: 2}, "truth, row 1: logloss wants a class of 0..1, got 2"},
		{"logloss", classes(0, -1), metric.Answers{Values: []float64{1, 0, 0, 1}, Width: 2}, "truth, row 1: logloss wants a class of 0..1, got -1"},
		{"logloss", classes(0, 1), metric.Answers{Values: []float64{1, 0, nan, 1}, Width: 2}, "prediction, row 1: want a finite number"},
		{"logloss_binary", classes(2), values(1), "truth, row 0: logloss_binary wants a class of 0..1, got 2"},
		{"rmse", values(inf), values(1), "truth, row 0: want a finite number, got +Inf"},
		{"rmse", values(-1e308), values(1e308), "rmse: the values are too large"},
		{"rmsle", values(1, 1), values(1, -0.5), "prediction, row 1: rmsle wants numbers of at least 0, got -0.5"},
		{"rmsle", values(1, -3), values(1, 1), "truth, row 1: rmsle wants numbers of at least 0, got -3"},
		{"mae", values(1), values(nan), "prediction, row 0: want a finite number"},
	} {
		got, err := named(t, c.metric).Score(c.truth, c.pred)
		if err == nil || !strings.Contains(err.Error(), c.want) || !math.IsNaN(got) {
			t.Errorf("%s: %v, %v, want %s", c.metric, got, err, c.want)
		}
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	accuracy, loss := named(t, "accuracy"), named(t, "logloss")
	for name, f := range map[string]func(){
		"lengths": func() { _, _ = accuracy.Score(classes(1), classes()) },
		"ragged":  func() { _, _ = loss.Score(classes(1), metric.Answers{Values: []float64{1, 0, 1}, Width: 2}) },
		"two columns": func() {
			_, _ = named(t, "logloss_binary").Score(classes(1), metric.Answers{Values: []float64{1, 0}, Width: 2})
		},
		"argmax shape":     func() { metric.ArgMax([]float64{1, 2, 3}, 2) },
		"no classes":       func() { loss.FromProba(nil, 0); accuracy.FromProba(nil, 0) },
		"numbers of proba": func() { named(t, "rmse").FromProba([]float64{1}, 1) },
		"unknown metric":   func() { _, _ = metric.Metric{Name: "x"}.Score(classes(1), classes(1)) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: want a panic", name)
				}
			}()
			f()
		}()
	}
}

func TestFromProba(t *testing.T) {
	t.Parallel()
	proba := []float64{.4, .6, .5, .5}
	for name, want := range map[string]metric.Answers{
		"accuracy": classes(1, 0), "quadratic_kappa": classes(1, 0), "f1": classes(1, 0), "auc": values(.6, .5), "logloss_binary": values(.6, .5),
		"logloss": {Values: proba, Width: 2},
	} {
		got := named(t, name).FromProba(proba, 2)
		if !slices.Equal(got.Classes, want.Classes) || !slices.Equal(got.Values, want.Values) || got.Width != want.Width {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if got := metric.ArgMax([]float64{.4, .4, .2, 0, .5, .5}, 3); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("ArgMax on ties = %v, want the lowest class", got)
	}
}

func TestPick(t *testing.T) {
	t.Parallel()
	all := metric.Answers{Classes: []int{1, 2, 3}, Values: []float64{1, 2, 3, 4, 5, 6}, Width: 2, Lists: [][]string{{"a"}, {"b"}, {}}}
	got := all.Pick([]int{2, 0})
	if !slices.Equal(got.Classes, []int{3, 1}) || !slices.Equal(got.Values, []float64{5, 6, 1, 2}) || len(got.Lists) != 2 || got.Lists[1][0] != "a" {
		t.Errorf("%+v", got)
	}
}

func ExampleMetric_Score() {
	m, err := metric.ByName("logloss")
	if err != nil {
		panic(err)
	}
	truth := metric.Answers{Classes: []int{0, 2}}
	score, err := m.Score(truth, metric.Answers{Width: 3, Values: []float64{
		0.7, 0.2, 0.1,
		0.1, 0.1, 0.8,
	}})
	fmt.Println(m.Title, metric.Format(score), err)
	// Output: Multi Class Log Loss 0.28991 <nil>
}

func ExampleMetric_FromProba() {
	m, _ := metric.ByName("accuracy")
	proba := []float64{0.7, 0.3, 0.1, 0.9}
	score, err := m.Score(metric.Answers{Classes: []int{0, 0}}, m.FromProba(proba, 2))
	fmt.Println(metric.Format(score), err)
	// Output: 0.50000 <nil>
}
