package cpu

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// BenchmarkWinograd runs each pass of a layer directly and by Winograd's
// algorithm in turns and reports direct/winograd, the ratio of the least times.
func BenchmarkWinograd(b *testing.B) {
	for _, l := range levels {
		if !l.available() {
			continue
		}
		for _, c := range winogradLayers {
			b.Run(fmt.Sprintf("%v/%dx%dx%dx%d-%d", l, c.N, c.H, c.W, c.C, c.K), func(b *testing.B) { compareWinograd(b, l, c) })
		}
	}
}

// winogradLayers are those of VGG16 and of the course's net for MNIST.
var winogradLayers = []engine.Conv{
	{N: 1, H: 224, W: 224, C: 64, K: 64, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 1, H: 112, W: 112, C: 64, K: 128, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 1, H: 112, W: 112, C: 128, K: 128, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 2, H: 56, W: 56, C: 128, K: 256, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 2, H: 56, W: 56, C: 256, K: 256, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 4, H: 28, W: 28, C: 256, K: 512, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 4, H: 28, W: 28, C: 512, K: 512, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 8, H: 14, W: 14, C: 512, K: 512, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 8, H: 7, W: 7, C: 512, K: 512, R: 3, S: 3, PadH: 1, PadW: 1},
	{N: 64, H: 26, W: 26, C: 32, K: 32, R: 3, S: 3},
	{N: 64, H: 8, W: 8, C: 64, K: 64, R: 3, S: 3},
}

func compareWinograd(b *testing.B, l Level, c engine.Conv) {
	direct, winograd := open(b, Options{Level: l, Winograd: WinogradOff}), open(b, Options{Level: l, Winograd: WinogradAlways})
	r := rand.New(rand.NewPCG(1, 2))
	x, w, y, bias := random(direct, r, inputSize(c)), random(direct, r, weightSize(c)), random(direct, r, outputSize(c)), random(direct, r, c.K)
	dx, dw := direct.Tensor(inputSize(c)), direct.Tensor(weightSize(c))
	passes := []struct {
		name string
		run  func(e *Engine) error
	}{
		{"forward", func(e *Engine) error { return e.ConvForward(c, x, w, y, engine.Epilogue{Bias: bias, ReLU: true}) }},
		{"data", func(e *Engine) error { return e.ConvBackwardData(c, w, y, dx, false) }},
		{"weights", func(e *Engine) error { return e.ConvBackwardWeights(c, x, y, dw) }},
	}
	var least [3][2]time.Duration
	for b.Loop() {
		for i, pass := range passes {
			for j, e := range []*Engine{direct, winograd} {
				start := time.Now()
				if err := pass.run(e); err != nil {
					b.Fatal(err)
				}
				if took := time.Since(start); least[i][j] == 0 || took < least[i][j] {
					least[i][j] = took
				}
			}
		}
	}
	for i, pass := range passes {
		b.ReportMetric(float64(least[i][0])/float64(least[i][1]), pass.name+"-ratio")
	}
}
