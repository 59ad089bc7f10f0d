package features

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// tally counts, for each fold, the rows of each class, in order of appearance.
func tally[T comparable](folds []int, labels []T, k int) [][]int {
	class, names := classes(labels)
	counts := make([][]int, k)
	for f := range counts {
		counts[f] = make([]int, len(names))
	}
	for i, f := range folds {
		counts[f][class[i]]++
	}
	return counts
}

func TestKFold(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 5, 99, 100} {
		for k := 2; k <= min(n, 7); k++ {
			folds, err := KFold(n, k, 3)
			if err != nil {
				t.Fatal(err)
			}
			counts := tally(folds, make([]int, n), k)
			for _, c := range counts {
				if c[0] != n/k && c[0] != (n+k-1)/k {
					t.Errorf("%d rows in %d folds: %v", n, k, counts)
				}
			}
		}
	}
}

func TestStratifiedKFoldReference(t *testing.T) {
	t.Parallel()
	for _, tt := range loadReference(t).Stratified {
		for s := range uint64(3) {
			folds, err := StratifiedKFold(tt.Labels, tt.K, s)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.Counts, tally(folds, tt.Labels, tt.K)); d != "" {
				t.Error(d)
			}
		}
	}
}

func TestStratifiedKFoldBalance(t *testing.T) {
	t.Parallel()
	r := seed.Rand(1, "test")
	for range 50 {
		k := 2 + r.IntN(6)
		labels := make([]int, 200+r.IntN(200))
		for i := range labels {
			labels[i] = min(r.IntN(5), r.IntN(5))
		}
		folds, err := StratifiedKFold(labels, k, r.Uint64())
		if err != nil {
			continue // a class too rare for k; told apart in TestFoldErrors
		}
		counts := tally(folds, labels, k)
		sizes := make([]int, k)
		for f, c := range counts {
			for class, n := range c {
				sizes[f] += n
				if d := n - counts[0][class]; d < -1 || d > 1 {
					t.Errorf("class counts %v", counts)
				}
			}
		}
		if slices.Max(sizes)-slices.Min(sizes) > 1 {
			t.Errorf("fold sizes %v", sizes)
		}
	}
}

func TestGroupKFoldReference(t *testing.T) {
	t.Parallel()
	for _, tt := range loadReference(t).Group {
		folds, err := GroupKFold(tt.Groups, tt.K, 5)
		if err != nil {
			t.Fatal(err)
		}
		checkGroups(t, folds, tt.Groups)
		sizes := make([]int, tt.K)
		for _, f := range folds {
			sizes[f]++
		}
		slices.Sort(sizes)
		if d := cmp.Diff(tt.Sizes, sizes); d != "" {
			t.Error(d)
		}
	}
}

// With the groups in scikit-learn's order, sorted, the folds are its folds. The
// seed only changes that order.
func TestStratifiedGroupKFoldReference(t *testing.T) {
	t.Parallel()
	for _, tt := range loadReference(t).StratifiedGroup {
		class, kinds := classes(tt.Labels)
		rows := rowsOf(tt.Groups, slices.Max(tt.Groups)+1)
		rows = slices.DeleteFunc(rows, func(r []int) bool { return len(r) == 0 })
		if d := cmp.Diff(tt.Folds, newDealer(class, len(kinds), tt.K).deal(rows, class)); d != "" {
			t.Error(d)
		}
		names := make([]string, len(tt.Groups))
		for i, g := range tt.Groups {
			names[i] = fmt.Sprint(g)
		}
		folds, err := StratifiedGroupKFold(tt.Labels, names, tt.K, 5)
		if err != nil {
			t.Fatal(err)
		}
		checkGroups(t, folds, names)
	}
}

func checkGroups(t *testing.T, folds []int, groups []string) {
	t.Helper()
	of := map[string]int{}
	for i, g := range groups {
		if f, ok := of[g]; ok && f != folds[i] {
			t.Fatalf("group %s is in folds %d and %d", g, f, folds[i])
		}
		of[g] = folds[i]
	}
}

func TestFoldsFollowTheSeed(t *testing.T) {
	t.Parallel()
	labels, groups := make([]int, 120), make([]string, 120)
	for i := range labels {
		labels[i], groups[i] = i%4, fmt.Sprint(i/3)
	}
	for name, fn := range map[string]func(uint64) ([]int, error){
		"k":                func(s uint64) ([]int, error) { return KFold(120, 4, s) },
		"stratified":       func(s uint64) ([]int, error) { return StratifiedKFold(labels, 4, s) },
		"group":            func(s uint64) ([]int, error) { return GroupKFold(groups, 4, s) },
		"stratified group": func(s uint64) ([]int, error) { return StratifiedGroupKFold(labels, groups, 4, s) },
	} {
		a, err := fn(1)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := fn(1)
		c, _ := fn(2)
		if !slices.Equal(a, b) || slices.Equal(a, c) {
			t.Errorf("%s: the same seed gives other folds, or another the same", name)
		}
	}
}

func TestFoldErrors(t *testing.T) {
	t.Parallel()
	errOf := func(_ []int, err error) error { return err }
	for _, tt := range []struct {
		err  error
		want string
	}{
		{errOf(KFold(10, 1, 0)), "want at least 2 folds, got 1"},
		{errOf(KFold(3, 4, 0)), "want at least 4 rows for 4 folds, got 3"},
		{errOf(StratifiedKFold([]int{7, 7, 7, 9, 9, 7}, 3, 0)), "want at least 3 rows of each class for 3 folds, got 2 of class 9"},
		{errOf(GroupKFold([]string{"a", "b", "a"}, 3, 0)), "want at least 3 groups for 3 folds, got 2"},
		{errOf(StratifiedGroupKFold([]int{1}, []string{"a", "b"}, 2, 0)), "want a group for each of 1 labels, got 2"},
		{errOf(StratifiedGroupKFold([]int{1, 1, 2}, []string{"a", "b", "c"}, 2, 0)), "got 1 of class 2"},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) || fault.KindOf(tt.err) != fault.Usage {
			t.Errorf("got %v, want %s", tt.err, tt.want)
		}
	}
}

func TestDeviation(t *testing.T) {
	t.Parallel()
	if got := deviation([]float64{2, 4, 4, 4, 5, 5, 7, 9}); math.Abs(got-2) > 1e-12 {
		t.Errorf("got %v, want 2", got)
	}
}

// Whole groups, about the share, in whatever order and of whatever sizes.
func TestHoldGroups(t *testing.T) {
	t.Parallel()
	for root := range uint64(50) {
		var groups []int
		for g := range 12 {
			for range 1 + (g*7)%9 {
				groups = append(groups, 100+g)
			}
		}
		held := HoldGroups(groups, 0.2, root)
		of, n := map[int]bool{}, 0
		for row, out := range held {
			if was, ok := of[groups[row]]; ok && was != out {
				t.Fatalf("seed %d: group %d is parted", root, groups[row])
			}
			if of[groups[row]] = out; out {
				n++
			}
		}
		if share := float64(n) / float64(len(held)); share < 0.1 || share > 0.3 {
			t.Errorf("seed %d: %.2f held, want about 0.2", root, share)
		}
	}
	if held := HoldGroups([]int{4, 4, 4, 4}, 0.25, 1); slices.Equal(held, make([]bool, 4)) || !slices.Contains(held, false) {
		t.Errorf("of one group: %v", held)
	}
	for _, share := range []float64{0.01, 0.5} {
		if held := HoldGroups([]int{3, 8, 3, 8}, share, 1); held[0] != held[2] || held[1] != held[3] || held[0] == held[1] {
			t.Errorf("of two groups, with %v: %v", share, held)
		}
	}
}
