package metric_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// TestKaggleVector is the worked example of Kaggle's wiki page on the
// multi-class log loss: class 1 is true in the first three rows, class 2 in the rest.
func TestKaggleVector(t *testing.T) {
	t.Parallel()
	truth := []int{0, 0, 0, 1, 1, 1}
	proba := []float64{.5, .5, .1, .9, .01, .99, .9, .1, .75, .25, .001, .999}
	const want = 1.881797068998267
	if got := metric.LogLoss(truth, proba, 2); math.Abs(got-want) > 1e-15 {
		t.Errorf("LogLoss = %.16g, want %.16g", got, want)
	}
	second := []float64{.5, .9, .99, .1, .25, .999}
	if got := metric.BinaryLogLoss(truth, second); math.Abs(got-want) > 1e-14 {
		t.Errorf("BinaryLogLoss = %.16g, want %.16g", got, want)
	}
}

// TestEdges pins what the references do not cover: clipping, rescaling, ties.
func TestEdges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"certain and wrong", metric.LogLoss([]int{0}, []float64{0, 1}, 2), -math.Log(1e-15)},
		{"certain and right", metric.LogLoss([]int{1}, []float64{0, 1}, 2), 1e-15},
		{"row of zeros is uniform", metric.LogLoss([]int{2}, make([]float64, 10), 10), math.Log(10)},
		{"rescaled after the clip", metric.LogLoss([]int{0}, []float64{.2, .2, .1}, 3), math.Log(2.5)},
		{"above one", metric.BinaryLogLoss([]int{1}, []float64{7}), 1e-15},
		{"below zero", metric.BinaryLogLoss([]int{1}, []float64{-7}), -math.Log(1e-15)},
		{"all half", metric.BinaryLogLoss([]int{0, 1, 1}, []float64{.5, .5, .5}), math.Ln2},
		{"one class in four", metric.Accuracy([]int{1, 2, 3, 4}, []int{1, 0, 0, 0}), 0.25},
	} {
		if math.Abs(c.got-c.want) > 2e-15*max(1, c.want) {
			t.Errorf("%s: got %.17g, want %.17g", c.name, c.got, c.want)
		}
	}
	if got := metric.ArgMax([]float64{.4, .4, .2, 0, .5, .5}, 3); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("ArgMax on ties = %v, want the lowest class", got)
	}
	nan := math.NaN()
	for name, got := range map[string]float64{
		"accuracy of nothing": metric.Accuracy(nil, nil),
		"logloss of nothing":  metric.LogLoss(nil, nil, 3),
		"binary of nothing":   metric.BinaryLogLoss(nil, nil),
		"logloss of NaN":      metric.LogLoss([]int{0}, []float64{nan, 1}, 2),
		"binary of NaN":       metric.BinaryLogLoss([]int{0}, []float64{nan}),
	} {
		if !math.IsNaN(got) {
			t.Errorf("%s = %v, want NaN", name, got)
		}
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(){
		"accuracy lengths":   func() { metric.Accuracy([]int{1}, nil) },
		"logloss shape":      func() { metric.LogLoss([]int{1}, []float64{1}, 2) },
		"logloss class":      func() { metric.LogLoss([]int{2}, []float64{1, 0}, 2) },
		"logloss no classes": func() { metric.LogLoss(nil, nil, 0) },
		"binary class":       func() { metric.BinaryLogLoss([]int{2}, []float64{1}) },
		"argmax shape":       func() { metric.ArgMax([]float64{1, 2, 3}, 2) },
		"unknown metric":     func() { metric.Metric{Name: "x"}.Score(nil, nil, 1) },
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

// TestAgainstScikitLearn compares with figures of scikit-learn, made by
// testdata/golden.py.
func TestAgainstScikitLearn(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name     string    `json:"name"`
		Truth    []int     `json:"truth"`
		Proba    []float64 `json:"proba"`
		Classes  int       `json:"classes"`
		Accuracy float64   `json:"accuracy"`
		LogLoss  float64   `json:"logloss"`
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 4 {
		t.Fatalf("only %d golden cases", len(cases))
	}
	for _, c := range cases {
		names := map[string]float64{"accuracy": c.Accuracy, "logloss": c.LogLoss}
		if c.Classes == 2 {
			names["logloss_binary"] = c.LogLoss
		}
		for name, want := range names {
			m, err := metric.ByName(name)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Score(c.Truth, c.Proba, c.Classes); math.Abs(got-want) > 1e-12*max(1, want) {
				t.Errorf("%s: %s = %.16g, want %.16g", c.Name, name, got, want)
			}
		}
	}
}

func ExampleMetric_Score() {
	m, err := metric.ByName("logloss")
	if err != nil {
		panic(err)
	}
	truth := []int{0, 2}
	proba := []float64{
		0.7, 0.2, 0.1,
		0.1, 0.1, 0.8,
	}
	fmt.Println(m.Title, metric.Format(m.Score(truth, proba, 3)))
	// Output: Multi Class Log Loss 0.28991
}
