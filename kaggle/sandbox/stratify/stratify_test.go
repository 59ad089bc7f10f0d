package stratify_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/stratify"
)

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

func TestQuota(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		counts []int
		n      int
		want   []int
	}{
		{[]int{10, 20, 30}, 6, []int{1, 2, 3}},
		{[]int{1, 1, 1}, 2, []int{1, 1, 0}},
		{[]int{5, 0, 5}, 10, []int{5, 0, 5}},
		{[]int{3, 7}, 5, []int{2, 3}},
		{[]int{0, 0}, 0, []int{0, 0}},
		{nil, 0, []int{}},
	} {
		if got := stratify.Quota(c.counts, c.n); !slices.Equal(got, c.want) {
			t.Errorf("Quota(%v, %d) = %v, want %v", c.counts, c.n, got, c.want)
		}
	}
}

// TestRows draws tables: the number of rows is exact, every class keeps one,
// and classes are represented alike.
func TestRows(t *testing.T) {
	t.Parallel()
	r := random(1)
	for range 300 {
		k := 1 + r.IntN(6)
		class := make([]int32, 40+r.IntN(200))
		for i := range class {
			class[i] = int32(r.IntN(k) * r.IntN(2)) // class 0 is the largest, others may be empty
		}
		n := r.IntN(len(class) - k)
		chosen := stratify.Rows(class, k, n, r)
		total, all, in := 0, make([]int, k), make([]int, k)
		for i, c := range class {
			all[c]++
			if chosen[i] {
				in[c]++
				total++
			}
		}
		if total != n {
			t.Fatalf("%d rows chosen, want %d", total, n)
		}
		for c := range k {
			want := float64(all[c]) * float64(n) / float64(len(class))
			if all[c] > 0 && in[c] == all[c] || math.Abs(float64(in[c])-want) > float64(k)+1 {
				t.Fatalf("class %d of %v: %d of %d chosen, want about %.1f", c, all, in[c], all[c], want)
			}
		}
	}
	if got := stratify.Rows([]int32{0, 1, 1}, 2, 2, r); got != nil {
		t.Errorf("more than can be spared: %v", got)
	}
}

// TestGroups: no group on both sides, both sides with at least one, and about
// as many rows as were asked for.
func TestGroups(t *testing.T) {
	t.Parallel()
	r := random(2)
	for range 300 {
		k := 2 + r.IntN(30)
		group := make([]int32, k+r.IntN(300))
		for i := range group {
			group[i] = int32(i % k)
			if i >= k {
				group[i] = int32(r.IntN(k))
			}
		}
		size := make([]int, k)
		for _, g := range group {
			size[g]++
		}
		n := 1 + r.IntN(len(group)-1)
		side, count := map[int32]bool{}, 0
		for i, in := range stratify.Groups(group, k, n, r) {
			if was, ok := side[group[i]]; ok && was != in {
				t.Fatalf("group %d is on both sides", group[i])
			}
			side[group[i]] = in
			if in {
				count++
			}
		}
		if count == 0 || count == len(group) {
			t.Fatalf("%d of %d rows", count, len(group))
		}
		if off := max(count-n, n-count); off > slices.Max(size) {
			t.Errorf("%d rows, want %d, largest group %d", count, n, slices.Max(size))
		}
	}
}

func ExampleRows() {
	class := []int32{0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1} // 4 and 8 rows
	chosen := stratify.Rows(class, 2, 3, random(7))
	counts := [2]int{}
	for i, in := range chosen {
		if in {
			counts[class[i]]++
		}
	}
	fmt.Println(counts)
	// Output: [1 2]
}
