package cpu

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// TestMaxPoolKeepsNaN: a NaN in any place of a window is its result, as in the
// reference, and disturbs no other channel.
func TestMaxPoolKeepsNaN(t *testing.T) {
	t.Parallel()
	eachLevel(t, func(t *testing.T, e *Engine) {
		for _, p := range []engine.Pool{
			{N: 1, H: 2, W: 2, C: 35, R: 2, S: 2}, // whole vectors and a rest
			{N: 1, H: 3, W: 3, C: 35, R: 3, S: 3},
		} {
			pixels := p.H * p.W
			for at := range pixels {
				x, y := random(e, rand.New(rand.NewPCG(7, 8)), pixels*p.C), e.Tensor(p.C)
				for j := 0; j < p.C; j += 2 {
					x.Float32s()[at*p.C+j] = float32(math.NaN())
				}
				if err := e.MaxPool(p, x, y); err != nil {
					t.Fatal(err)
				}
				for j, v := range y.Float32s() {
					if isNaN := v != v; isNaN != (j%2 == 0) {
						t.Errorf("window %dx%d, NaN in pixel %d of even channels: channel %d is %v", p.R, p.S, at, j, v)
					}
				}
			}
		}
	})
}
