package ledger_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
)

func scored(id, metric, direction string, cv float64, folds ...float64) ledger.Row {
	return ledger.Row{RunID: id, Competition: "c", Server: "sandbox", Metric: metric, Direction: direction, CV: &cv, Folds: folds}
}

func figure(t *testing.T, c ledger.Comparison, name string) ledger.Figure {
	t.Helper()
	for _, f := range c.Figures {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no figure %s", name)
	return ledger.Figure{}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	rows := []ledger.Row{
		scored("a", "logloss", "min", 0.50, 0.4, 0.6),
		scored("b", "logloss", "min", 0.45, 0.3, 0.6),
		scored("c", "logloss", "min", 0.45, 0.5, 0.4),
		{RunID: "d", Competition: "c", Server: "sandbox", Metric: "logloss", Direction: "min", Tool: "v2"},
	}
	specs := []map[string]string{{"lr": "1", "same": "x"}, {"lr": "2", "same": "x"}, {"lr": "1", "same": "x", "tta": "4"}, nil}
	three := ledger.Compare(rows[:3], specs[:3])
	if d := cmp.Diff([]bool{false, true, true}, figure(t, three, "cv").Best); d != "" || !three.Comparable {
		t.Errorf("best cv (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]bool{false, false, true}, figure(t, three, "cv_fold1").Best); d != "" {
		t.Errorf("best of fold 1 (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]bool{false, false, false}, figure(t, three, "seconds").Best); d != "" {
		t.Errorf("time is no score (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]ledger.FoldWins{{Better: 1, Folds: 2}, {Better: 1, Folds: 2}}, three.Folds); d != "" {
		t.Errorf("folds (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]ledger.Parameter{{Name: "lr", Values: []string{"1", "2", "1"}}, {Name: "tta", Values: []string{"", "", "4"}}}, three.Parameters); d != "" {
		t.Errorf("parameters (-want +got):\n%s", d)
	}

	// One that did not come to a score, and whose spec is gone.
	with := ledger.Compare(rows, specs)
	if f := figure(t, with, "cv"); f.Values[3] != nil || f.Best[3] || !f.Best[1] || len(with.Folds) != 0 {
		t.Errorf("with a failed run: %+v, folds %v", f, with.Folds)
	}
	if p := with.Parameters[0]; p.Name != "tool" || p.Values[3] != "v2" {
		t.Errorf("parameters %+v", with.Parameters)
	}

	// Another seed deals the rows out otherwise: folds have nothing to do with each other.
	reseeded := ledger.Compare(rows[:2], []map[string]string{{"seed": "1"}, {"seed": "2"}})
	if f := figure(t, reseeded, "cv_fold0"); f.Best[1] || len(reseeded.Folds) != 0 || !figure(t, reseeded, "cv").Best[1] {
		t.Errorf("another seed: %+v, folds %v", f, reseeded.Folds)
	}

	// Scores of two metrics are not held against each other.
	other := scored("e", "accuracy", "max", 0.9, 0.9, 0.9)
	if c := ledger.Compare([]ledger.Row{rows[0], other}, specs[:2]); c.Comparable || figure(t, c, "cv").Best[0] || figure(t, c, "cv").Best[1] || len(c.Folds) != 0 {
		t.Errorf("two metrics: %+v", c)
	}
}

func TestBest(t *testing.T) {
	t.Parallel()
	low, high := 0.1, 0.9
	rows := []ledger.Row{
		scored("a", "logloss", "min", 0.5), scored("b", "logloss", "min", 0.4), scored("c", "logloss", "min", 0.4),
		scored("d", "accuracy", "max", 0.5), scored("e", "accuracy", "max", 0.6), scored("f", "auc", "max", 0.7), {RunID: "g"},
	}
	rows[0].Public, rows[1].Public = &low, &high
	if d := cmp.Diff([][]string{{"public"}, {"cv"}, {"cv"}, nil, {"cv"}, nil, nil}, ledger.Best(rows)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	rows := []ledger.Row{scored("a", "logloss", "min", 0.5), {RunID: "x"}, scored("b", "logloss", "min", 0.4)}
	by, err := ledger.Sort("cv")
	if err != nil {
		t.Fatal(err)
	}
	if by(rows[2], rows[0]) >= 0 || by(rows[1], rows[0]) <= 0 || by(rows[0], rows[0]) != 0 || by(rows[1], rows[1]) != 0 {
		t.Error("cv: want the lower log loss first and the unknown last")
	}
	if _, err := ledger.Sort("pubic"); err == nil || err.Error() != `no way to sort by "pubic"` {
		t.Errorf("got %v", err)
	}
}

func ExampleCompare() {
	a, b := scored("a", "accuracy", "max", 0.95), scored("b", "accuracy", "max", 0.97)
	c := ledger.Compare([]ledger.Row{a, b}, []map[string]string{{"train.0.epochs": "1"}, {"train.0.epochs": "3"}})
	fmt.Println(c.Figures[0].Name, c.Figures[0].Best, c.Parameters)
	// Output: cv [false true] [{train.0.epochs [1 3]}]
}
