// Package stratify chooses rows so that every class is represented as in the
// whole, or so that groups stay together. It knows class numbers only; the
// random draws come from the caller.
package stratify

import (
	"math/rand/v2"
	"slices"
)

// Quota shares n among classes in proportion to their counts, by largest
// remainder (of equals, the lower class first). It never gives a class more
// than it has; n is at most the sum of the counts.
func Quota(counts []int, n int) []int {
	share, rest := make([]int, len(counts)), make([]int, len(counts))
	total, given := 0, 0
	for _, c := range counts {
		total += c
	}
	if total == 0 {
		return share
	}
	order := make([]int, len(counts))
	for i, c := range counts {
		share[i], rest[i], order[i] = c*n/total, c*n%total, i
		given += share[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return rest[b] - rest[a] })
	for _, i := range order[:n-given] {
		share[i]++
	}
	return share
}

// Rows chooses n rows at random, of each of k classes its share, and leaves at
// least one row of each class that occurs. class holds 0..k-1 for each row. It
// gives nil where that many cannot be had.
func Rows(class []int32, k, n int, r *rand.Rand) []bool {
	rows := make([][]int, k)
	for i, c := range class {
		rows[c] = append(rows[c], i)
	}
	spare, sum := make([]int, k), 0
	for c := range rows {
		spare[c] = max(0, len(rows[c])-1)
		sum += spare[c]
	}
	if n < 0 || n > sum {
		return nil
	}
	chosen := make([]bool, len(class))
	for c, m := range Quota(spare, n) {
		r.Shuffle(len(rows[c]), func(i, j int) { rows[c][i], rows[c][j] = rows[c][j], rows[c][i] })
		for _, i := range rows[c][:m] {
			chosen[i] = true
		}
	}
	return chosen
}

// Groups chooses whole groups at random so that about n rows are in them, at
// least one group and never all. group holds 0..k-1 for each row; k is 2 or
// more. How near to n it comes depends on the sizes of the groups.
func Groups(group []int32, k, n int, r *rand.Rand) []bool {
	size := make([]int, k)
	for _, g := range group {
		size[g]++
	}
	in, taken, groups := make([]bool, k), 0, 0
	for _, g := range r.Perm(k) {
		nearer := abs(taken+size[g]-n) < abs(taken-n)
		if nearer && groups < k-1 {
			in[g], taken, groups = true, taken+size[g], groups+1
		}
	}
	if groups == 0 {
		in[slices.Index(size, slices.Min(size))] = true
	}
	chosen := make([]bool, len(group))
	for i, g := range group {
		chosen[i] = in[g]
	}
	return chosen
}

func abs(x int) int { return max(x, -x) }
