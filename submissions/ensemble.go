package submissions

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// Truth is what is known of the training rows that out-of-fold predictions are of.
type Truth struct {
	Labels  []int // class 0..Classes-1 of each row
	Fold    []int // the fold that held each row out
	Classes int   // at least 2
}

// Candidate is a member of an ensemble: what it predicts of the training rows, each
// by nets that have not seen it, and of the test rows. Both are probabilities,
// row-major [rows, classes].
type Candidate struct {
	Name      string
	Nets      int // what it counts for with equal weights
	OOF, Test []float32
}

// Ensemble says how members become one prediction.
type Ensemble struct {
	How     string             // mean, geometric, rank or stack
	Auto    bool               // weights are chosen by the metric; not of a stack
	Weights map[string]float64 // of each member by name, without Auto; nil: equal
	Metric  metric.Metric      // of classes
}

// Blended is an ensemble's prediction and how it came about.
type Blended struct {
	// OOF is honest: what a row's own label had a part in choosing (weights, a
	// stack) was not used to predict it, but what the other folds choose. So its
	// score is what the test rows may expect.
	OOF, Test []float32
	Choice    BlendChoice
}

// BlendChoice is what an ensemble chose and what its metric says of it.
type BlendChoice struct {
	How     string        `json:"how"`
	Weights string        `json:"weights,omitempty"` // auto, equal or given; none of a stack
	Metric  string        `json:"metric"`
	Members []MemberShare `json:"members"`           // by name
	CV      float64       `json:"cv"`                // nested: of Blended.OOF
	CVEqual float64       `json:"cv_equal"`          // of the members' mean with equal weights
	CVSeen  *float64      `json:"cv_seen,omitempty"` // scored on the rows that chose: too good
	Kept    *bool         `json:"kept,omitempty"`    // auto: the chosen weights are better than equal ones
	ByFold  []FoldWeights `json:"by_fold,omitempty"` // auto: what the other folds choose
	C       float64       `json:"stack_c,omitempty"` // of a stack: see scikit-learn's LogisticRegression
}

// MemberShare is a member's weight and its own score.
type MemberShare struct {
	Name   string   `json:"name"`
	Weight *float64 `json:"weight,omitempty"` // they sum to one; none of a stack
	CV     float64  `json:"cv"`
}

// FoldWeights are the weights for the rows of a fold, in the order of Members.
type FoldWeights struct {
	Fold    int       `json:"fold"`
	Weights []float64 `json:"weights"`
}

// Fit blends the members. Their order does not count. Weights under Auto
// minimise the log loss where that is the metric (the mean and the geometric mean
// are convex in them), else they are chosen greedily with replacement, and they
// are kept only where they score better, nested over the folds, than equal ones.
// A stack is a logistic regression on the members' logarithms of probabilities,
// members times classes squared numbers to learn: of few rows or sure members,
// weights generalise better.
func (e Ensemble) Fit(ctx context.Context, members []Candidate, t Truth) (Blended, error) {
	members = slices.SortedFunc(slices.Values(members), func(a, b Candidate) int { return cmp.Compare(a.Name, b.Name) })
	if err := e.check(members, t); err != nil {
		return Blended{}, err
	}
	f := fitting{ctx, e, members, t, foldsOf(t.Fold)}
	out, err := f.fit()
	if err != nil {
		return Blended{}, fmt.Errorf("blend: %w", err)
	}
	return out, nil
}

func (e Ensemble) check(members []Candidate, t Truth) error {
	if !e.Metric.Classifies() {
		return fmt.Errorf("blend: the metric %s is not of classes", e.Metric.Name)
	}
	if err := t.check(); err != nil {
		return fmt.Errorf("blend: %w", err)
	}
	if len(members) == 0 {
		return fmt.Errorf("blend: no members")
	}
	for i, m := range members {
		if i > 0 && members[i-1].Name == m.Name {
			return fmt.Errorf("blend: two members are called %s", m.Name)
		}
		if len(m.OOF) != len(t.Labels)*t.Classes || len(m.Test) != len(members[0].Test) || len(m.Test)%t.Classes != 0 {
			return fmt.Errorf("blend %s: %d and %d values do not fit %d training rows and %d test values of %d classes",
				m.Name, len(m.OOF), len(m.Test), len(t.Labels), len(members[0].Test), t.Classes)
		}
		for _, x := range [][]float32{m.OOF, m.Test} {
			if err := checkFinite(x); err != nil {
				return fmt.Errorf("blend %s: %w", m.Name, err)
			}
		}
		if _, given := e.Weights[m.Name]; e.Weights != nil && !given {
			return fmt.Errorf("blend: no weight for %s", m.Name)
		}
	}
	return nil
}

func (t Truth) check() error {
	if t.Classes < 2 || len(t.Labels) != len(t.Fold) || len(t.Labels) == 0 {
		return fmt.Errorf("%d labels, %d fold numbers and %d classes do not fit", len(t.Labels), len(t.Fold), t.Classes)
	}
	for i, l := range t.Labels {
		if l < 0 || l >= t.Classes {
			return fmt.Errorf("row %d: true class %d is not in 0..%d", i, l, t.Classes-1)
		}
	}
	if len(foldsOf(t.Fold)) < 2 {
		return fmt.Errorf("want at least 2 folds to choose on one and score on another, got %d", len(foldsOf(t.Fold)))
	}
	return nil
}

// parts are the rows of one fold and all others.
type parts struct {
	fold           int
	inside, others []int
}

// foldsOf lists the folds in order.
func foldsOf(fold []int) []parts {
	var all []parts
	for _, f := range slices.Compact(slices.Sorted(slices.Values(fold))) {
		p := parts{fold: f}
		for i, g := range fold {
			if g == f {
				p.inside = append(p.inside, i)
			} else {
				p.others = append(p.others, i)
			}
		}
		all = append(all, p)
	}
	return all
}

// score is the metric of all rows.
func (t Truth) score(m metric.Metric, proba []float32) (float64, error) {
	return m.Score(metric.Answers{Classes: t.Labels}, m.FromProba(widen(proba), t.Classes))
}

// equalWeights: each net counts alike.
func equalWeights(members []Candidate) []float64 {
	w := make([]float64, len(members))
	for i, m := range members {
		w[i] = float64(max(m.Nets, 1))
	}
	return tidyWeights(w)
}

// tidyWeights makes weights sum to one.
func tidyWeights(w []float64) []float64 {
	sum, out := 0.0, make([]float64, len(w))
	for _, v := range w {
		sum += v
	}
	for i, v := range w {
		out[i] = v / sum
	}
	return out
}

// weightUnit is what chosen weights are whole multiples of: they are printed as
// they are used, and the last digits of a sum, which depend on the order of rows,
// change nothing.
const weightUnit = 1e-4

// roundWeights rounds weights that sum to one to weightUnit; what is left over
// goes to the largest, of which it changes least.
func roundWeights(w []float64) []float64 {
	out, top, left := make([]float64, len(w)), 0, math.Round(1/weightUnit)
	for i, v := range w {
		out[i] = math.Round(v / weightUnit)
		left -= out[i]
		if out[i] > out[top] {
			top = i
		}
	}
	out[top] += left
	for i := range out {
		out[i] /= math.Round(1 / weightUnit)
	}
	return out
}
