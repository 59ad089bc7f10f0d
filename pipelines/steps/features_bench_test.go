package steps

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/models/pretrained/pretrainedtest"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// BenchmarkFeatures says which share of the trunk's own speed the step has that
// reads photos, normalises or augments them, and writes features: both by turns, the
// shortest times of each.
func BenchmarkFeatures(b *testing.B) {
	for _, arch := range []string{"efficientnet_lite0", "resnet50"} {
		for pass := range 2 {
			b.Run(fmt.Sprintf("%s/pass%d", arch, pass), func(b *testing.B) { benchFeatures(b, arch, pass) })
		}
	}
}

func benchFeatures(b *testing.B, arch string, pass int) {
	const side, images = 224, 78 // six full batches
	dir := b.TempDir()
	weights, shard := filepath.Join(dir, "weights"), filepath.Join(dir, "images.arrow")
	if err := pretrainedtest.Random(weights, arch, 1); err != nil {
		b.Fatal(err)
	}
	if err := features.WriteImages(b.Context(), shard, side, side, 3, noise(images, side), nil); err != nil {
		b.Fatal(err)
	}
	photos, err := features.OpenImages(shard)
	if err != nil {
		b.Fatal(err)
	}
	defer photos.Close()
	device, err := cpu.New(cpu.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer device.Close()
	input := [3]int{side, side, 3}
	trunk, err := train.Trunk(train.Config{Net: train.Net{Arch: arch, Cut: "pool"}, Input: input, Weights: weights, Engine: device})
	if err != nil {
		b.Fatal(err)
	}
	batch := predictBatch(input)
	x := make([]float32, batch*side*side*3)
	for i := range x {
		x[i] = rand.Float32()
	}
	same := func(yield func(train.Batch, error) bool) {
		for range images / batch {
			if !yield(train.Batch{X: x, N: batch}, nil) {
				return
			}
		}
	}
	least := [2]time.Duration{time.Hour, time.Hour}
	for b.Loop() {
		start := time.Now()
		for _, err := range trunk.Features(b.Context(), same, batch) {
			if err != nil {
				b.Fatal(err)
			}
		}
		forward := time.Since(start)
		start = time.Now()
		if err := os.RemoveAll(filepath.Join(dir, "shard")); err != nil {
			b.Fatal(err)
		}
		e := extraction{trunk: trunk, batch: batch, pass: pass, start: start,
			env: pipelines.Env{Progress: func(float64, string, map[string]any) {}},
			photos: features.Loader{Images: photos, Batch: batch, Seed: 1,
				Augment: augmentOf(pipelines.Augment{FlipX: true, Rotate: 10, Crop: 0.3})}}
		if err := e.shard(b.Context(), filepath.Join(dir, "shard"), 0, images); err != nil {
			b.Fatal(err)
		}
		least = [2]time.Duration{min(least[0], forward), min(least[1], time.Since(start))}
	}
	b.ReportMetric(images/least[0].Seconds(), "forward/s")
	b.ReportMetric(images/least[1].Seconds(), "step/s")
	b.ReportMetric(least[0].Seconds()/least[1].Seconds(), "ratio")
}

// noise are n images of noise.
func noise(n, side int) iter.Seq2[features.Image, error] {
	return func(yield func(features.Image, error) bool) {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range n {
			im := features.Image{ID: fmt.Sprint(i), Label: i % 2, HasLabel: true, Pixels: make([]byte, side*side*3)}
			for j := range im.Pixels {
				im.Pixels[j] = byte(r.Uint32())
			}
			if !yield(im, nil) {
				return
			}
		}
	}
}
