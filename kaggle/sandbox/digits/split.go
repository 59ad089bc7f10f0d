package digits

import (
	"fmt"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// Split draws disjoint train and test rows out of labels, stratified: each
// part has each digit in the proportion of the whole, to within one row. The
// order of each part is shuffled. The same seed gives the same rows.
func Split(labels []byte, train, test int, root uint64) (trainRows, testRows []int, err error) {
	if train < 0 || test < 0 || train+test > len(labels) {
		return nil, nil, fmt.Errorf("split: want %d + %d rows, have %d", train, test, len(labels))
	}
	var byDigit [10][]int
	for i, l := range labels {
		byDigit[l] = append(byDigit[l], i)
	}
	var counts [10]int
	for d := range byDigit {
		counts[d] = len(byDigit[d])
		rows := byDigit[d]
		seed.Rand(root, "digits", "class", d).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	used := quota(counts, train+test)
	inTrain := quota(used, train)
	for d, rows := range byDigit {
		trainRows = append(trainRows, rows[:inTrain[d]]...)
		testRows = append(testRows, rows[inTrain[d]:used[d]]...)
	}
	for name, rows := range map[string][]int{"train": trainRows, "test": testRows} {
		seed.Rand(root, "digits", "order", name).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	return trainRows, testRows, nil
}

// quota shares n among classes in proportion to counts, by largest remainder
// (of equals, the lower digit first). It never gives a class more than it has.
func quota(counts [10]int, n int) [10]int {
	total := 0
	for _, c := range counts {
		total += c
	}
	var share, rest [10]int
	given := 0
	if total == 0 {
		return share
	}
	for d, c := range counts {
		share[d], rest[d] = c*n/total, c*n%total
		given += share[d]
	}
	order := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	slices.SortStableFunc(order, func(a, b int) int { return rest[b] - rest[a] })
	for _, d := range order[:n-given] {
		share[d]++
	}
	return share
}
