package features_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/features"
)

// writeVectors writes n rows of the shape, of which value j of row i is i + j/size,
// in shards of at most per rows.
func writeVectors(t *testing.T, n, per int, shape [3]int, add float32) *features.Vectors {
	t.Helper()
	dir, size := t.TempDir(), shape[0]*shape[1]*shape[2]
	for shard := 0; shard*per < n; shard++ {
		var x []float32
		for i := shard * per; i < min((shard+1)*per, n); i++ {
			for j := range size {
				x = append(x, add+float32(i)+float32(j)/float32(size))
			}
		}
		if err := features.WriteVectors(filepath.Join(dir, features.VectorShard(shard)), shape, x); err != nil {
			t.Fatal(err)
		}
	}
	v, err := features.OpenVectors(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shape [3]int
		exact bool // float32: else float16, of 11 bits
	}{{[3]int{1, 1, 7}, true}, {[3]int{4, 4, 512}, false}} {
		v := writeVectors(t, 11, 4, c.shape, 0)
		size := c.shape[0] * c.shape[1] * c.shape[2]
		if v.N() != 11 || v.Shape() != c.shape || v.Size() != size {
			t.Fatalf("%d rows of %v", v.N(), v.Shape())
		}
		row := make([]float32, size)
		for i := range v.N() {
			v.Row(i, row)
			for j, got := range row {
				want := float32(i) + float32(j)/float32(size)
				if d := math.Abs(float64(got - want)); d > 0 && (c.exact || d > float64(want)/2048+1e-7) {
					t.Fatalf("%v: row %d value %d: got %v, want %v", c.shape, i, j, got, want)
				}
			}
		}
	}
}

func TestVectorsRefuse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := features.OpenVectors(dir); err == nil || !strings.Contains(err.Error(), "no shards") {
		t.Errorf("empty folder: %v", err)
	}
	path := filepath.Join(dir, features.VectorShard(0))
	if err := features.WriteVectors(path, [3]int{1, 1, 4}, make([]float32, 7)); err == nil {
		t.Error("7 values are no rows of 4")
	}
	if err := features.WriteVectors(path, [3]int{1, 1, 4}, make([]float32, 8)); err != nil {
		t.Fatal(err)
	}
	if err := features.WriteVectors(filepath.Join(dir, features.VectorShard(1)), [3]int{1, 1, 2}, make([]float32, 8)); err != nil {
		t.Fatal(err)
	}
	if _, err := features.OpenVectors(dir); err == nil || !strings.Contains(err.Error(), "want rows of [1 1 4]") {
		t.Errorf("two shapes: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, features.VectorShard(1)), []byte("ARROW1 and no more than that"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := features.OpenVectors(dir); err == nil {
		t.Error("a damaged shard is opened")
	}
}

// An epoch reads its own pass, every row once, and goes on from any batch.
func TestVectorLoader(t *testing.T) {
	t.Parallel()
	shape := [3]int{1, 1, 2}
	l := features.VectorLoader{Passes: []*features.Vectors{writeVectors(t, 10, 4, shape, 0), writeVectors(t, 10, 10, shape, 100)},
		Rows: []int{0, 2, 4, 5, 6, 8, 9}, Labels: []int{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, Classes: 2, Batch: 3, Shuffle: true, Seed: 5}
	epoch := func(e, first int) (rows []int) {
		for b, err := range l.EpochFrom(t.Context(), e, first) {
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range b.Rows {
				rows = append(rows, r)
				if want := float32(r + 100*(e%2)); b.X[2*i] != want || b.X[2*i+1] != want+0.5 {
					t.Errorf("epoch %d: row %d is %v", e, r, b.X[2*i:2*i+2])
				}
				if b.Y[2*i+r%2] != 1 || b.Y[2*i+1-r%2] != 0 {
					t.Errorf("row %d has the target %v", r, b.Y[2*i:2*i+2])
				}
			}
		}
		return rows
	}
	first, second := epoch(0, 0), epoch(1, 0)
	if slices.Equal(first, second) || slices.Equal(first, l.Rows) {
		t.Errorf("the orders of two epochs: %v, %v", first, second)
	}
	if got := epoch(1, 1); !slices.Equal(got, second[3:]) {
		t.Errorf("from batch 1: %v, want %v", got, second[3:])
	}
	slices.Sort(first)
	if !slices.Equal(first, l.Rows) {
		t.Errorf("an epoch of %v", first)
	}
	var all []int
	for b := range l.Predict(t.Context(), 1) {
		all = append(all, b.Rows...)
	}
	if !slices.Equal(all, l.Rows) {
		t.Errorf("predicts %v", all)
	}
}

func TestVectorLoaderRefuses(t *testing.T) {
	t.Parallel()
	v := writeVectors(t, 4, 4, [3]int{1, 1, 2}, 0)
	good := features.VectorLoader{Passes: []*features.Vectors{v}, Rows: []int{0, 3}, Labels: []int{0, 1, 0, 1}, Classes: 2, Batch: 2}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for name, change := range map[string]func(*features.VectorLoader) context.Context{
		"row":   func(l *features.VectorLoader) context.Context { l.Rows = []int{4}; return t.Context() },
		"label": func(l *features.VectorLoader) context.Context { l.Classes = 1; return t.Context() },
		"fewer labels": func(l *features.VectorLoader) context.Context {
			l.Labels = l.Labels[:2]
			return t.Context()
		},
		"passes": func(l *features.VectorLoader) context.Context {
			l.Passes = append(l.Passes, writeVectors(t, 5, 5, [3]int{1, 1, 2}, 0))
			return t.Context()
		},
		"cancelled": func(*features.VectorLoader) context.Context { return done },
	} {
		l := good
		ctx := change(&l)
		var got error
		for _, err := range l.EpochFrom(ctx, 0, 0) {
			got = errors.Join(got, err)
		}
		if got == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestHold(t *testing.T) {
	t.Parallel()
	labels := make([]int, 101)
	for i := range 80 {
		labels[i] = 1
	}
	labels[100] = 2 // the only one of its class
	held := features.Hold(labels, 0.1, 7)
	counts := map[int]int{}
	for i, h := range held {
		if h {
			counts[labels[i]]++
		}
	}
	if counts[1] != 8 || counts[0] != 2 || counts[2] != 0 {
		t.Errorf("held %v", counts)
	}
	if !slices.Equal(held, features.Hold(labels, 0.1, 7)) || slices.Equal(held, features.Hold(labels, 0.1, 8)) {
		t.Error("the draw is not the seed's")
	}
}
