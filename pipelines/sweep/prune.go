package sweep

import (
	"fmt"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// MedianRule is the name of the rule of Median.
const MedianRule = "median"

func checkRule(rule string) error {
	if rule != "" && rule != MedianRule {
		return fault.New(fault.Usage, "--prune median", "no rule for pruning %q", rule)
	}
	return nil
}

// minFinished is how many trials must have finished before one is pruned: the median
// of fewer says little.
const minFinished = 4

// Worse says why a trial that has come as far as nets is to be stopped, "" when it is
// to go on: the median rule (Golovin et al. 2017, Google Vizier) with its last net
// against the same net of the trials that finished.
func (s *Study) Worse(nets []Net) string {
	if s.Prune != MedianRule || len(nets) == 0 {
		return ""
	}
	last := nets[len(nets)-1]
	var others []float64
	for _, t := range s.trials {
		if score, ok := t.net(last.Step); ok && t.State == Finished {
			others = append(others, score)
		}
	}
	if len(others) < minFinished {
		return ""
	}
	m := median(others)
	if !better(m, last.Score, s.LowerIsBetter) {
		return ""
	}
	return fmt.Sprintf("%s %.5f at %s, the median of %d trials is %.5f", s.Metric, last.Score, last.Step, len(others), m)
}

// median sorts x, which has at least one value.
func median(x []float64) float64 {
	slices.Sort(x)
	n := len(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}
