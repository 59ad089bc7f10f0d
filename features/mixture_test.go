package features

import (
	"context"
	"iter"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// span is the numbers from lo to below hi.
func span(lo, hi int) (rows []int) {
	for r := lo; r < hi; r++ {
		rows = append(rows, r)
	}
	return rows
}

// Largest remainders: the numbers are those of seats by Hamilton's method.
func TestMixtureCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shares []float64
		n      int
		want   []int
	}{
		{[]float64{44. / 64, 16. / 64, 4. / 64}, 64, []int{44, 16, 4}},
		{[]float64{44. / 64, 16. / 64, 4. / 64}, 32, []int{22, 8, 2}},
		{[]float64{44. / 64, 16. / 64, 4. / 64}, 10, []int{7, 2, 1}}, // 6.875, 2.5, 0.625
		{[]float64{44. / 64, 16. / 64, 4. / 64}, 1, []int{1, 0, 0}},
		{[]float64{0.67, 0.33}, 64, []int{43, 21}}, // 42.88, 21.12
		{[]float64{0.5, 0.5}, 3, []int{2, 1}},      // the first of equals
		{[]float64{1. / 3, 1. / 3, 1. / 3}, 9, []int{3, 3, 3}},
		{[]float64{0.9, 0.1}, 0, []int{0, 0}},
	} {
		m := &Mixture{}
		for _, s := range c.shares {
			m.Sources = append(m.Sources, Source{Share: s})
		}
		if got := m.Counts(c.n); !slices.Equal(got, c.want) {
			t.Errorf("%v of %d: got %v, want %v", c.shares, c.n, got, c.want)
		}
	}
}

// Every batch has its share of each source, whatever the epoch; each source goes
// round: no row comes again before all others of it have come, over epochs too, and
// an epoch is once through the first.
func TestMixtureDeals(t *testing.T) {
	t.Parallel()
	m := &Mixture{Sources: []Source{{span(0, 100), 44. / 64}, {span(100, 431), 16. / 64}, {span(500, 507), 4. / 64}}}
	m.Rows = m.Once()
	if m.Rows != 145 { // 100 * 64 / 44
		t.Fatalf("%d rows an epoch", m.Rows)
	}
	const batch = 32
	var dealt [3][]int
	for epoch := range 9 {
		rows := m.deal(7, epoch, batch)
		if again := m.deal(7, epoch, batch); !slices.Equal(rows, again) || len(rows) != m.Rows {
			t.Fatalf("epoch %d: %d rows, then others", epoch, len(rows))
		}
		if slices.Equal(rows, m.deal(8, epoch, batch)) || slices.Equal(rows, m.deal(7, epoch+1, batch)) {
			t.Errorf("epoch %d is that of another seed or the next one", epoch)
		}
		for at := 0; at < len(rows); at += batch {
			got := []int{0, 0, 0}
			for _, r := range rows[at:min(at+batch, len(rows))] {
				of := slices.IndexFunc(m.Sources, func(s Source) bool { return slices.Contains(s.Rows, r) })
				got[of]++
				dealt[of] = append(dealt[of], r)
			}
			if want := m.Counts(min(batch, len(rows)-at)); !slices.Equal(got, want) {
				t.Errorf("epoch %d, row %d: %v rows of each, want %v", epoch, at, got, want)
			}
		}
	}
	for i, s := range m.Sources {
		times := map[int]int{}
		for _, r := range dealt[i] {
			times[r]++
		}
		least, most := len(dealt[i]), 0
		for _, r := range s.Rows {
			least, most = min(least, times[r]), max(most, times[r])
		}
		if most-least > 1 {
			t.Errorf("source %d: rows came %d to %d times", i, least, most)
		}
	}
}

// colours is a folder of n images of 4x4x3 from number first on, of two shards.
func colours(t *testing.T, first, n int) string {
	t.Helper()
	dir := t.TempDir()
	for shard, rows := range [][]int{span(first, first+n/2), span(first+n/2, first+n)} {
		path := filepath.Join(dir, strings.Replace("images-0000N.arrow", "N", string(rune('0'+shard)), 1))
		err := WriteImages(context.Background(), path, 4, 4, 3, func(yield func(Image, error) bool) {
			for _, r := range rows {
				if !yield(Image{ID: "x", Pixels: slices.Repeat([]byte{byte(r)}, 48)}, nil) {
					return
				}
			}
		}, memory.DefaultAllocator)
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// targetsOf are soft labels: row r has 1/(r+2) of class 0, the rest of class 1.
func targetsOf(n int) (y []float32) {
	for r := range n {
		p := 1 / float32(r+2)
		y = append(y, p, 1-p)
	}
	return y
}

// Images of two folders are mixed with their own targets, augmented, and from any
// batch on as from the first.
func TestLoaderOfMixture(t *testing.T) {
	t.Parallel()
	im, err := OpenImages(colours(t, 0, 12), colours(t, 12, 30))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { im.Close() })
	l := &Loader{Images: im, Batch: 8, Classes: 2, Seed: 3, Targets: targetsOf(42),
		Mixture: &Mixture{Sources: []Source{{span(0, 10), 0.5}, {span(12, 42), 0.375}, {span(10, 12), 0.125}}, Rows: 20}}
	for epoch := range 4 {
		batches := collect(t, l.Epoch(t.Context(), epoch))
		if len(batches) != 3 || l.Len() != 20 || batches[2].N != 4 {
			t.Fatalf("%d batches, the last of %d", len(batches), batches[len(batches)-1].N)
		}
		for _, b := range batches {
			for i, row := range b.Rows {
				if got := b.X[i*48]; got != float32(float32(row)*(1./255)) {
					t.Fatalf("row %d has the pixels of %v", row, got*255)
				}
				if !slices.Equal(b.Y[2*i:2*i+2], l.Targets[2*row:2*row+2]) {
					t.Fatalf("row %d has the target %v", row, b.Y[2*i:2*i+2])
				}
			}
		}
		l.Augment = &Augment{Brightness: 0.5, MixUp: 0.4}
		mixed := collect(t, l.Epoch(t.Context(), epoch))
		if equal(mixed, batches) {
			t.Error("nothing is augmented")
		}
		if rest := collect(t, l.EpochFrom(t.Context(), epoch, 1)); !equal(rest, mixed[1:]) {
			t.Errorf("epoch %d: from batch 1 on it is another", epoch)
		}
		for _, b := range mixed { // soft targets are mixed as pixels are
			for i := range b.N {
				if sum := b.Y[2*i] + b.Y[2*i+1]; math.Abs(float64(sum)-1) > 1e-6 {
					t.Errorf("mixed targets %v", b.Y[2*i:2*i+2])
				}
			}
		}
		l.Augment = nil
	}
}

// A row that a mixture deals twice in an epoch is two views.
func TestMixtureAugmentsAnew(t *testing.T) {
	t.Parallel()
	l := &Loader{Images: shard(t, 2, 6, 5, 1), Batch: 2, Classes: 2, Targets: targetsOf(2), Augment: &Augment{Rotate: 90},
		Mixture: &Mixture{Sources: []Source{{span(0, 1), 0.5}, {span(1, 2), 0.5}}, Rows: 4}}
	batches := collect(t, l.Epoch(t.Context(), 0))
	first := func(b Batch) []float32 { at := slices.Index(b.Rows, 0); return b.X[30*at : 30*at+30] }
	if slices.Equal(first(batches[0]), first(batches[1])) {
		t.Error("the same view twice")
	}
}

func TestVectorLoaderOfMixture(t *testing.T) {
	t.Parallel()
	var dirs []string
	for _, rows := range [][]int{span(0, 12), span(12, 42)} {
		dir := t.TempDir()
		var x []float32
		for _, r := range rows {
			x = append(x, float32(r), -float32(r))
		}
		if err := WriteVectors(filepath.Join(dir, VectorShard(0)), [3]int{1, 1, 2}, x); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	v, err := OpenVectors(dirs[0], dirs[1])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	l := &VectorLoader{Passes: []*Vectors{v}, Batch: 8, Classes: 2, Seed: 3, Targets: targetsOf(42),
		Mixture: &Mixture{Sources: []Source{{span(0, 10), 0.5}, {span(12, 42), 0.5}}, Rows: 20}}
	batches := collect(t, l.EpochFrom(t.Context(), 1, 0))
	if len(batches) != 3 || batches[2].N != 4 {
		t.Fatalf("%d batches", len(batches))
	}
	for _, b := range batches {
		for i, row := range b.Rows {
			if b.X[2*i] != float32(row) || !slices.Equal(b.Y[2*i:2*i+2], l.Targets[2*row:2*row+2]) {
				t.Fatalf("row %d has %v and the target %v", row, b.X[2*i:2*i+2], b.Y[2*i:2*i+2])
			}
		}
	}
	if rest := collect(t, l.EpochFrom(t.Context(), 1, 2)); !equal(rest, batches[2:]) {
		t.Error("from batch 2 on it is another")
	}
	l.Targets[2*13], l.Targets[2*13+1], l.Mixture.Rows = 0, 0, 60 // all rows in an epoch
	for _, err = range l.EpochFrom(t.Context(), 0, 0) {
		break
	}
	if err == nil || !strings.Contains(err.Error(), "row 13: want probabilities that sum to 1, got 0") {
		t.Errorf("a row without a target: %v", err)
	}
	l.Mixture.Sources[1].Rows = nil
	for _, err = range l.EpochFrom(t.Context(), 0, 0) {
		break
	}
	if err == nil || !strings.Contains(err.Error(), "source 1: want rows") {
		t.Errorf("a source without rows: %v", err)
	}
}

// Folders that do not fit together are no one set of rows.
func TestOpenTogether(t *testing.T) {
	t.Parallel()
	a, b := t.TempDir(), t.TempDir()
	for dir, shape := range map[string][3]int{a: {1, 1, 2}, b: {1, 1, 3}} {
		if err := WriteVectors(filepath.Join(dir, VectorShard(0)), shape, make([]float32, 6)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := OpenVectors(a, b); err == nil || !strings.Contains(err.Error(), "want rows of [1 1 2]") {
		t.Errorf("features of two shapes: %v", err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenImages(colours(t, 0, 4), empty); err == nil || !strings.Contains(err.Error(), "no image shards") {
		t.Errorf("images and an empty folder: %v", err)
	}
}

// An epoch's memory does not grow with the rows that it is mixed of, but for a few
// bytes each: pixels and features stay in the map. Not parallel: others' memory would
// count.
func TestMixtureMemory(t *testing.T) {
	const size, train, few, many = 768, 200, 1000, 9000
	for name, open := range map[string]func(dir string, n int) func(epoch int) iter.Seq2[Batch, error]{
		"features": func(dir string, n int) func(int) iter.Seq2[Batch, error] {
			if err := WriteVectors(filepath.Join(dir, VectorShard(0)), [3]int{1, 1, size}, make([]float32, size*n)); err != nil {
				t.Fatal(err)
			}
			v, err := OpenVectors(dir)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { v.Close() })
			l := &VectorLoader{Passes: []*Vectors{v}, Batch: 16, Classes: 2, Seed: 3, Targets: targetsOf(n), Mixture: halves(train, n)}
			return func(epoch int) iter.Seq2[Batch, error] { return l.EpochFrom(t.Context(), epoch, 0) }
		},
		"photos": func(dir string, n int) func(int) iter.Seq2[Batch, error] {
			grey := make([]byte, size)
			err := WriteImages(t.Context(), filepath.Join(dir, "images-00000.arrow"), 16, 16, 3, func(yield func(Image, error) bool) {
				for range n {
					if !yield(Image{ID: "x", Pixels: grey}, nil) {
						return
					}
				}
			}, memory.DefaultAllocator)
			if err != nil {
				t.Fatal(err)
			}
			im, err := OpenImages(dir)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { im.Close() })
			l := &Loader{Images: im, Batch: 16, Classes: 2, Seed: 3, Targets: targetsOf(n), Mixture: halves(train, n), Workers: 2}
			return func(epoch int) iter.Seq2[Batch, error] { return l.Epoch(t.Context(), epoch) }
		},
	} {
		var taken [2]uint64
		for i, test := range []int{few, many} {
			epoch := open(t.TempDir(), train+test)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			seen := 0
			for b, err := range epoch(0) {
				if err != nil {
					t.Fatal(err)
				}
				seen += b.N
			}
			runtime.ReadMemStats(&after)
			if taken[i] = after.TotalAlloc - before.TotalAlloc; seen != 2*(train+test) {
				t.Fatalf("%d rows", seen)
			}
		}
		if more := int64(taken[1]) - int64(taken[0]); more > 100*(many-few) {
			t.Errorf("%s: %d bytes with %d rows, %d with %d: want at most 100 a row, which has %d values", name, taken[0], few, taken[1], many, size)
		}
	}
}

// halves is a mixture of n rows that goes through all of them in an epoch, half of each
// batch from the first.
func halves(first, n int) *Mixture {
	return &Mixture{Sources: []Source{{span(0, first), 0.5}, {span(first, n), 0.5}}, Rows: 2 * n}
}
