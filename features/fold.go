package features

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// KFold deals n rows into k folds at random: the fold number of each row. Fold
// sizes differ by at most one.
func KFold(n, k int, root uint64) ([]int, error) {
	if err := checkFolds(n, k, "rows"); err != nil {
		return nil, err
	}
	folds := make([]int, n)
	for i := range folds {
		folds[i] = i % k
	}
	shuffle(seed.Rand(root, "kfold"), folds)
	return folds, nil
}

// StratifiedKFold deals rows into k folds so that every class is spread evenly:
// the counts of a class in two folds differ by at most one, and so do the sizes
// of the folds. The counts are those of scikit-learn's StratifiedKFold; which
// rows of a class go where is drawn from the seed. Unlike scikit-learn, which
// warns, a class with fewer than k rows is an error.
func StratifiedKFold(labels []int, k int, root uint64) ([]int, error) {
	if err := checkFolds(len(labels), k, "rows"); err != nil {
		return nil, err
	}
	class, names := classes(labels)
	counts := make([]int, len(names))
	for _, c := range class {
		counts[c]++
	}
	for c, n := range counts {
		if n < k {
			return nil, fault.New(fault.Usage, "use fewer folds, or merge rare classes",
				"want at least %d rows of each class for %d folds, got %d of class %d", k, k, n, names[c])
		}
	}
	// Deal the rows, sorted by class, to the folds in turn: row i of that order
	// goes to fold i mod k. That settles how many of each class a fold gets.
	folds, next := make([]int, len(labels)), 0
	r := seed.Rand(root, "stratified_kfold")
	rows := rowsOf(class, len(names))
	for _, members := range rows {
		hand := make([]int, len(members))
		for i := range hand {
			hand[i] = next % k
			next++
		}
		shuffle(r, hand)
		for i, row := range members {
			folds[row] = hand[i]
		}
	}
	return folds, nil
}

// GroupKFold deals rows into k folds so that no group is in two of them: the
// largest group first, each to the fold with the fewest rows, as scikit-learn's
// GroupKFold does. The seed breaks ties between groups of one size.
func GroupKFold(groups []string, k int, root uint64) ([]int, error) {
	group, names := classes(groups)
	if err := checkFolds(len(names), k, "groups"); err != nil {
		return nil, err
	}
	rows := rowsOf(group, len(names))
	r := seed.Rand(root, "group_kfold")
	shuffle(r, rows)
	sort.SliceStable(rows, func(i, j int) bool { return len(rows[i]) > len(rows[j]) })
	folds, size := make([]int, len(groups)), make([]int, k)
	for _, members := range rows {
		f := slices.Index(size, slices.Min(size))
		size[f] += len(members)
		for _, row := range members {
			folds[row] = f
		}
	}
	return folds, nil
}

func checkFolds(n, k int, of string) error {
	switch {
	case k < 2:
		return fault.New(fault.Usage, "5 is a good number of folds", "want at least 2 folds, got %d", k)
	case n < k:
		return fault.New(fault.Usage, "use fewer folds", "want at least %d %s for %d folds, got %d", k, of, k, n)
	}
	return nil
}

func shuffle[T any](r *rand.Rand, s []T) {
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

// classes numbers the values in the order in which they first appear.
func classes[T comparable](values []T) (class []int, names []T) {
	number := map[T]int{}
	class = make([]int, len(values))
	for i, v := range values {
		n, ok := number[v]
		if !ok {
			n = len(names)
			number[v] = n
			names = append(names, v)
		}
		class[i] = n
	}
	return class, names
}

// rowsOf lists the rows of each of n classes.
func rowsOf(class []int, n int) [][]int {
	rows := make([][]int, n)
	for i, c := range class {
		rows[c] = append(rows[c], i)
	}
	return rows
}

// Hold draws the share of the rows, from each class alike, that a training is to
// leave out: at least one row of a class that has two. It says which of labels'
// rows those are.
func Hold(labels []int, share float64, root uint64) []bool {
	class, names := classes(labels)
	held, r := make([]bool, len(labels)), seed.Rand(root, "hold")
	for _, members := range rowsOf(class, len(names)) {
		n := min(max(int(math.Round(share*float64(len(members)))), 1), len(members)-1)
		shuffle(r, members)
		for _, row := range members[:max(n, 0)] {
			held[row] = true
		}
	}
	return held
}

// HoldGroups draws whole groups of rows, with about the share of all, that a training is
// to leave out: at least one group, never all of them; of a single group, rows. It says
// which rows those are.
func HoldGroups(groups []int, share float64, root uint64) []bool {
	group, names := classes(groups)
	if len(names) < 2 {
		return Hold(groups, share, root)
	}
	held := make([]bool, len(groups))
	rows := rowsOf(group, len(names))
	shuffle(seed.Rand(root, "hold_groups"), rows)
	left := share * float64(len(groups))
	for i, members := range rows {
		if i > 0 && (left < float64(len(members))/2 || i == len(rows)-1) {
			continue // a smaller one may fit
		}
		left -= float64(len(members))
		for _, row := range members {
			held[row] = true
		}
	}
	return held
}
