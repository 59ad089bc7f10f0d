package features

import (
	"math"
	"testing"
)

func TestElasticReference(t *testing.T) {
	t.Parallel()
	cases := loadReference(t).Elastic
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for i, tt := range cases {
		src := make([]byte, len(tt.Src))
		for j, v := range tt.Src {
			src[j] = byte(v)
		}
		b := newBend(0, tt.H, tt.W, new(stream))
		b.dx, b.dy = tt.DX, tt.DY
		grey, colour := make([]float32, len(src)), make([]float32, len(src))
		still := affine{xx: 1, yy: 1}
		still.grey(grey, src, tt.H, tt.W, &plainScales, &b)
		still.colour(colour, src, tt.H, tt.W, 1, &plainScales, &b)
		for j, want := range tt.Want {
			if d := math.Abs(float64(grey[j]) - want); d > 2e-3 {
				t.Fatalf("case %d, pixel %d: got %g, scipy has %g", i, j, grey[j], want)
			}
			if grey[j] != colour[j] {
				t.Fatalf("case %d, pixel %d: %g in grey, %g in colour", i, j, grey[j], colour[j])
			}
		}
	}
}

// TestElasticRange: no place moves further than the points do, the field is
// smooth, its mean is nothing, and its size is as documented.
func TestElasticRange(t *testing.T) {
	t.Parallel()
	const amount, h, w = 0.1, 20, 40
	var sum, squares, n float64
	for seed := range uint64(2000) {
		r := stream(seed * 7919)
		b := newBend(amount, h, w, &r)
		for y := range h {
			b.row(y)
			last := math.NaN()
			for x := range w {
				dx, dy := b.at(x)
				if math.Abs(dx) > amount*w || math.Abs(dy) > amount*h {
					t.Fatalf("seed %d: (%d, %d) moves by (%g, %g)", seed, x, y, dx, dy)
				}
				if step := math.Abs(dx - last); step > 2*amount*w*bendCells/w {
					t.Fatalf("seed %d: (%d, %d): a step of %g", seed, x, y, step)
				}
				last = dx
				sum, squares, n = sum+dx, squares+dx*dx, n+1
			}
		}
	}
	// Uniform points have variance a*a/3; the weights' squares add up to about 0.48 a side.
	if mean, dev := sum/n, math.Sqrt(squares/n)/(amount*w); math.Abs(mean) > .05 || dev < .26 || dev > .29 {
		t.Errorf("mean %.3f, want 0; standard deviation %.3f of the amount, want 0.28", mean, dev)
	}
}

// TestElasticLeavesTheRest: an image is turned and shifted as it was without.
func TestElasticLeavesTheRest(t *testing.T) {
	t.Parallel()
	plain := Augment{Rotate: 20, ShiftX: .1, ShiftY: .1, Zoom: .1}
	bent := plain
	bent.Elastic = .1
	for seed := range uint64(20) {
		a, _ := plain.draw(seed, 28, 28)
		if b, _ := bent.draw(seed, 28, 28); a != b {
			t.Fatalf("seed %d: %+v became %+v", seed, a, b)
		}
	}
	src, norm := bytesOf(28*28, 5), Normalize{}
	one, two := make([]float32, 28*28), make([]float32, 28*28)
	plain.Apply(one, src, 28, 28, 1, 3, norm)
	bent.Apply(two, src, 28, 28, 1, 3, norm)
	same := 0
	for i := range one {
		if one[i] == two[i] {
			same++
		}
	}
	if same > 100 {
		t.Errorf("%d of 784 pixels are as without", same)
	}
}
