package submissions

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// goldenEnsemble is what SciPy and scikit-learn say, see testdata/ensemble.py.
type goldenEnsemble struct {
	Labels, Fold      []int
	OOF, Test         [][]float32
	MeanWeights       []float64 `json:"mean_weights"`
	MeanLoss          float64   `json:"mean_loss"`
	GeometricWeights  []float64 `json:"geometric_weights"`
	GeometricLoss     float64   `json:"geometric_loss"`
	Ranks             []float64
	StackTest         []float64 `json:"stack_test"`
	StackOOF          []float64 `json:"stack_oof"`
	Temperature       float64
	TemperatureNested float64 `json:"temperature_nested"`
	Tempered          []float64
	Prior             []float64
	PriorGain         float64 `json:"prior_gain"`
	Shifted           []float64
	Greedy            []float64
}

// goldens calls f with the case of each number of classes.
func goldens(t *testing.T, f func(t *testing.T, g goldenEnsemble, truth Truth)) {
	b, err := os.ReadFile("testdata/ensemble.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]goldenEnsemble
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	for name, classes := range map[string]int{"2": 2, "3": 3} {
		t.Run(name+" classes", func(t *testing.T) {
			g := all[name]
			f(t, g, Truth{Labels: g.Labels, Fold: g.Fold, Classes: classes})
		})
	}
}

func logloss(t *testing.T) metric.Metric {
	t.Helper()
	m, err := metric.ByName("logloss")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func near(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tol) {
			t.Errorf("%s[%d] = %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestWeightsOfLogLoss(t *testing.T) {
	t.Parallel()
	goldens(t, func(t *testing.T, g goldenEnsemble, truth Truth) {
		all := allRows(len(g.Labels))
		var p, logs [][]float64
		for _, m := range g.OOF {
			p = append(p, trueProbas(m, g.Labels, all, truth.Classes))
			logs = append(logs, scale("geometric").to(m, truth.Classes))
		}
		for name, c := range map[string]struct {
			loss    convexLoss
			weights []float64
			least   float64
		}{
			"mean":      {mixtureLoss{p}, g.MeanWeights, g.MeanLoss},
			"geometric": {productLoss{logs, g.Labels, truth.Classes}, g.GeometricWeights, g.GeometricLoss},
		} {
			w := minimizeOnSimplex(c.loss)
			near(t, name, w, c.weights, 1e-4)
			near(t, name+" loss", []float64{c.loss.at(w, nil, nil)}, []float64{c.least}, 1e-8)
			if least := c.loss.at(w, nil, nil); least > c.least+1e-10 {
				t.Errorf("%s: loss %v, SciPy finds %v", name, least, c.least)
			}
		}
	})
}

func TestStackIsLogisticRegression(t *testing.T) {
	t.Parallel()
	goldens(t, func(t *testing.T, g goldenEnsemble, truth Truth) {
		k := truth.Classes
		x, inputs := stackInputs(g.OOF, k)
		tx, _ := stackInputs(g.Test, k)
		centre(x, tx, inputs)
		s, err := fitStack(t.Context(), x, inputs, g.Labels, allRows(len(g.Labels)), k, 1)
		if err != nil {
			t.Fatal(err)
		}
		test := make([]float32, len(g.Test[0]))
		s.predict(test, tx, allRows(len(test)/k))
		near(t, "test", widen(test), g.StackTest, 2e-6)
		f := fitting{t.Context(), Ensemble{}, candidates(g), truth, foldsOf(g.Fold)}
		oof, err := f.stackFolds(x, inputs, 1)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "oof", widen(oof), g.StackOOF, 2e-6)
	})
}

// Noise and few rows ask for a strong penalty; what a stack reports is held out.
func TestStackChoosesItsStrength(t *testing.T) {
	t.Parallel()
	members, truth := drawMembers(5, 120, 10, 4, 0)
	out, err := Ensemble{How: "stack", Metric: logloss(t)}.Fit(t.Context(), members, truth)
	if err != nil {
		t.Fatal(err)
	}
	if c := out.Choice; c.C >= 1 || c.CV <= *c.CVSeen || c.CV >= c.CVEqual {
		t.Errorf("%+v", c)
	}
}

// candidates are the golden members; their names keep their order.
func candidates(g goldenEnsemble) []Candidate {
	var all []Candidate
	for i := range g.OOF {
		all = append(all, Candidate{Name: string(rune('a' + i)), Nets: 1, OOF: g.OOF[i], Test: g.Test[i]})
	}
	return all
}

func TestRanks(t *testing.T) {
	t.Parallel()
	goldens(t, func(t *testing.T, g goldenEnsemble, truth Truth) {
		ranks := scale("rank").to(g.OOF[0], truth.Classes)
		var second []float64
		for i := 1; i < len(ranks); i += truth.Classes {
			second = append(second, ranks[i])
		}
		near(t, "ranks", second, g.Ranks, 1e-12)
	})
}

func TestGreedyByAUC(t *testing.T) {
	t.Parallel()
	goldens(t, func(t *testing.T, g goldenEnsemble, truth Truth) {
		if truth.Classes != 2 {
			return
		}
		auc, err := metric.ByName("auc")
		if err != nil {
			t.Fatal(err)
		}
		var members [][]float64
		for _, m := range g.OOF {
			members = append(members, widen(m))
		}
		w, err := greedyWeights("mean", auc, members, g.Labels, 2)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "weights", w, g.Greedy, 1e-12)
	})
}

func TestTemperatureAndPrior(t *testing.T) {
	t.Parallel()
	goldens(t, func(t *testing.T, g goldenEnsemble, truth Truth) {
		k := truth.Classes
		near(t, "temperature", []float64{fitTemperature(g.OOF[1], g.Labels, k)}, []float64{g.Temperature}, 6e-4)
		near(t, "tempered", widen(apply(g.Test[1], k, rowCorrection(Temperature, 1.7))), g.Tempered, 1e-6)
		out, err := Calibrate(t.Context(), logloss(t), []Correction{{Kind: Temperature, Auto: true}}, g.OOF[1], g.Test[1], truth)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "nested", []float64{out.Report.CV}, []float64{g.TemperatureNested}, 1e-5) // temperatures have four digits
		if s := out.Report.Steps[0]; !s.Kept || s.After != out.Report.CV || s.Before <= s.After {
			t.Errorf("%+v", s)
		}

		trained := make([]float64, k)
		for _, l := range g.Labels {
			trained[l] += 1 / float64(len(g.Labels))
		}
		prior, gain := estimatePrior(g.Test[0], trained)
		near(t, "prior", prior, g.Prior, 1e-4)
		near(t, "gain", []float64{gain}, []float64{g.PriorGain}, 1e-4)
		shift := func(row []float64) { shiftPrior(row, g.Prior, trained) }
		near(t, "shifted", widen(apply(g.Test[0], k, shift)), g.Shifted, 1e-6)
	})
}
