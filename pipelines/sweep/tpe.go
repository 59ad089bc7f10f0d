package sweep

import (
	"cmp"
	"math"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// tpe is the tree-structured Parzen estimator (Bergstra et al. 2011, Algorithms for
// Hyper-Parameter Optimization) over all parameters at once: of points that are likely
// among the best trials so far, it takes the one that is least likely among the others.
//
// There is a library for Go, goptuna (v0.9.0 of 2023): its draws do not follow from a
// seed alone, and its densities are those of one parameter at a time.
type tpe struct {
	space         Space
	seed          uint64
	lowerIsBetter bool
}

const (
	startTrials = 10 // at random, before there is anything to estimate from
	candidates  = 24 // points that are compared
	maxGood     = 25
)

// goodShare is the share of trials that count as good.
const goodShare = 0.1

func (t tpe) Next(past []Trial) ([]string, bool) {
	if len(past) < startTrials {
		return random{t.space, t.seed}.Next(past)
	}
	if n := t.space.Size(); n > 0 && len(past) >= n {
		return nil, false
	}
	good, poor := t.split(past)
	likely, unlikely := newParzen(t.space, good), newParzen(t.space, poor)
	rng := seed.Rand(t.seed, "sweep", TPE, len(past))
	for {
		var best []string
		most := math.Inf(-1)
		for range candidates {
			point := likely.sample(rng)
			values := t.space.at(point)
			if tried(past, values) {
				continue
			}
			if gain := likely.logDensity(point) - unlikely.logDensity(point); gain > most {
				best, most = values, gain
			}
		}
		if best != nil {
			return best, true
		}
	}
}

// split are the points of the good trials and those of the others, each the oldest
// first.
func (t tpe) split(past []Trial) (good, poor [][]float64) {
	order := ranking(past, t.lowerIsBetter)
	n := min(int(math.Ceil(goodShare*float64(len(past)))), maxGood)
	isGood := map[int]bool{}
	for _, i := range order[:n] {
		isGood[i] = true
	}
	for i, trial := range past {
		point := t.space.units(trial.Values)
		if isGood[i] {
			good = append(good, point)
		} else {
			poor = append(poor, point)
		}
	}
	return good, poor
}

// ranking are the indices of trials, the best first: those that finished by their CV,
// then those that were pruned, by how far they came and by their last score, then those
// that failed. Of equals the first comes first.
func ranking(trials []Trial, lowerIsBetter bool) []int {
	order := make([]int, len(trials))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := trials[i], trials[j]
		if a.State != b.State || a.State == Failed {
			return cmp.Compare(stateRank[a.State], stateRank[b.State])
		}
		x, y := 0.0, 0.0
		switch {
		case a.State == Finished:
			x, y = *a.CV, *b.CV
		case len(a.Nets) != len(b.Nets):
			return cmp.Compare(len(b.Nets), len(a.Nets))
		case len(a.Nets) > 0:
			x, y = a.Nets[len(a.Nets)-1].Score, b.Nets[len(b.Nets)-1].Score
		}
		if lowerIsBetter {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(y, x)
	})
	return order
}

var stateRank = map[State]int{Finished: 0, Pruned: 1, Failed: 2}

// Ranked are the trials, the best first.
func Ranked(trials []Trial, lowerIsBetter bool) []Trial {
	var out []Trial
	for _, i := range ranking(trials, lowerIsBetter) {
		out = append(out, trials[i])
	}
	return out
}
