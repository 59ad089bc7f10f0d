package features

import (
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

func TestShared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		groups, folds []int
		want          []float64
	}{
		{[]int{0, 0, 1, 1}, []int{0, 0, 1, 1}, []float64{0, 0}},
		{[]int{0, 0, 1, 1}, []int{0, 1, 0, 1}, []float64{1, 1}},
		{[]int{5, 5, 5, 2, 9}, []int{0, 0, 1, 0, 2}, []float64{2. / 3, 1, 0, 0}},
	} {
		if got := Shared(c.groups, c.folds, len(c.want)); !slices.Equal(got, c.want) {
			t.Errorf("%v in %v: %v, want %v", c.groups, c.folds, got, c.want)
		}
	}
}

// Nearest is what comparing everything says, split by split.
func TestNearest(t *testing.T) {
	t.Parallel()
	const n = 200
	thumbs := randomThumbs(n)
	r := seed.Rand(1, "folds")
	splits := make([][]int, 3)
	for s := range splits {
		for range n {
			splits[s] = append(splits[s], r.IntN(s+1)) // the first has one fold, so nobody to compare with
		}
	}
	queries := []int{0, 7, 199, 64}
	near, err := thumbs.Nearest(t.Context(), queries, splits...)
	if err != nil {
		t.Fatal(err)
	}
	for s, folds := range splits {
		for k, q := range queries {
			want, least := -1, ThumbCells+1
			for i := range n {
				if apart := thumbs.Apart(q, i); folds[i] != folds[q] && apart < least {
					want, least = i, apart
				}
			}
			if near[s][k] != want {
				t.Errorf("split %d, query %d: %d, want %d", s, q, near[s][k], want)
			}
		}
	}
}
