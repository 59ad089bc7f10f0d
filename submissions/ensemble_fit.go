package submissions

import (
	"context"
	"math"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// fitting is an Ensemble at work.
type fitting struct {
	ctx context.Context // of the one call that it lives for
	Ensemble
	members []Candidate
	truth   Truth
	folds   []parts
}

func (f fitting) oof() [][]float32 {
	var all [][]float32
	for _, m := range f.members {
		all = append(all, m.OOF)
	}
	return all
}

func (f fitting) test() [][]float32 {
	var all [][]float32
	for _, m := range f.members {
		all = append(all, m.Test)
	}
	return all
}

func (f fitting) fit() (Blended, error) {
	c := BlendChoice{How: f.How, Metric: f.Metric.Name}
	for _, m := range f.members {
		cv, err := f.truth.score(f.Metric, m.OOF)
		if err != nil {
			return Blended{}, err
		}
		c.Members = append(c.Members, MemberShare{Name: m.Name, CV: cv})
	}
	equal := equalWeights(f.members)
	how := f.How
	if how == "stack" {
		how = "mean" // what the stack is to beat
	}
	plain, err := Combine(how, f.oof(), equal, f.truth.Classes)
	if err != nil {
		return Blended{}, err
	}
	if c.CVEqual, err = f.truth.score(f.Metric, plain); err != nil {
		return Blended{}, err
	}
	out := Blended{OOF: plain, Choice: c}
	switch {
	case f.How == "stack":
		return f.stack(out)
	case f.Auto:
		return f.auto(out, equal)
	case f.Weights != nil:
		var w []float64
		for _, m := range f.members {
			w = append(w, f.Weights[m.Name])
		}
		out.Choice.Weights = "given"
		return f.weighted(out, tidyWeights(w))
	}
	out.Choice.Weights = "equal"
	return f.weighted(out, equal)
}

// weighted blends by weights that no label had a part in.
func (f fitting) weighted(out Blended, w []float64) (Blended, error) {
	var err error
	if out.OOF, err = Combine(f.How, f.oof(), w, f.truth.Classes); err != nil {
		return out, err
	}
	return f.finish(out, w)
}

// finish blends the test rows by w, nil if that is done, and scores.
func (f fitting) finish(out Blended, w []float64) (Blended, error) {
	var err error
	if w != nil {
		for i := range w {
			out.Choice.Members[i].Weight = &w[i]
		}
		if out.Test, err = Combine(f.How, f.test(), w, f.truth.Classes); err != nil {
			return out, err
		}
	}
	out.Choice.CV, err = f.truth.score(f.Metric, out.OOF)
	return out, err
}

// auto chooses the weights.
func (f fitting) auto(out Blended, equal []float64) (Blended, error) {
	out.Choice.Weights = "auto"
	k := f.truth.Classes
	nested := make([]float32, len(out.OOF))
	for _, p := range f.folds {
		if err := f.ctx.Err(); err != nil {
			return out, err
		}
		w, err := f.choose(p.others)
		if err != nil {
			return out, err
		}
		mixed, err := Combine(f.How, f.oof(), w, k)
		if err != nil {
			return out, err
		}
		for _, r := range p.inside {
			copy(nested[r*k:(r+1)*k], mixed[r*k:(r+1)*k])
		}
		out.Choice.ByFold = append(out.Choice.ByFold, FoldWeights{p.fold, w})
	}
	all, err := f.choose(allRows(len(f.truth.Labels)))
	if err != nil {
		return out, err
	}
	seen, err := Combine(f.How, f.oof(), all, k)
	if err != nil {
		return out, err
	}
	tooGood, err := f.truth.score(f.Metric, seen)
	if err != nil {
		return out, err
	}
	cv, err := f.truth.score(f.Metric, nested)
	if err != nil {
		return out, err
	}
	kept := f.Metric.Better(cv, out.Choice.CVEqual)
	out.Choice.CVSeen, out.Choice.Kept = &tooGood, &kept
	if !kept {
		return f.weighted(out, equal)
	}
	out.OOF = nested
	return f.finish(out, all)
}

// choose finds the weights that suit the rows best.
func (f fitting) choose(rows []int) ([]float64, error) {
	k := f.truth.Classes
	truth := pick(f.truth.Labels, rows, 1)
	smooth := f.Metric.Kind == metric.Probabilities && f.How != "rank"
	var on [][]float64 // each member's rows on the scale of the blend
	for _, m := range f.members {
		if smooth && f.How == "mean" {
			on = append(on, trueProbas(m.OOF, f.truth.Labels, rows, k))
			continue
		}
		// On the scale first: a rank is among all rows.
		on = append(on, pick(scale(f.How).to(m.OOF, k), rows, k))
	}
	switch {
	case smooth && f.How == "mean":
		return roundWeights(minimizeOnSimplex(mixtureLoss{on})), nil
	case smooth:
		return roundWeights(minimizeOnSimplex(productLoss{on, truth, k})), nil
	}
	w, err := greedyWeights(f.How, f.Metric, on, truth, k)
	return roundWeights(w), err
}

// trueProbas is the probability of the true class in each of the rows, as the
// log loss takes it.
func trueProbas(x []float32, truth, rows []int, classes int) []float64 {
	out := make([]float64, len(rows))
	for i, r := range rows {
		sum := 0.0
		for _, p := range x[r*classes : (r+1)*classes] {
			sum += math.Max(float64(p), smallest)
		}
		out[i] = math.Max(float64(x[r*classes+truth[r]]), smallest) / sum
	}
	return out
}

func allRows(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// pick is the rows of x, [n, width], in that order.
func pick[T any](x []T, rows []int, width int) []T {
	out := make([]T, 0, len(rows)*width)
	for _, r := range rows {
		out = append(out, x[r*width:(r+1)*width]...)
	}
	return slices.Clip(out)
}
