package train

import (
	"iter"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/pretrained/pretrainedtest"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// TestRealTransfer trains on EfficientNet-Lite0 with its ImageNet weights: its
// features are those of its publishers' net (models/pretrained/testdata/lite0.py), and
// with few photos a head on them beats chance clearly, alone, joined with the trunk,
// and after a step or two with the whole net.
func TestRealTransfer(t *testing.T) {
	path := os.Getenv("PODIUM_LITE0")
	if path == "" {
		t.Skip("needs PODIUM_LITE0, the path of efficientnet-lite0-57934424.pth: podium models pull efficientnet_lite0 fetches it")
	}
	e := newEngine(t)
	c := Config{Net: Net{Arch: "efficientnet_lite0", Cut: "pool", Head: []string{"drop 0.2"}},
		Input: [3]int{224, 224, 3}, Classes: 3, Seed: 1, Engine: e, Weights: path}
	publishers(t, c)

	c.Input = [3]int{photoSide, photoSide, 3}
	x, err := Trunk(c)
	if err != nil {
		t.Fatal(err)
	}
	few, unseen := drawn(36, 1), drawn(60, 2)
	head := c
	head.Input, head.Features, head.Weights = x.Shape(), true, ""
	head.Phases = []Phase{{Epochs: 30, Batch: 12, LR: 0.01, Schedule: "one_cycle", Freeze: true}}
	m, _ := mustFit(t, head, inMemory(t, extracted{few, x}))
	right := func(m *Model, in iter.Seq2[Batch, error]) float64 {
		t.Helper()
		p, err := m.Predict(t.Context(), in, 12)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, l := range unseen.Labels {
			if likeliest(p[3*i:3*i+3]) == l {
				sum++
			}
		}
		return sum / float64(unseen.Len())
	}
	alone := right(m, x.Features(t.Context(), inOrder{unseen}.Epoch(t.Context(), 0), 12))

	c.From = filepath.Join(t.TempDir(), "head.safetensors")
	if err := m.Save(c.From); err != nil {
		t.Fatal(err)
	}
	joined, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	whole := right(joined, inOrder{unseen}.Epoch(t.Context(), 0))
	c.Phases = []Phase{{Epochs: 2, Batch: 12, LR: 1e-3, BackboneLR: 0.1, WarmUp: 0.5}}
	m, _ = mustFit(t, c, few)
	on := right(m, inOrder{unseen}.Epoch(t.Context(), 0))
	t.Logf("right of 60 photos, by chance 0.33: head alone %.3f, joined %.3f, trained on %.3f", alone, whole, on)
	if alone < 0.8 || whole != alone || on < 0.8 {
		t.Errorf("right: head alone %.3f, joined %.3f, trained on %.3f; want 0.8, the same, and 0.8", alone, whole, on)
	}
}

// publishers compares the trunk's features with the publishers'.
func publishers(t *testing.T, c Config) {
	t.Helper()
	golden, err := weight.Load("../pretrained/testdata/lite0.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	want, ok := golden.Find("features")
	x, err := Trunk(c)
	if err != nil || !ok || x.Shape() != [3]int{1, 1, 1280} {
		t.Fatalf("features %v, golden %v, %v", x.Shape(), ok, err)
	}
	images := func(yield func(Batch, error) bool) { yield(Batch{X: pretrainedtest.Waves(), N: 2}, nil) }
	for b, err := range x.Features(t.Context(), images, 2) {
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want.Data {
			if d := math.Abs(float64(b.X[i] - w)); !(d < 1e-4*6) { // ReLU6's largest is 6
				t.Fatalf("image %d, feature %d: %v, the publishers' %v", i/1280, i%1280, b.X[i], w)
			}
		}
	}
}

// inMemory has all of one epoch of the features of a dataset's images, in the order
// of that epoch.
func inMemory(t *testing.T, d extracted) *Memory {
	t.Helper()
	m := &Memory{Classes: d.Classes, Batch: d.Batch, Seed: d.Seed}
	for b, err := range d.Epoch(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		m.X = append(m.X, b.X...)
		for i := range b.N {
			m.Labels = append(m.Labels, likeliest(b.Y[i*d.Classes:(i+1)*d.Classes]))
		}
	}
	return m
}

const photoSide = 96

// drawn are photos, of a sort, of a disc, a triangle or a cross, in any colour, place
// and size before a wavy ground.
func drawn(images int, root uint64) *Memory {
	r := seed.Rand(root, "drawn")
	m := &Memory{Classes: 3, Batch: 12, Seed: root}
	for range images {
		label := r.IntN(3)
		var ink, ground [3]float64
		for c := range 3 {
			ink[c], ground[c] = 1-2*r.Float64(), 1-2*r.Float64()
		}
		size := photoSide * (0.2 + 0.15*r.Float64())
		cx, cy := photoSide*(0.35+0.3*r.Float64()), photoSide*(0.35+0.3*r.Float64())
		fx, fy := 0.3*r.Float64(), 0.3*r.Float64()
		for i := range photoSide * photoSide {
			x, y := float64(i%photoSide), float64(i/photoSide)
			wave := 0.3 * math.Sin(fx*x+fy*y)
			for c := range 3 {
				v := ground[c] + wave
				if inShape(label, (x-cx)/size, (y-cy)/size) {
					v = ink[c]
				}
				m.X = append(m.X, float32(v+0.05*r.NormFloat64()))
			}
		}
		m.Labels = append(m.Labels, label)
	}
	return m
}

// inShape: a disc, a triangle or a cross of about the size 1 around 0.
func inShape(shape int, x, y float64) bool {
	switch shape {
	case 0:
		return x*x+y*y < 1
	case 1:
		return y < 0.8 && y > 2*math.Abs(x)-1
	}
	return max(math.Abs(x), math.Abs(y)) < 1 && min(math.Abs(x), math.Abs(y)) < 0.3
}
