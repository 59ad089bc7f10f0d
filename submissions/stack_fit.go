package submissions

import (
	"errors"
	"math"
	"sync"
)

// stack fits a logistic regression on top of the members. Its strength is the one
// whose held-out log loss is least; the rows of a fold are predicted with the
// strength that the other folds' losses choose.
func (f fitting) stack(out Blended) (Blended, error) {
	k, rows := f.truth.Classes, allRows(len(f.truth.Labels))
	x, inputs := stackInputs(f.oof(), k)
	tx, _ := stackInputs(f.test(), k)
	centre(x, tx, inputs)
	var held [][]float32   // of each strength, every row predicted by the other folds' fit
	var losses [][]float64 // of each strength and fold, summed over the fold's rows
	for _, c := range stackCs {
		proba, err := f.stackFolds(x, inputs, c)
		if err != nil {
			return out, err
		}
		held, losses = append(held, proba), append(losses, f.foldLosses(proba))
	}
	out.OOF = make([]float32, len(out.OOF))
	for i, p := range f.folds {
		proba := held[leastWithout(losses, i)]
		for _, r := range p.inside {
			copy(out.OOF[r*k:(r+1)*k], proba[r*k:(r+1)*k])
		}
	}
	c := stackCs[leastWithout(losses, -1)]
	s, err := fitStack(f.ctx, x, inputs, f.truth.Labels, rows, k, c)
	if err != nil {
		return out, err
	}
	seen := make([]float32, len(out.OOF))
	s.predict(seen, x, rows)
	tooGood, err := f.truth.score(f.Metric, seen)
	if err != nil {
		return out, err
	}
	out.Choice.CVSeen, out.Choice.C = &tooGood, c
	out.Test = make([]float32, len(f.members[0].Test))
	s.predict(out.Test, tx, allRows(len(out.Test)/k))
	return f.finish(out, nil)
}

// stackFolds predicts every row by a stack that was fitted to the other folds, the
// folds side by side.
func (f fitting) stackFolds(x []float64, inputs int, c float64) ([]float32, error) {
	k := f.truth.Classes
	out, errs := make([]float32, len(f.truth.Labels)*k), make([]error, len(f.folds))
	var fits sync.WaitGroup
	for i, p := range f.folds {
		fits.Go(func() {
			s, err := fitStack(f.ctx, x, inputs, f.truth.Labels, p.others, k, c)
			s.predict(out, x, p.inside) // no other fold writes these rows
			errs[i] = err
		})
	}
	fits.Wait()
	return out, errors.Join(errs...)
}

// foldLosses is the log loss of each fold, summed over its rows.
func (f fitting) foldLosses(proba []float32) []float64 {
	k, losses := f.truth.Classes, make([]float64, len(f.folds))
	for i, p := range f.folds {
		for _, r := range p.inside {
			losses[i] -= math.Log(max(float64(proba[r*k+f.truth.Labels[r]]), smallest))
		}
	}
	return losses
}

// leastWithout is the strength of the least loss over all folds but one, the first
// of equals.
func leastWithout(losses [][]float64, fold int) int {
	best, least := 0, math.Inf(1)
	for c, all := range losses {
		sum := 0.0
		for i, l := range all {
			if i != fold {
				sum += l
			}
		}
		if sum < least {
			best, least = c, sum
		}
	}
	return best
}
