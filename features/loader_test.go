package features

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// collect copies an epoch.
func collect(t *testing.T, batches iter.Seq2[Batch, error]) (out []Batch) {
	t.Helper()
	for b, err := range batches {
		if err != nil {
			t.Fatal(err)
		}
		if len(b.X) == 0 || len(b.Rows) != b.N {
			t.Fatalf("batch of %d images, %d values, rows %v", b.N, len(b.X), b.Rows)
		}
		out = append(out, Batch{slices.Clone(b.X), slices.Clone(b.Y), b.N, slices.Clone(b.Rows)})
	}
	return out
}

func equal(a, b []Batch) bool {
	return slices.EqualFunc(a, b, func(a, b Batch) bool {
		return slices.Equal(a.X, b.X) && slices.Equal(a.Y, b.Y) && slices.Equal(a.Rows, b.Rows)
	})
}

func testLoader(t testing.TB) *Loader {
	return &Loader{
		Images: shard(t, 53, 6, 5, 1), Classes: 3, Batch: 8, Shuffle: true, Seed: 4,
		Augment: &Augment{Rotate: 20, ShiftX: .2, Zoom: .1}, Norm: Normalize{Mean: []float32{.5}, Std: []float32{.2}},
	}
}

func TestEpoch(t *testing.T) {
	t.Parallel()
	l := testLoader(t)
	l.Augment = nil
	batches := collect(t, l.Epoch(t.Context(), 2))
	if len(batches) != 7 || l.Batches() != 7 || batches[6].N != 5 || l.Len() != 53 {
		t.Fatalf("%d batches, the last of %d", len(batches), batches[len(batches)-1].N)
	}
	var seen []int
	want := make([]float32, 30)
	for _, b := range batches {
		for i, row := range b.Rows {
			l.Norm.Apply(want, l.Images.Pixels(row), 1)
			if !slices.Equal(want, b.X[i*30:(i+1)*30]) {
				t.Fatalf("row %d has other pixels", row)
			}
			hot := make([]float32, 3)
			hot[row%3] = 1
			if !slices.Equal(hot, b.Y[i*3:(i+1)*3]) {
				t.Fatalf("row %d has target %v", row, b.Y[i*3:(i+1)*3])
			}
		}
		seen = append(seen, b.Rows...)
	}
	if slices.IsSorted(seen) {
		t.Error("the rows are not shuffled")
	}
	slices.Sort(seen)
	for i, r := range seen {
		if i != r {
			t.Fatalf("rows seen: %v", seen)
		}
	}
	l.DropLast = true
	if got := collect(t, l.Epoch(t.Context(), 2)); len(got) != 6 || l.Len() != 48 || !equal(got, batches[:6]) {
		t.Errorf("without the last: %d batches", len(got))
	}
}

// Neither the number of workers nor what was loaded before changes anything; the
// epoch and the seed do.
func TestEpochIsReproducible(t *testing.T) {
	t.Parallel()
	l := testLoader(t)
	l.Workers, l.Ahead = 1, 1
	want := collect(t, l.Epoch(t.Context(), 3))
	for _, w := range [][2]int{{1, 5}, {2, 1}, {4, 3}, {9, 100}} {
		l.Workers, l.Ahead = w[0], w[1]
		if !equal(want, collect(t, l.Epoch(t.Context(), 3))) {
			t.Errorf("%d workers, %d ahead: other batches", w[0], w[1])
		}
	}
	if equal(want, collect(t, l.Epoch(t.Context(), 4))) {
		t.Error("another epoch is the same")
	}
	for first := range 8 {
		if got := collect(t, l.EpochFrom(t.Context(), 3, first)); !equal(want[first:], got) {
			t.Errorf("from batch %d on: other batches", first)
		}
	}
	// A row looks the same in an epoch wherever it stands.
	l.Rows, l.Shuffle = []int{want[0].Rows[2]}, false
	if got := collect(t, l.Epoch(t.Context(), 3)); !slices.Equal(got[0].X, want[0].X[60:90]) {
		t.Error("pixels depend on the place in the epoch")
	}
	l.Seed++
	if got := collect(t, l.Epoch(t.Context(), 3)); slices.Equal(got[0].X, want[0].X[60:90]) {
		t.Error("another seed is the same")
	}
}

// What is ahead of the consumer fits the memory that it may take, but for the two
// batches that there always are.
func TestAhead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		batch  int
		memory int64
		want   int
	}{
		{1, 0, 8}, {10, 3 * 1200, 3}, {10, 4*1200 - 1, 3}, {10, 1, 2}, {1 << 20, 0, 2},
	} {
		l := testLoader(t)
		l.Batch, l.Memory = tt.batch, tt.memory
		if got := l.ahead(); got != tt.want {
			t.Errorf("batches of %d images of 30 pixels in %d bytes: %d at a time, want %d", tt.batch, tt.memory, got, tt.want)
		}
	}
}

func TestPredict(t *testing.T) {
	t.Parallel()
	l := testLoader(t)
	l.Rows, l.Labels = []int{9, 3, 3, 52}, nil
	plain := collect(t, l.Predict(t.Context(), 0))
	want := make([]float32, 30)
	for i, row := range l.Rows {
		l.Norm.Apply(want, l.Images.Pixels(row), 1)
		if !slices.Equal(want, plain[0].X[i*30:(i+1)*30]) {
			t.Errorf("pass 0 moves row %d", row)
		}
	}
	if plain[0].Y != nil || !slices.Equal(plain[0].Rows, l.Rows) {
		t.Errorf("targets %v, rows %v", plain[0].Y, plain[0].Rows)
	}
	one, two := collect(t, l.Predict(t.Context(), 1)), collect(t, l.Predict(t.Context(), 2))
	if equal(one, two) || equal(one, plain) || !equal(one, collect(t, l.Predict(t.Context(), 1))) {
		t.Error("passes are not views of their own")
	}
}

// Leaving the loop, a cancelled context and a panicking consumer all stop the
// workers: synctest fails if a goroutine is left.
func TestEpochStops(t *testing.T) {
	t.Parallel()
	l := testLoader(t)
	l.Workers = 3
	synctest.Test(t, func(t *testing.T) {
		for range l.Epoch(t.Context(), 0) {
			break
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		n := 0
		var last error
		for _, err := range l.Epoch(ctx, 0) {
			if n++; n == 2 {
				cancel()
			}
			last = err
		}
		if !errors.Is(last, context.Canceled) || n != 3 {
			t.Errorf("%d steps, then %v", n, last)
		}
		func() {
			defer func() { _ = recover() }()
			for range l.Epoch(t.Context(), 0) {
				panic("consumer")
			}
		}()
	})
}

func TestLoaderErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		change func(*Loader)
		want   string
	}{
		{func(l *Loader) { l.Images = nil }, "no images"},
		{func(l *Loader) { l.Rows = []int{0, 53} }, "want rows in 0..52, got 53"},
		{func(l *Loader) { l.Classes, l.Shuffle = 2, false }, `image "im2": want a label in 0..1, got 2`},
		{func(l *Loader) { l.Labels = []int{1} }, "want a label for each of 53 images, got 1"},
		{func(l *Loader) { l.Augment = &Augment{Zoom: 2} }, "zoom"},
		{func(l *Loader) { l.Norm = Normalize{Mean: []float32{1, 2}, Std: []float32{1, 2}} }, "of 1 channels, got 2 and 2"},
		{func(l *Loader) { l.Norm = Normalize{Mean: []float32{1}, Std: []float32{0}} }, "above 0"},
	} {
		l := testLoader(t)
		tt.change(l)
		n := 0
		for _, err := range l.Epoch(t.Context(), 0) {
			if n++; err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d steps", tt.want, n)
		}
	}
	l := testLoader(t)
	l.Rows = []int{}
	if got := collect(t, l.Epoch(t.Context(), 0)); len(got) != 0 {
		t.Errorf("no rows: %d batches", len(got))
	}
}

// A longer epoch allocates no more than a short one.
func TestEpochReusesMemory(t *testing.T) {
	l := testLoader(t)
	l.Batch, l.Workers, l.Ahead, l.Shuffle = 1, 1, 2, false
	allocs := func(rows int) float64 {
		l.Rows = make([]int, rows)
		return testing.AllocsPerRun(5, func() {
			for range l.Epoch(context.Background(), 0) {
			}
		})
	}
	if a, b := allocs(10), allocs(1000); b > a+5 {
		t.Errorf("10 batches: %g allocations, 1000 batches: %g", a, b)
	}
}

func BenchmarkLoader28(b *testing.B) {
	l := &Loader{Images: shard(b, 4096, 28, 28, 1), Classes: 3, Shuffle: true, Augment: &Augment{Rotate: 10, ShiftX: .1, ShiftY: .1, Zoom: .1}}
	epoch := 0
	for b.Loop() {
		for _, err := range l.Epoch(context.Background(), epoch) {
			if err != nil {
				b.Fatal(err)
			}
		}
		epoch++
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/4096, "us/image")
}
