package report

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// mostClasses is how many rows a confusion matrix has: the classes with the most
// mistakes, and the others as one.
const mostClasses = 12

// classesData is which classes are taken for which, by the likeliest class out of fold.
type classesData struct {
	Rows    int
	Right   float64 // share
	Names   []string
	Matrix  []confusionRow
	Folded  int // classes in the last row and column, 0 if each has its own
	Pairs   []pair
	Classes int // classes there are
}

// confusionRow are the rows of one true class.
type confusionRow struct {
	Name              string
	Cells             []confusionCell
	Rows              int
	Recall, Precision float64 // shares; of a class that is never predicted, a precision of 0
}

// confusionCell counts rows of a true class that are predicted to be of another.
type confusionCell struct {
	N     int
	Right bool
	Heat  int // 0 to 9: its share of the row
}

// pair is a class that is taken for another.
type pair struct {
	True, Predicted string
	N               int
	Share           float64 // of the rows of the true class
}

// classes is left out without out-of-fold predictions.
func classes(_ context.Context, m *maker) (any, error) {
	_, h, err := m.last()
	if h == nil || err != nil {
		return nil, err
	}
	return confusion(h, m.t.Classes(h.Classes)), nil
}

// confusion counts rows by true and likeliest class.
func confusion(h *steps.Held, names []string) classesData {
	k := h.Classes
	counts := make([][]int, k)
	for c := range counts {
		counts[c] = make([]int, k)
	}
	d := classesData{Classes: k}
	right := 0
	for i, guess := range submissions.ArgMax(h.Proba, k) {
		if h.Folds[i] < 0 || h.Labels[i] >= k {
			continue // never held out
		}
		counts[h.Labels[i]][guess]++
		d.Rows++
		if guess == h.Labels[i] {
			right++
		}
	}
	d.Right = share(right, d.Rows)
	d.Pairs = pairs(counts, names)
	shown, group := fold(counts)
	d.Folded = k - len(shown)
	groups := len(shown)
	for _, c := range shown {
		d.Names = append(d.Names, names[c])
	}
	if d.Folded > 0 {
		groups++
		d.Names = append(d.Names, fmt.Sprintf("%d others", d.Folded))
	}
	d.Matrix = matrix(counts, group, groups)
	for i := range d.Matrix {
		d.Matrix[i].Name = d.Names[i]
	}
	return d
}

// fold gives the classes that are shown, in their order, and each class's row.
func fold(counts [][]int) (shown, group []int) {
	k := len(counts)
	shown, group = make([]int, k), make([]int, k)
	for c := range shown {
		shown[c] = c
	}
	if k > mostClasses {
		wrong := make([]int, k)
		for a := range counts {
			for b, n := range counts[a] {
				if a != b {
					wrong[a] += n
					wrong[b] += n
				}
			}
		}
		slices.SortStableFunc(shown, func(a, b int) int { return wrong[b] - wrong[a] })
		shown = shown[:mostClasses-1]
		slices.Sort(shown)
	}
	for c := range group {
		group[c] = len(shown)
	}
	for i, c := range shown {
		group[c] = i
	}
	return shown, group
}

// matrix adds up the counts of groups of classes. A class of a group that is taken for
// another of it is wrong, so that a group's recall is that of its classes.
func matrix(counts [][]int, group []int, groups int) []confusionRow {
	rows := make([]confusionRow, groups)
	right, guessed := make([]int, groups), make([]int, groups)
	for i := range rows {
		rows[i].Cells = make([]confusionCell, groups)
		rows[i].Cells[i].Right = true
	}
	for a := range counts {
		for b, n := range counts[a] {
			rows[group[a]].Cells[group[b]].N += n
			rows[group[a]].Rows += n
			guessed[group[b]] += n
			if a == b {
				right[group[a]] += n
			}
		}
	}
	for i := range rows {
		r := &rows[i]
		r.Recall, r.Precision = share(right[i], r.Rows), share(right[i], guessed[i])
		for j := range r.Cells {
			if c := &r.Cells[j]; c.N > 0 {
				c.Heat = min(1+int(8.999*share(c.N, r.Rows)), 9)
			}
		}
	}
	return rows
}

// mostPairs is how many pairs are named.
const mostPairs = 10

// pairs are the classes that are taken for others, the most frequent first.
func pairs(counts [][]int, names []string) []pair {
	var out []pair
	for a := range counts {
		rows := 0
		for _, n := range counts[a] {
			rows += n
		}
		for b, n := range counts[a] {
			if a != b && n > 0 {
				out = append(out, pair{names[a], names[b], n, share(n, rows)})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b pair) int { return b.N - a.N })
	return out[:min(len(out), mostPairs)]
}

// share is n of all, 0 of nothing.
func share(n, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}
