package submissions

import (
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// Neighbours are the K nearest rows of each row: row i's are Of[i*K : (i+1)*K], the
// nearest first, -1 from where there are no more.
type Neighbours struct {
	K  int
	Of []int32
}

// mean is, of some rows of x, [all rows, classes], the mean over the row and its k
// nearest. It is transductive: what is said of a test photo depends on the others, which
// helps where many are of one scene, and says nothing of a photo that comes alone.
func (n Neighbours) mean(x []float32, rows []int, classes, k int) []float32 {
	out := make([]float32, 0, len(rows)*classes)
	sum := make([]float64, classes)
	for _, row := range rows {
		clear(sum)
		of := 1.0
		add := func(r int) {
			for c, p := range x[r*classes : (r+1)*classes] {
				sum[c] += float64(p)
			}
		}
		add(row)
		for _, near := range n.Of[row*n.K : row*n.K+k] {
			if near < 0 {
				break
			}
			add(int(near))
			of++
		}
		for _, s := range sum {
			out = append(out, float32(s/of))
		}
	}
	return out
}

// neighbourCounts are the numbers of neighbours that are tried.
var neighbourCounts = []int{0, 5, 10, 20, 30}

// AutoNeighbours is how many neighbours a KNN under Auto must be given.
const AutoNeighbours = 30

// fitKNN is the number of neighbours of the best score, the smallest of equals.
func fitKNN(m metric.Metric, near Neighbours, x []float32, rows, truth []int, classes int) (float64, error) {
	best, top := 0, math.NaN()
	for _, k := range neighbourCounts {
		s, err := m.Score(metric.Answers{Classes: truth}, m.FromProba(widen(near.mean(x, rows, classes, k)), classes))
		if err != nil {
			return 0, err
		}
		if m.Better(s, top) {
			best, top = k, s
		}
	}
	return float64(best), nil
}

// checkKNN finds neighbours that do not fit. Those of an out-of-fold row must be of its
// fold: predictions of others were made by nets that may have learnt from it.
func (c *calibration) checkKNN(step Correction) error {
	want := AutoNeighbours
	if !step.Auto {
		if len(step.Value) != 1 || step.Value[0] < 1 || step.Value[0] != math.Trunc(step.Value[0]) {
			return fmt.Errorf("want a whole number of neighbours above 0, got %v", step.Value)
		}
		want = int(min(step.Value[0], math.MaxInt32))
	}
	for _, set := range []struct {
		name string
		near Neighbours
		rows int
		fold []int
	}{{"out-of-fold", step.OOF, len(c.truth.Labels), c.truth.Fold}, {"test", step.Test, len(c.test) / c.truth.Classes, nil}} {
		if set.near.K < want || len(set.near.Of) != set.rows*set.near.K {
			return fmt.Errorf("want %d neighbours of %d %s rows, got %d, %d in all", want, set.rows, set.name, set.near.K, len(set.near.Of))
		}
		for i, near := range set.near.Of {
			row := i / set.near.K
			if int(near) >= set.rows {
				return fmt.Errorf("%s row %d: want neighbours in 0..%d, got %d", set.name, row, set.rows-1, near)
			}
			if near >= 0 && set.fold != nil && set.fold[near] != set.fold[row] {
				return fmt.Errorf("%s row %d of fold %d: its neighbour %d is of fold %d", set.name, row, set.fold[row], near, set.fold[near])
			}
		}
	}
	return nil
}
