package features

import (
	"math"
	"sort"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// StratifiedGroupKFold deals rows into k folds so that no group is in two of
// them and the classes are spread as evenly as that allows. It is the greedy
// method of scikit-learn's StratifiedGroupKFold: groups whose classes are most
// uneven first, each to the fold that leaves the shares of the classes most
// alike over the folds, and among equals to the one with the fewest rows. The
// seed orders groups that are equally uneven.
func StratifiedGroupKFold(labels []int, groups []string, k int, root uint64) ([]int, error) {
	if len(labels) != len(groups) {
		return nil, fault.New(fault.Usage, "", "want a group for each of %d labels, got %d", len(labels), len(groups))
	}
	group, names := classes(groups)
	if err := checkFolds(len(names), k, "groups"); err != nil {
		return nil, err
	}
	class, kinds := classes(labels)
	d := newDealer(class, len(kinds), k)
	for c, n := range d.total {
		if int(n) < k {
			return nil, fault.New(fault.Usage, "use fewer folds, or merge rare classes",
				"want at least %d rows of each class for %d folds, got %d of class %d", k, k, int(n), kinds[c])
		}
	}
	rows := rowsOf(group, len(names))
	shuffle(seed.Rand(root, "stratified_group_kfold"), rows)
	return d.deal(rows, class), nil
}

// deal gives each group to a fold; groups that are equally uneven keep their
// order.
func (d *dealer) deal(groups [][]int, class []int) []int {
	hands := make([]hand, len(groups))
	for i, rows := range groups {
		hands[i] = newHand(rows, class, len(d.total))
	}
	sort.SliceStable(hands, func(i, j int) bool { return hands[i].uneven > hands[j].uneven })
	folds := make([]int, len(class))
	for _, h := range hands {
		f := d.best(h)
		d.add(f, h, 1)
		for _, row := range h.rows {
			folds[row] = f
		}
	}
	return folds
}

// hand is a group: its rows and how many it has of each class.
type hand struct {
	rows   []int
	count  []float64
	uneven float64 // standard deviation of count
}

func newHand(rows, class []int, kinds int) hand {
	h := hand{rows: rows, count: make([]float64, kinds)}
	for _, r := range rows {
		h.count[class[r]]++
	}
	h.uneven = deviation(h.count)
	return h
}

// dealer holds what each fold has got so far.
type dealer struct {
	k     int
	total []float64   // rows of each class
	count [][]float64 // rows of each class in each fold
	rows  []float64   // rows in each fold
}

func newDealer(class []int, kinds, k int) *dealer {
	d := &dealer{k: k, total: make([]float64, kinds), rows: make([]float64, k)}
	for _, c := range class {
		d.total[c]++
	}
	for range k {
		d.count = append(d.count, make([]float64, kinds))
	}
	return d
}

func (d *dealer) add(fold int, h hand, sign float64) {
	for c, n := range h.count {
		d.count[fold][c] += sign * n
	}
	d.rows[fold] += sign * float64(len(h.rows))
}

// best tries the group in each fold.
func (d *dealer) best(h hand) int {
	at, least, fewest := 0, math.Inf(1), math.Inf(1)
	for f := range d.k {
		d.add(f, h, 1)
		u := d.uneven()
		d.add(f, h, -1)
		alike := math.Abs(u-least) <= 1e-8+1e-5*math.Abs(least) // numpy.isclose
		if u < least || alike && d.rows[f] < fewest {
			at, least, fewest = f, u, d.rows[f]
		}
	}
	return at
}

// uneven is the standard deviation over folds of a class's share, averaged over
// the classes.
func (d *dealer) uneven() float64 {
	share, sum := make([]float64, d.k), 0.0
	for c, n := range d.total {
		for f := range share {
			share[f] = d.count[f][c] / n
		}
		sum += deviation(share)
	}
	return sum / float64(len(d.total))
}

// deviation is the standard deviation of a whole population.
func deviation(v []float64) float64 {
	var mean, sum float64
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	for _, x := range v {
		sum += (x - mean) * (x - mean)
	}
	return math.Sqrt(sum / float64(len(v)))
}
