package sweep

import (
	"slices"
)

// State is how a trial ended.
type State string

// The states of a trial.
const (
	Finished State = "finished"
	Pruned   State = "pruned" // stopped after a fold: see Median
	Failed   State = "failed" // its training diverged
)

// Trial is one combination of values and what came of it: a file of the study.
type Trial struct {
	SchemaVersion int      `json:"schema_version"`
	Number        int      `json:"trial"`  // from 1
	Values        []string `json:"values"` // in the order of the space
	State         State    `json:"state"`
	CV            *float64 `json:"cv"` // null unless it finished
	CVSpread      *float64 `json:"cv_spread"`
	Nets          []Net    `json:"nets"`          // in the order in which they came
	Why           string   `json:"why,omitempty"` // it was pruned or failed
	RunID         string   `json:"run_id"`
	Seconds       float64  `json:"seconds"`
}

// Net is the out-of-fold score of one net: of the rows of its fold.
type Net struct {
	Step  string  `json:"step"`
	Score float64 `json:"score"`
}

// net is the trial's score at a step, false where it did not come so far.
func (t Trial) net(step string) (float64, bool) {
	i := slices.IndexFunc(t.Nets, func(n Net) bool { return n.Step == step })
	if i < 0 {
		return 0, false
	}
	return t.Nets[i].Score, true
}

// Best is the index of the finished trial with the best CV, the first of equals; -1
// where none has finished.
func Best(trials []Trial, lowerIsBetter bool) int {
	best := -1
	for i, t := range trials {
		if t.State == Finished && (best < 0 || better(*t.CV, *trials[best].CV, lowerIsBetter)) {
			best = i
		}
	}
	return best
}

// better reports whether score a beats score b.
func better(a, b float64, lowerIsBetter bool) bool {
	if lowerIsBetter {
		return a < b
	}
	return a > b
}
