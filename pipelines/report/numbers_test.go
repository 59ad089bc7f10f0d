package report

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// Confusion and calibration agree with scikit-learn and numpy; testdata/reference.py made
// the file.
func TestNumbers(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/numbers.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Labels, Rows              []int
		Proba                     []float32
		Classes                   int
		Confusion                 [][]int
		Recall, Precision         []float64
		Accuracy, Confidence, ECE float64
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	h := &steps.Held{Labels: want.Labels, Folds: make([]int, len(want.Labels)), Proba: want.Proba, Classes: want.Classes}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: want %v, got %v", what, want, got)
		}
	}
	d := confusion(h, []string{"a", "b", "c", "d"})
	near("right", d.Right, want.Accuracy)
	for a, row := range d.Matrix {
		for b, c := range row.Cells {
			if c.N != want.Confusion[a][b] {
				t.Errorf("class %d taken for %d: want %d, got %d", a, b, want.Confusion[a][b], c.N)
			}
		}
		near("recall", row.Recall, want.Recall[a])
		near("precision", row.Precision, want.Precision[a])
	}
	r := reliability(h)
	near("accuracy", r.Accuracy, want.Accuracy)
	near("confidence", r.Confidence, want.Confidence)
	near("calibration error", r.ECE, want.ECE)
	for i, b := range r.Bins {
		if b.Rows != want.Rows[i] {
			t.Errorf("bin %d: want %d rows, got %d", i, want.Rows[i], b.Rows)
		}
	}
}

// Of many classes those with mistakes have rows of their own, and nothing is lost.
func TestConfusionFolds(t *testing.T) {
	t.Parallel()
	const k = 40
	h := &steps.Held{Classes: k}
	names := make([]string, k)
	for c := range k {
		names[c] = fmt.Sprint("class ", c)
		for i := range 5 {
			guess := c
			if c%10 == 3 && i < 2 {
				guess = c + 1
			}
			row := make([]float32, k)
			row[guess] = 1
			h.Labels, h.Folds, h.Proba = append(h.Labels, c), append(h.Folds, i), append(h.Proba, row...)
		}
	}
	d := confusion(h, names)
	if len(d.Matrix) != mostClasses || d.Folded != k-mostClasses+1 {
		t.Fatalf("%d rows, %d classes folded", len(d.Matrix), d.Folded)
	}
	for _, c := range []string{"class 3", "class 4", "class 33", "class 34", fmt.Sprint(d.Folded, " others")} {
		if !slices.Contains(d.Names, c) {
			t.Errorf("no row for %s: %v", c, d.Names)
		}
	}
	sum := 0
	for _, row := range d.Matrix {
		for _, c := range row.Cells {
			sum += c.N
		}
	}
	if sum != 5*k || d.Rows != 5*k {
		t.Errorf("want %d rows in the cells, got %d", 5*k, sum)
	}
	if last := d.Matrix[mostClasses-1]; last.Recall != 1 || last.Precision != 1 {
		t.Errorf("the others are never mistaken: %+v", last)
	}
	if len(d.Pairs) != 4 || d.Pairs[0] != (pair{"class 3", "class 4", 2, 0.4}) {
		t.Errorf("pairs %+v", d.Pairs)
	}
}

// Rows that were never held out are in no figure.
func TestRowsNeverHeldOut(t *testing.T) {
	t.Parallel()
	h := &steps.Held{Classes: 2, Labels: []int{0, 1, 1, 0}, Folds: []int{0, -1, 1, -1}, Proba: []float32{.9, .1, .9, .1, .4, .6, .2, .8}}
	if d := confusion(h, []string{"a", "b"}); d.Rows != 2 || d.Right != 1 {
		t.Errorf("%d rows, %v right", d.Rows, d.Right)
	}
	if r := reliability(h); r.Rows != 2 {
		t.Errorf("%d rows", r.Rows)
	}
	c := chosen(h, 1)
	if len(c.wrong) != 0 || !slices.Equal(c.uncertain, []int{2, 0}) || !slices.Equal(c.random, []int{0, 2}) {
		t.Errorf("%+v", c)
	}
}

func TestScale(t *testing.T) {
	t.Parallel()
	zero := 0.0
	for _, c := range []struct {
		a        axes
		values   []float64
		min, max float64
		labels   int
	}{
		{axes{}, []float64{0.982, 0.984}, 0.982, 0.984, 5},
		{axes{from: &zero}, []float64{0.97, 0.14}, 0, 1, 5},
		{axes{}, []float64{math.NaN(), 4}, 3.8, 4.2, 5},
		{axes{}, []float64{math.NaN(), math.Inf(1)}, -1e-6, 1e-6, 5},
		{axes{}, []float64{-200, 1000}, -250, 1000, 6},
	} {
		s := c.a.scaleOf([]line{{Values: c.values}})
		if math.Abs(s.min-c.min) > 1e-9 || math.Abs(s.max-c.max) > 1e-9 || s.labels != c.labels {
			t.Errorf("%v: want %v to %v with %d labels, got %+v", c.values, c.min, c.max, c.labels, s)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		duration(0.314): "0.31 s", duration(64.24): "64.2 s", duration(250): "4 min 10 s", duration(7505): "2 h 5 min",
		size(999): "999 B", size(12_345): "12 kB", size(73_400_320): "73 MB", size(3_210_000_000): "3.21 GB",
		signed(-1e-9): "0.00000", signed(0.0012): "+0.00120", signed(-0.5): "-0.50000",
	} {
		if got != want {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}
