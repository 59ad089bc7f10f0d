package submissions_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/submissions"
)

// TestBlends compares with NumPy and SciPy, see testdata/gmean.py.
func TestBlends(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/gmean.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Classes   int
		Members   [][]float32
		Mean      []float64
		Geometric []float64
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	rows := len(golden.Mean) / golden.Classes
	var members []submissions.Member
	for _, p := range golden.Members {
		m := submissions.Member{Proba: p}
		for r := range rows {
			m.Rows = append(m.Rows, r)
		}
		members = append(members, m)
	}
	for how, want := range map[string][]float64{"mean": golden.Mean, "geometric": golden.Geometric} {
		got, err := submissions.Blend(how, members, rows, golden.Classes)
		if err != nil {
			t.Fatal(err)
		}
		wantClose(t, how, got, want)
	}
}

func wantClose(t *testing.T, name string, got []float32, want []float64) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	for i := range got {
		if math.Abs(float64(got[i])-want[i]) > 6e-8 {
			t.Errorf("%s[%d] = %v, want %v", name, i, got[i], want[i])
		}
	}
}

// The folds of a cross-validation predict different rows, in any order.
func TestBlendOfFolds(t *testing.T) {
	t.Parallel()
	got, err := submissions.Blend("mean", []submissions.Member{
		{Name: "fold0", Rows: []int{0, 2}, Proba: []float32{.9, .1, .2, .8}},
		{Name: "fold1", Rows: []int{1}, Proba: []float32{.5, .5}},
		{Name: "fold0, another copy", Rows: []int{2, 0}, Proba: []float32{.4, .6, .7, .3}},
	}, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "mean", got, []float64{.8, .2, .5, .5, .3, .7})
}

func TestBlendEdges(t *testing.T) {
	t.Parallel()
	one := func(p ...float32) submissions.Member { return submissions.Member{Name: "a", Rows: []int{0}, Proba: p} }
	zero, err := submissions.Blend("geometric", []submissions.Member{one(0, 1), one(1, 0)}, 1, 2)
	if err != nil || !slices.Equal(zero, []float32{0.5, 0.5}) {
		t.Errorf("two sure members that disagree: %v, %v", zero, err)
	}
	for says, members := range map[string][]submissions.Member{
		"blend: no member predicts row 0":                  {},
		"blend a: want 1 rows of 2 classes, got 1 values":  {one(1)},
		"blend a: value 0: want a finite number, got NaN":  {one(float32(math.NaN()), 0)},
		"blend a: value 1: want a finite number, got +Inf": {one(1, float32(math.Inf(1)))},
		"blend b: row 1 is not in 0..0":                    {one(1, 0), {Name: "b", Rows: []int{1}, Proba: []float32{1, 0}}},
	} {
		for _, how := range submissions.Hows() {
			_, err := submissions.Blend(how, members, 1, 2)
			wantError(t, err, says)
		}
	}
	_, err = submissions.Blend("median", nil, 1, 2)
	wantError(t, err, `blend: want one of [mean geometric], got "median"`)
	if got := submissions.ArgMax([]float32{.1, .9, .5, .5}, 2); !slices.Equal(got, []int{1, 0}) {
		t.Errorf("ArgMax = %v", got)
	}
}
