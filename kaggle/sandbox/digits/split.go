package digits

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/stratify"
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
	used := stratify.Quota(counts[:], train+test)
	inTrain := stratify.Quota(used, train)
	for d, rows := range byDigit {
		trainRows = append(trainRows, rows[:inTrain[d]]...)
		testRows = append(testRows, rows[inTrain[d]:used[d]]...)
	}
	for name, rows := range map[string][]int{"train": trainRows, "test": testRows} {
		seed.Rand(root, "digits", "order", name).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	return trainRows, testRows, nil
}
