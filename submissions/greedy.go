package submissions

import (
	"math"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// greedyRounds is how many members, counted with repeats, a greedy selection
// looks at: weights are whole fiftieths at the finest.
const greedyRounds = 50

// greedyWeights chooses weights for a metric that need not be smooth: starting
// from the best member, it adds, with repeats, whichever makes the blend score
// best, and keeps the best of all blends on the way (Caruana et al. 2004,
// "Ensemble selection from libraries of models", sections 2.1 and 2.3). Equal
// scores go to the smaller log loss, then to the earlier member: an accuracy of
// few rows has many ties.
func greedyWeights(how string, m metric.Metric, members [][]float64, truth []int, columns int) ([]float64, error) {
	n := len(members)
	sum, bag, best := make([]float64, len(members[0])), make([]float64, n), make([]float64, n)
	trial := make([]float64, len(sum))
	top := standing{score: math.NaN()}
	for round := 1; round <= greedyRounds; round++ {
		winner, won := -1, standing{}
		for i, x := range members {
			for j := range trial {
				trial[j] = (sum[j] + x[j]) / float64(round)
			}
			for j := 0; j < len(trial); j += columns {
				scale(how).back(trial[j : j+columns])
			}
			s, err := stand(m, truth, trial, columns)
			if err != nil {
				return nil, err
			}
			if winner < 0 || s.beats(won, m) {
				winner, won = i, s
			}
		}
		addTo(sum, 1, members[winner])
		bag[winner]++
		if round == 1 || won.beats(top, m) {
			top = won
			for i := range best {
				best[i] = bag[i] / float64(round)
			}
		}
	}
	return best, nil
}

// standing is how good a blend is.
type standing struct{ score, loss float64 }

func stand(m metric.Metric, truth []int, proba []float64, columns int) (standing, error) {
	score, err := m.Score(metric.Answers{Classes: truth}, m.FromProba(proba, columns))
	loss := 0.0
	for i, t := range truth {
		loss -= math.Log(max(trueProba(proba[i*columns:(i+1)*columns], t), smallest))
	}
	return standing{score, loss / float64(len(truth))}, err
}

func (s standing) beats(other standing, m metric.Metric) bool {
	if s.score != other.score {
		return m.Better(s.score, other.score)
	}
	return s.loss < other.loss
}

// trueProba is the probability of class t in a row: one column holds that of
// class 1 of two.
func trueProba(row []float64, t int) float64 {
	if len(row) > 1 {
		return row[t]
	}
	if t == 0 {
		return 1 - row[0]
	}
	return row[0]
}
