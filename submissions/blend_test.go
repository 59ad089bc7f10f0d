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
	mean, err := submissions.Mean(golden.Members)
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "mean", mean, golden.Mean)
	geometric, err := submissions.GeometricMean(golden.Members, golden.Classes)
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "geometric", geometric, golden.Geometric)
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

func TestBlendEdges(t *testing.T) {
	t.Parallel()
	zero, err := submissions.GeometricMean([][]float32{{0, 1}, {1, 0}}, 2)
	if err != nil || !slices.Equal(zero, []float32{0.5, 0.5}) {
		t.Errorf("two sure members that disagree: %v, %v", zero, err)
	}
	for name, members := range map[string][][]float32{
		"blend: no members": {},
		"blend: member 1: want 2 values as in member 0, got 1":     {{1, 2}, {1}},
		"blend: member 1, value 0: want a finite number, got NaN":  {{1}, {float32(math.NaN())}},
		"blend: member 0, value 1: want a finite number, got +Inf": {{1, float32(math.Inf(1))}},
		"blend: member 2, value 0: want a finite number, got -Inf": {{1}, {1}, {float32(math.Inf(-1))}},
	} {
		_, err := submissions.Mean(members)
		wantError(t, err, name)
		_, err = submissions.GeometricMean(members, 1)
		wantError(t, err, name)
	}
	_, err = submissions.GeometricMean([][]float32{{1, 2, 3}}, 2)
	wantError(t, err, "3 values are not rows of 2 classes")
	if got := submissions.ArgMax([]float32{.1, .9, .5, .5}, 2); !slices.Equal(got, []int{1, 0}) {
		t.Errorf("ArgMax = %v", got)
	}
}
