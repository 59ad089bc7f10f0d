package cpu

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"gorgonia.org/tensor"
)

// pass is one method at a size of the MNIST CNN with 64 images.
type pass struct {
	name  string
	moved int // elements that it must read and write
	run   func() error
}

// passes are the methods that are no matrix product, in the order of a training
// step; those from "norm" on are only in nets with batch normalisation.
func passes(e *Engine, r *rand.Rand) []pass {
	const one, two, pooled, classes = 64 * 26 * 26 * 32, 64 * 24 * 24 * 64, 64 * 12 * 12 * 64, 64 * 10
	p := engine.Pool{N: 64, H: 24, W: 24, C: 64, R: 2, S: 2}
	x, y, z := random(e, r, two), random(e, r, two), random(e, r, two)
	xp, dp := random(e, r, pooled), random(e, r, pooled)
	logits, target := random(e, r, classes), random(e, r, classes)
	out := e.Tensor(64)
	var v [8]engine.T // a value a channel
	for i := range v {
		v[i] = random(e, r, 64)
	}
	list := func() (ts []engine.T) {
		for _, n := range []int{9 * 32, 32, 9 * 32 * 64, 64, 9216 * 128, 128, 1280, 10} {
			ts = append(ts, random(e, r, n))
		}
		return ts
	}
	w, g, m, s := list(), list(), list(), list()
	const params = 1_199_882
	norm1 := engine.BatchNorm{Rows: one / 32, Cols: 32, Eps: 1e-5, Momentum: 0.1, ReLU: true}
	norm2 := engine.BatchNorm{Rows: two / 64, Cols: 64, Eps: 1e-5, Momentum: 0.1, ReLU: true}
	adam := engine.Adam{LR: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: 1000}
	return []pass{
		{"max-pool", two + pooled, func() error { return e.MaxPool(p, x, xp) }},
		{"softmax-loss", 2 * classes, func() error { return e.SoftmaxCrossEntropy(64, 10, logits, target, out) }},
		{"softmax-backward", 3 * classes, func() error { return e.SoftmaxCrossEntropyBackward(64, 10, 1, logits, target, z) }},
		{"max-pool-backward", 2*two + 2*pooled, func() error { return e.MaxPoolBackward(p, x, xp, dp, y) }},
		{"relu-backward-2", 3 * two, func() error { return e.ReLUBackward(two, x, y, y) }},
		{"column-sum-2", two, func() error { return e.ColumnSum(two/64, 64, y, out) }},
		{"relu-backward-1", 3 * one, func() error { return e.ReLUBackward(one, x, y, y) }},
		{"column-sum-1", one, func() error { return e.ColumnSum(one/32, 32, y, out) }},
		{"adam", 7 * params, func() error { return e.Adam(adam, w, g, m, s) }},
		{"norm-train-1", 3 * one, func() error { return e.BatchNormTrain(norm1, x, nil, v[0], v[1], v[2], v[3], y, v[4], v[5]) }},
		{"norm-train-2", 3 * two, func() error { return e.BatchNormTrain(norm2, x, nil, v[0], v[1], v[2], v[3], y, v[4], v[5]) }},
		{"norm-eval-2", 2 * two, func() error { return e.BatchNormEval(norm2, x, v[0], v[1], v[2], v[3], y) }},
		{"norm-backward-1", 7 * one, func() error { return e.BatchNormBackward(norm1, x, y, z, v[0], v[4], v[5], y, nil, v[6], v[7]) }},
		{"norm-backward-2", 7 * two, func() error { return e.BatchNormBackward(norm2, x, y, z, v[0], v[4], v[5], y, nil, v[6], v[7]) }},
		{"dropout", 2 * pooled, func() error { return e.Dropout(pooled, 0.25, 1, xp, dp) }},
		{"ema", 3 * params, func() error { return e.EMA(0.999, m, w) }},
		{"relu", 2 * two, func() error { return e.ReLU(two, x, y) }},
		{"add", 3 * two, func() error { _, err := e.Add(x, y, tensor.WithReuse(y)); return err }},
		{"average-pool", two + pooled, func() error { return e.AvgPool(p, x, xp) }},
		{"average-pool-backward", two + pooled, func() error { return e.AvgPoolBackward(p, dp, y) }},
		{"sgd", 5 * params, func() error { return e.SGD(engine.SGD{LR: 1e-9, Momentum: 0.9}, w, g, m) }},
	}
}

// photoPasses are passes at sizes of VGG16 and ResNet50 with 8 photos. The sum of
// two vectors that no cache holds is what the memory can do.
func photoPasses(e *Engine, r *rand.Rand) []pass {
	const n = 8 * 112 * 112 * 64
	x, y, z, u := random(e, r, n), random(e, r, n), random(e, r, n), random(e, r, n)
	three := engine.Pool{N: 8, H: 112, W: 112, C: 64, R: 3, S: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1}
	two := engine.Pool{N: 8, H: 112, W: 112, C: 64, R: 2, S: 2}
	var v [8]engine.T
	for i := range v {
		v[i] = random(e, r, 2048)
	}
	list := []pass{
		{"sum", 3 * n, func() error { _, err := e.Add(x, y, tensor.WithReuse(z)); return err }},
		{"sgd", 5 * n, func() error {
			return e.SGD(engine.SGD{LR: 1e-9, Momentum: 0.9}, []engine.T{x}, []engine.T{y}, []engine.T{z})
		}},
		{"adam", 7 * n, func() error {
			return e.Adam(engine.Adam{LR: 1e-9, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: 9}, []engine.T{x}, []engine.T{y}, []engine.T{z}, []engine.T{u})
		}},
		{"bias-relu-backward", 3 * n, func() error { return e.BiasReLUBackward(n/64, 64, x, y, y, v[0]) }},
		{"bias-relu-backward-512", 3 * n, func() error { return e.BiasReLUBackward(n/512, 512, x, y, y, v[0]) }},
		{"max-pool-3", n + n/4, func() error { return e.MaxPool(three, x, y) }},
		{"max-pool-3-backward", 2*n + n/2, func() error { return e.MaxPoolBackward(three, x, y, z, u) }},
		{"max-pool-2", n + n/4, func() error { return e.MaxPool(two, x, y) }},
		{"max-pool-2-backward", 2*n + n/2, func() error { return e.MaxPoolBackward(two, x, y, z, u) }},
	}
	for _, m := range [][2]int{{100352, 64}, {25088, 256}, {6272, 512}, {1568, 1024}, {392, 2048}, {392, 512}} {
		b := engine.BatchNorm{Rows: m[0], Cols: m[1], Eps: 1e-5, Momentum: 0.1, ReLU: true}
		size, name := m[0]*m[1], fmt.Sprintf("%dx%d", m[0], m[1])
		list = append(list,
			pass{"norm-train-" + name, 3 * size, func() error { return e.BatchNormTrain(b, x, nil, v[0], v[1], v[2], v[3], y, v[4], v[5]) }},
			pass{"norm-backward-" + name, 7 * size, func() error {
				return e.BatchNormBackward(b, x, y, z, v[0], v[4], v[5], u, nil, v[6], v[7])
			}})
	}
	return list
}

// BenchmarkPass reports the fastest run as well: others on the machine only ever
// slow it down.
func BenchmarkPass(b *testing.B) { benchPasses(b, passes) }

// BenchmarkPhotoPass is BenchmarkPass of photoPasses.
func BenchmarkPhotoPass(b *testing.B) { benchPasses(b, photoPasses) }

func benchPasses(b *testing.B, list func(*Engine, *rand.Rand) []pass) {
	benchLevels(b, func(b *testing.B, e *Engine) {
		for _, p := range list(e, rand.New(rand.NewPCG(1, 2))) {
			b.Run(p.name, func(b *testing.B) {
				best := time.Hour
				for b.Loop() {
					start := time.Now()
					if err := p.run(); err != nil {
						b.Fatal(err)
					}
					best = min(best, time.Since(start))
				}
				b.ReportMetric(float64(best.Nanoseconds())/1e3, "best-µs")
				b.ReportMetric(4*float64(p.moved)/float64(best.Nanoseconds()), "best-GB/s")
			})
		}
	})
}
