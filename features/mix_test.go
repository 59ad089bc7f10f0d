package features

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// mixable is a batch of n images whose pixels all are their number, with labels.
func mixable(n, h, w int) (x, y []float32) {
	x, y = make([]float32, n*h*w*3), make([]float32, n*n)
	for i := range n {
		for j := range h * w * 3 {
			x[i*h*w*3+j] = float32(i)
		}
		y[i*n+i] = 1
	}
	return x, y
}

// Pixels and labels are mixed in the same proportion, and nothing is lost.
func TestMix(t *testing.T) {
	t.Parallel()
	const n, h, w = 7, 12, 10
	for name, a := range map[string]Augment{"mixup": {MixUp: 0.4}, "cutmix": {CutMix: 1}, "both": {MixUp: 0.2, CutMix: 1}} {
		for batch := range uint64(30) {
			x, y := mixable(n, h, w)
			a.mix(x, y, n, h, w, 3, seed.Mix(5, batch))
			for i := range n {
				j := n - 1 - i
				own, other := y[i*n+i], y[i*n+j]
				if i == j {
					other = 0
				}
				if d := math.Abs(float64(own+other) - 1); d > 1e-6 {
					t.Fatalf("%s: labels of image %d: %v", name, i, y[i*n:(i+1)*n])
				}
				var sum float64
				for _, v := range x[i*h*w*3 : (i+1)*h*w*3] {
					sum += float64(v)
				}
				if got, want := sum/(h*w*3), float64(own)*float64(i)+float64(other)*float64(j); math.Abs(got-want) > 1e-4 {
					t.Fatalf("%s: image %d is %g in the mean, its labels say %g", name, i, got, want)
				}
			}
		}
	}
}

// Beta(a, a) has the mean 1/2 and the variance 1/(4 (2a+1)).
func TestBeta(t *testing.T) {
	t.Parallel()
	for _, alpha := range []float64{0.05, 0.2, 1, 4} {
		r := stream(7)
		var sum, squares float64
		const n = 50_000
		for range n {
			v := beta(alpha, &r)
			if !(v >= 0 && v <= 1) {
				t.Fatal(v)
			}
			sum += v
			squares += (v - .5) * (v - .5)
		}
		if mean, variance, want := sum/n, squares/n, 1/(4*(2*alpha+1)); math.Abs(mean-.5) > .01 || math.Abs(variance-want) > .005 {
			t.Errorf("alpha %g: mean %.3f, variance %.4f, want 0.5 and %.4f", alpha, mean, variance, want)
		}
	}
}

// A loader mixes what it trains on, the same whatever the number of workers, and
// leaves predictions alone.
func TestLoaderMixes(t *testing.T) {
	t.Parallel()
	im := shard(t, 23, 6, 5, 3)
	var want []float32
	for _, workers := range []int{1, 4} {
		l := &Loader{Images: im, Classes: 3, Batch: 8, Shuffle: true, Augment: &Augment{MixUp: 0.4, CutMix: 1}, Seed: 3, Workers: workers}
		var got []float32
		soft := false
		for b, err := range l.Epoch(t.Context(), 2) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(append(got, b.X...), b.Y...)
			for _, v := range b.Y {
				soft = soft || v > 0 && v < 1
			}
		}
		if !soft {
			t.Error("no label is soft")
		}
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d workers give other batches", workers)
		}
	}
	plain := &Loader{Images: im, Batch: 8}
	mixed := &Loader{Images: im, Batch: 8, Augment: &Augment{MixUp: 0.4}, Seed: 3}
	var a, b []float32
	for batch, err := range plain.Predict(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		a = append(a, batch.X...)
	}
	for batch, err := range mixed.Predict(t.Context(), 1) {
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, batch.X...)
	}
	if !slices.Equal(a, b) {
		t.Error("predictions are mixed")
	}
}
