package features

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// Shared says which rows have company in training: another row of their group that is
// in another fold. Of each of k folds it gives the share of rows that have it.
func Shared(groups, folds []int, k int) []float64 {
	first := map[int]int{}   // fold of the first row of a group
	parted := map[int]bool{} // groups in two folds
	rows := make([]int, k)   // of each fold
	with := make([]float64, k)
	for row, g := range groups {
		if f, ok := first[g]; !ok {
			first[g] = folds[row]
		} else if f != folds[row] {
			parted[g] = true
		}
		rows[folds[row]]++
	}
	for row, g := range groups {
		if parted[g] {
			with[folds[row]]++
		}
	}
	for f, n := range rows {
		with[f] /= float64(max(n, 1))
	}
	return with
}

// Nearest is, under each of several splits into folds, the image that looks most like
// each query and is in another fold than it: the first of equals, -1 if there is none.
// It compares each query with each image once, in about 0.2 µs, on all cores.
func (t *Thumbs) Nearest(ctx context.Context, queries []int, splits ...[]int) ([][]int, error) {
	near := make([][]int, len(splits))
	for s := range near {
		near[s] = make([]int, len(queries))
	}
	workers := max(min(runtime.GOMAXPROCS(0), len(queries)), 1)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			best := make([]int, len(splits))
			for q := w; q < len(queries) && ctx.Err() == nil; q += workers {
				for s := range best {
					best[s], near[s][q] = ThumbCells+1, -1
				}
				for i := range t.n {
					t.closer(queries[q], i, splits, best, func(s int) { near[s][q] = i })
				}
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("nearest images: %w", err)
	}
	return near, nil
}

// closer calls take for each split under which image i may be compared with the query
// and is nearer than the best.
func (t *Thumbs) closer(query, i int, splits [][]int, best []int, take func(split int)) {
	bound := 0
	for s, folds := range splits {
		if folds[i] != folds[query] {
			bound = max(bound, best[s])
		}
	}
	if bound == 0 {
		return
	}
	apart := t.within(query, i, bound)
	for s, folds := range splits {
		if folds[i] != folds[query] && apart < best[s] {
			best[s] = apart
			take(s)
		}
	}
}
