package metric

import (
	"cmp"
	"fmt"
	"slices"
)

// auc is the area under the receiver operating characteristic: the share of
// pairs of a row of class 1 and a row of class 0 in which the first has the
// larger score, a tie counting half (Mann and Whitney's U over the number of
// pairs). It sorts the scores: n log n. Without rows of both classes there are
// no pairs, which is an error.
func auc(truth []int, score []float64) (float64, error) {
	order := make([]int, len(truth))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(score[a], score[b]) })
	var wins, below, ones float64 // below: rows of class 0 with a smaller score
	for i := 0; i < len(order); {
		var tied [2]float64 // rows of each class with this very score
		at := score[order[i]]
		for ; i < len(order) && score[order[i]] == at; i++ {
			tied[truth[order[i]]]++
		}
		wins += tied[1] * (below + tied[0]/2)
		below += tied[0]
		ones += tied[1]
	}
	if below == 0 || ones == 0 {
		return 0, fmt.Errorf("auc wants rows of class 0 and of class 1, got %d rows of class %d only", len(truth), truth[0])
	}
	return wins / (below * ones), nil
}
