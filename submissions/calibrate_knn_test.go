package submissions

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// drawNeighbours gives every row others of its fold, of its own class three times in
// four where agree is set, else any.
func drawNeighbours(labels, fold []int, classes int, agree bool) Neighbours {
	r := rand.New(rand.NewPCG(8, 1))
	n := Neighbours{K: AutoNeighbours}
	for i := range labels {
		for j := range n.K {
			for {
				near := r.IntN(len(labels))
				alike := !agree || (labels[near] == labels[i]) == (j%4 < 3)
				if near != i && alike && (fold == nil || fold[near] == fold[i]) {
					n.Of = append(n.Of, int32(near))
					break
				}
			}
		}
	}
	return n
}

func testLabels(rows, classes int) []int {
	out := make([]int, rows)
	for i := range out {
		out[i] = i % classes
	}
	return out
}

func TestNeighboursMean(t *testing.T) {
	t.Parallel()
	n := Neighbours{K: 2, Of: []int32{1, 2 /**/, 2, -1 /**/, -1, -1}}
	x := []float32{1, 0 /**/, .4, .6 /**/, .1, .9}
	for k, want := range [][]float64{{1, 0, .1, .9}, {.7, .3, .1, .9}, {.5, .5, .1, .9}} {
		near(t, "mean", widen(n.mean(x, []int{0, 2}, 2, k)), want, 1e-6)
	}
}

// Neighbours that are alike are kept, and the temperature after them is of the means;
// any neighbours are not.
func TestKNNIsKeptWhereItHelps(t *testing.T) {
	t.Parallel()
	members, truth := drawMembers(4, 600, 300, 3, 0)
	for _, agree := range []bool{true, false} {
		step := Correction{Kind: KNN, Auto: true,
			OOF: drawNeighbours(truth.Labels, truth.Fold, 3, agree), Test: drawNeighbours(testLabels(300, 3), nil, 3, agree)}
		out, err := Calibrate(t.Context(), logloss(t), []Correction{step, {Kind: Temperature, Auto: true}}, members[0].OOF, members[0].Test, truth)
		if err != nil {
			t.Fatal(err)
		}
		wantProba(t, out.OOF, 3)
		wantProba(t, out.Test, 3)
		s := out.Report.Steps[0]
		if s.Kept != agree || !s.Transductive || (s.Value[0] > 0) != agree {
			t.Errorf("%v: %+v", agree, out.Report)
		}
		if again, err := truth.score(logloss(t), out.OOF); err != nil || again != out.Report.CV {
			t.Errorf("the out-of-fold rows score %v, the report says %v", again, out.Report.CV)
		}
		if says := strings.Contains(s.String(), "neighbours, transductive: "); says != agree {
			t.Errorf("%v: %s", agree, s)
		}
		if agree { // what was chosen, given, does the same to the test rows
			fixed := []Correction{{Kind: KNN, Value: s.Value, OOF: step.OOF, Test: step.Test}, {Kind: Temperature, Value: out.Report.Steps[1].Value}}
			given, err := Calibrate(t.Context(), logloss(t), fixed, members[0].OOF, members[0].Test, truth)
			if err != nil || !slices.Equal(given.Test, out.Test) {
				t.Errorf("given: %+v, %v", given.Report, err)
			}
		}
	}
}

// A fold's labels have no part in what becomes of its own predictions.
func TestKNNIsNested(t *testing.T) {
	t.Parallel()
	members, truth := drawMembers(4, 600, 300, 3, 0)
	steps := []Correction{{Kind: Temperature, Value: []float64{0.3}},
		{Kind: KNN, Auto: true, OOF: drawNeighbours(truth.Labels, truth.Fold, 3, true), Test: drawNeighbours(testLabels(300, 3), nil, 3, true)},
		{Kind: Temperature, Auto: true}}
	out, err := Calibrate(t.Context(), logloss(t), steps, members[0].OOF, members[0].Test, truth)
	if err != nil || !out.Report.Steps[1].Kept || !out.Report.Steps[2].Kept {
		t.Fatalf("%+v, %v", out.Report, err)
	}
	other := truth
	other.Labels = slices.Clone(truth.Labels)
	for i, f := range truth.Fold {
		if f == 1 && i%60 == 4 {
			other.Labels[i] = (truth.Labels[i] + 1) % 3
		}
	}
	changed, err := Calibrate(t.Context(), logloss(t), steps, members[0].OOF, members[0].Test, other)
	if err != nil || !changed.Report.Steps[1].Kept || !changed.Report.Steps[2].Kept {
		t.Fatalf("%+v, %v", changed.Report, err)
	}
	moved := false
	for i, f := range truth.Fold {
		same := slices.Equal(out.OOF[3*i:3*i+3], changed.OOF[3*i:3*i+3])
		if f == 1 && !same {
			t.Fatalf("row %d of the fold is another", i)
		}
		moved = moved || !same
	}
	if !moved {
		t.Error("the labels change nothing at all")
	}
}

func TestKNNRefuses(t *testing.T) {
	t.Parallel()
	members, truth := someMembers(1, 60, 9, 3)
	oof, test := drawNeighbours(truth.Labels, truth.Fold, 3, false), drawNeighbours(testLabels(9, 3), nil, 3, false)
	stray, far := slices.Clone(oof.Of), slices.Clone(test.Of)
	stray[5*AutoNeighbours] = int32(slices.Index(truth.Fold, 2))
	far[AutoNeighbours] = 9
	for want, c := range map[string]Correction{
		"a whole number of neighbours above 0, got [2.5]": {Value: []float64{2.5}, OOF: oof, Test: test},
		"above 0, got []": {OOF: oof, Test: test},
		"want 31 neighbours of 60 out-of-fold rows, got 30":         {Value: []float64{31}, OOF: oof, Test: test},
		"want 30 neighbours of 9 test rows, got 0":                  {Auto: true, OOF: oof},
		"out-of-fold row 5 of fold 1: its neighbour 6 is of fold 2": {Auto: true, OOF: Neighbours{AutoNeighbours, stray}, Test: test},
		"test row 1: want neighbours in 0..8, got 9":                {Auto: true, OOF: oof, Test: Neighbours{AutoNeighbours, far}},
	} {
		c.Kind = KNN
		if _, err := Calibrate(t.Context(), logloss(t), []Correction{c}, members[0].OOF, members[0].Test, truth); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
