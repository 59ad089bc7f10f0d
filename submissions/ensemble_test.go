package submissions

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// someMembers draws members of different skill, with rows of zeros and ones
// among them.
func someMembers(seed uint64, rows, test, classes int) ([]Candidate, Truth) {
	return drawMembers(seed, rows, test, classes, 11)
}

// drawMembers makes every so manieth row one of zeros and a one, wrong in a
// quarter; 0: none.
func drawMembers(seed uint64, rows, test, classes, sure int) ([]Candidate, Truth) {
	r := rand.New(rand.NewPCG(seed, 1))
	truth := Truth{Classes: classes}
	for i := range rows {
		truth.Labels = append(truth.Labels, i%classes)
		truth.Fold = append(truth.Fold, i/classes%3)
	}
	proba := func(n int, skill float64, label func(int) int) []float32 {
		var out []float32
		for i := range n {
			row := make([]float64, classes)
			for c := range row {
				row[c] = r.NormFloat64() * 1.5
			}
			row[label(i)] += skill
			softmax(row)
			if sure > 0 && i%sure == 0 {
				clear(row)
				row[(label(i)+i/sure%4/3)%classes] = 1
			}
			for _, p := range row {
				out = append(out, float32(p))
			}
		}
		return out
	}
	var all []Candidate
	for m, skill := range []float64{2, 1, 0} {
		all = append(all, Candidate{Name: fmt.Sprintf("m%d", m), Nets: m + 1,
			OOF:  proba(rows, skill, func(i int) int { return truth.Labels[i] }),
			Test: proba(test, skill, func(i int) int { return i % classes })})
	}
	return all, truth
}

func named(t *testing.T, name string) metric.Metric {
	t.Helper()
	m, err := metric.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// ensembles are all ways to blend, under several metrics.
func ensembles(t *testing.T, f func(t *testing.T, e Ensemble, classes int)) {
	for _, c := range []struct {
		how, metric string
		auto        bool
		classes     int
	}{
		{"mean", "logloss", true, 4}, {"mean", "accuracy", true, 3}, {"mean", "logloss", false, 3}, {"mean", "auc", true, 2},
		{"geometric", "logloss", true, 3}, {"geometric", "logloss_binary", true, 2}, {"geometric", "f1_macro", true, 3},
		{"rank", "auc", true, 2}, {"rank", "auc", false, 2}, {"stack", "logloss", false, 3}, {"stack", "logloss_binary", false, 2},
	} {
		t.Run(fmt.Sprint(c.how, " ", c.metric, " auto ", c.auto), func(t *testing.T) {
			f(t, Ensemble{How: c.how, Auto: c.auto, Metric: named(t, c.metric)}, c.classes)
		})
	}
}

func TestOrderOfMembersChangesNothing(t *testing.T) {
	t.Parallel()
	ensembles(t, func(t *testing.T, e Ensemble, classes int) {
		members, truth := someMembers(3, 66, 12, classes)
		want, err := e.Fit(t.Context(), members, truth)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(members)
		got, err := e.Fit(t.Context(), members, truth)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.OOF, want.OOF) || !slices.Equal(got.Test, want.Test) || got.Choice.CV != want.Choice.CV {
			t.Errorf("weights %+v became %+v", want.Choice, got.Choice)
		}
	})
}

func TestOrderOfRowsChangesNothing(t *testing.T) {
	t.Parallel()
	ensembles(t, func(t *testing.T, e Ensemble, k int) {
		members, truth := someMembers(5, 66, 12, k)
		want, err := e.Fit(t.Context(), members, truth)
		if err != nil {
			t.Fatal(err)
		}
		order := rand.New(rand.NewPCG(1, 2)).Perm(66)
		truth.Labels, truth.Fold = pick(truth.Labels, order, 1), pick(truth.Fold, order, 1)
		for i := range members {
			members[i].OOF = pick(members[i].OOF, order, k)
		}
		got, err := e.Fit(t.Context(), members, truth)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "oof", widen(got.OOF), widen(pick(want.OOF, order, k)), 1e-6)
		near(t, "test", widen(got.Test), widen(want.Test), 1e-6)
	})
}

// Blends of zeros and ones are probabilities.
func TestBlendsAreProbabilities(t *testing.T) {
	t.Parallel()
	ensembles(t, func(t *testing.T, e Ensemble, k int) {
		members, truth := someMembers(7, 66, 12, k)
		for i := range members { // one row that all are sure of, in different ways
			clear(members[i].OOF[:k])
			members[i].OOF[i%k] = 1
			clear(members[i].Test[:k])
			members[i].Test[i%k] = 1
		}
		out, err := e.Fit(t.Context(), members, truth)
		if err != nil {
			t.Fatal(err)
		}
		wantProba(t, out.OOF, k)
		wantProba(t, out.Test, k)
		total := 0.0
		for _, m := range out.Choice.Members {
			if m.Weight != nil {
				total += *m.Weight
			}
		}
		if e.How != "stack" && math.Abs(total-1) > 1e-12 {
			t.Errorf("weights sum to %v", total)
		}
	})
}

func wantProba(t *testing.T, x []float32, k int) {
	t.Helper()
	if len(x) == 0 || len(x)%k != 0 {
		t.Fatalf("%d values in rows of %d", len(x), k)
	}
	for i := 0; i < len(x); i += k {
		sum := 0.0
		for _, p := range x[i : i+k] {
			if !(p >= 0 && p <= 1) {
				t.Fatalf("row %d: %v", i/k, x[i:i+k])
			}
			sum += float64(p)
		}
		if math.Abs(sum-1) > 1e-5 {
			t.Fatalf("row %d sums to %v", i/k, sum)
		}
	}
}

func TestOneMemberIsItself(t *testing.T) {
	t.Parallel()
	ensembles(t, func(t *testing.T, e Ensemble, k int) {
		members, truth := someMembers(9, 66, 12, k)
		if e.How == "stack" {
			return // it calibrates
		}
		out, err := e.Fit(t.Context(), members[:1], truth)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(out.OOF, members[0].OOF) || !slices.Equal(out.Test, members[0].Test) {
			t.Error("another prediction")
		}
		e.Auto, e.Weights = false, map[string]float64{"m0": 0, "m1": 3, "m2": 0}
		if out, err = e.Fit(t.Context(), members, truth); err != nil || !slices.Equal(out.Test, members[1].Test) {
			t.Errorf("weights 0, 3, 0: another prediction (%v)", err)
		}
	})
}

// A member of pure noise gets no weight and the blend is better than any member;
// what the folds choose is scored on rows that they have not seen.
func TestAutoWeightsHelp(t *testing.T) {
	t.Parallel()
	members, truth := someMembers(2, 600, 30, 3)
	for _, how := range []string{"mean", "geometric"} {
		out, err := Ensemble{How: how, Auto: true, Metric: named(t, "logloss")}.Fit(t.Context(), members, truth)
		if err != nil {
			t.Fatal(err)
		}
		c := out.Choice
		if !*c.Kept || c.CV >= c.CVEqual || *c.CVSeen > c.CV || len(c.ByFold) != 3 {
			t.Errorf("%s: %+v", how, c)
		}
		again, err := truth.score(named(t, "logloss"), out.OOF)
		if err != nil || again != c.CV {
			t.Errorf("%s: the out-of-fold rows score %v, the report says %v", how, again, c.CV)
		}
	}
}

func TestGivenWeightsAreWeights(t *testing.T) {
	t.Parallel()
	got, err := Combine("mean", [][]float32{{1, 0}, {0, 1}}, []float64{3, 1}, 2)
	if err != nil || !slices.Equal(got, []float32{.75, .25}) {
		t.Errorf("mean %v, %v", got, err)
	}
	got, err = Combine("geometric", [][]float32{{0, 1}, {1, 0}, {0.5, 0.5}}, []float64{1, 1, 1}, 2)
	if err != nil || !slices.Equal(got, []float32{.5, .5}) {
		t.Errorf("geometric mean of zeros %v, %v", got, err)
	}
	if got, err = Combine("geometric", [][]float32{{0, 0}, {0, 0}}, []float64{1, 1}, 2); err != nil || !slices.Equal(got, []float32{.5, .5}) {
		t.Errorf("rows of zeros %v, %v", got, err)
	}
	if w := roundWeights([]float64{1. / 3, 1. / 3, 1. / 3}); w[0]+w[1]+w[2] != 1 {
		t.Errorf("a third each: %v", w)
	}
}

func TestEnsembleRefuses(t *testing.T) {
	t.Parallel()
	members, truth := someMembers(1, 12, 4, 2)
	oneFold := truth
	oneFold.Fold = make([]int, 12)
	short := slices.Clone(members)
	short[1].Test = short[1].Test[:2]
	for want, f := range map[string]func() error{
		"no members": func() error {
			_, err := Ensemble{How: "mean", Metric: logloss(t)}.Fit(t.Context(), nil, truth)
			return err
		},
		"want at least 2 fold": func() error {
			_, err := Ensemble{How: "mean", Metric: logloss(t)}.Fit(t.Context(), members, oneFold)
			return err
		},
		"blend m1: 24 and 2": func() error {
			_, err := Ensemble{How: "mean", Metric: logloss(t)}.Fit(t.Context(), short, truth)
			return err
		},
		"rmse is not of": func() error {
			_, err := Ensemble{How: "mean", Metric: named(t, "rmse")}.Fit(t.Context(), members, truth)
			return err
		},
		"no weight for m1": func() error {
			_, err := Ensemble{How: "mean", Metric: logloss(t), Weights: map[string]float64{"m0": 1}}.Fit(t.Context(), members, truth)
			return err
		},
		"called m0": func() error {
			_, err := Ensemble{How: "mean", Metric: logloss(t)}.Fit(t.Context(), append(members, members[0]), truth)
			return err
		},
		"weights of at least 0": func() error { _, err := Combine("mean", [][]float32{{1}}, []float64{math.NaN()}, 1); return err },
		"a weight above 0":      func() error { _, err := Combine("mean", [][]float32{{1}}, []float64{0}, 1); return err },
		`got "median"`:          func() error { _, err := Combine("median", [][]float32{{1}}, []float64{1}, 1); return err },
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestFitStopsWithItsContext(t *testing.T) {
	t.Parallel()
	members, truth := someMembers(1, 30, 4, 3)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, e := range []Ensemble{{How: "stack", Metric: logloss(t)}, {How: "mean", Auto: true, Metric: logloss(t)}} {
		if _, err := e.Fit(ctx, members, truth); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", e.How, err)
		}
	}
}
