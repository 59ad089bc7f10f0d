package train

import (
	"slices"
	"strings"
	"testing"
)

// collect copies the batches of an iteration.
func collect(t *testing.T, d Dataset, epoch, skip int) (out []Batch) {
	t.Helper()
	for b, err := range batches(t.Context(), d, epoch, skip) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Batch{X: slices.Clone(b.X), Y: slices.Clone(b.Y), N: b.N, Extra: slices.Clone(b.Extra), Boxes: slices.Clone(b.Boxes), HasBox: slices.Clone(b.HasBox)})
	}
	return out
}

// TestSkip: the rest of an epoch is the same whether the dataset can begin in
// the middle or not.
func TestSkip(t *testing.T) {
	t.Parallel()
	data := bars(40, 16, 1)
	whole := collect(t, data, 3, 0)
	if len(whole) != 3 || whole[2].N != 8 {
		t.Fatalf("want 3 batches, the last of 8 images, got %d", len(whole))
	}
	for skip := range 4 {
		for _, d := range []Dataset{data, plain{data}} {
			rest := collect(t, d, 3, skip)
			if len(rest) != 3-skip {
				t.Fatalf("%T without %d batches: %d are left", d, skip, len(rest))
			}
			for i := range rest {
				if !slices.Equal(rest[i].X, whole[skip+i].X) || !slices.Equal(rest[i].Y, whole[skip+i].Y) {
					t.Errorf("%T without %d batches: batch %d differs", d, skip, i)
				}
			}
		}
	}
}

// TestMemory: an epoch has every image once, with its label, in another order
// than the epoch before.
func TestMemory(t *testing.T) {
	t.Parallel()
	data := bars(40, 16, 1)
	var firsts []float32
	for epoch := range 2 {
		seen := map[float32]bool{}
		for _, b := range collect(t, data, epoch, 0) {
			for i := range b.N {
				x := b.X[i*side*side]
				row := -1
				for r := range data.Labels {
					if data.X[r*side*side] == x {
						row = r
					}
				}
				if row < 0 || seen[x] {
					t.Fatalf("epoch %d: an image that is not there, or twice", epoch)
				}
				seen[x] = true
				if got := likeliest(b.Y[i*3 : i*3+3]); got != data.Labels[row] {
					t.Errorf("image %d: want class %d, got %d", row, data.Labels[row], got)
				}
			}
		}
		if len(seen) != 40 {
			t.Errorf("epoch %d: want 40 images, got %d", epoch, len(seen))
		}
		firsts = append(firsts, collect(t, data, epoch, 0)[0].X[0])
	}
	if firsts[0] == firsts[1] {
		t.Error("two epochs begin with the same image")
	}
}

func TestMemoryErrors(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]*Memory{
		"image 1: want a class from 0 to 2, got 3": {X: make([]float32, 8), Labels: []int{0, 3}, Classes: 3, Batch: 2},
		"7 values for 2 images in batches of 2":    {X: make([]float32, 7), Labels: []int{0, 1}, Classes: 3, Batch: 2},
		"8 values for 2 images in batches of 0":    {X: make([]float32, 8), Labels: []int{0, 1}, Classes: 3},
	} {
		n := 0
		for _, err := range m.Epoch(t.Context(), 0) {
			n++
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("want an error with %q, got %v", want, err)
			}
		}
		if n != 1 {
			t.Errorf("want one error with %q, got %d batches", want, n)
		}
	}
}
