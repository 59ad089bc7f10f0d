package features

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

func bytesOf(n int, root uint64) []byte {
	r, b := seed.Rand(root, "bytes"), make([]byte, n)
	for i := range b {
		b[i] = byte(r.IntN(256))
	}
	return b
}

var plainScales = Normalize{Mean: []float32{0, 0, 0}, Std: []float32{1. / 255, 1. / 255, 1. / 255}}.scales(3)

func TestAffineReference(t *testing.T) {
	t.Parallel()
	for i, tt := range loadReference(t).Affine {
		src := make([]byte, len(tt.Src))
		for j, v := range tt.Src {
			src[j] = byte(v)
		}
		m := inverse(tt.Angle*math.Pi/180, math.Tan(tt.Shear*math.Pi/180), tt.ZX, tt.ZY, tt.DX, tt.DY)
		dst := make([]float32, len(src))
		m.grey(dst, src, tt.H, tt.W, &plainScales, nil)
		for j, want := range tt.Want {
			if d := math.Abs(float64(dst[j]) - want); d > 2e-3 {
				t.Fatalf("case %d, pixel %d: got %g, scipy has %g", i, j, dst[j], want)
			}
		}
	}
}

// slow is the same map in float64, one value at a time.
func slow(m affine, src []byte, h, w, c, x, y, ch int) float64 {
	cx, cy := float64(w-1)/2, float64(h-1)/2
	u := m.xx*(float64(x)-cx) + m.xy*(float64(y)-cy) + m.x0 + cx
	v := m.yx*(float64(x)-cx) + m.yy*(float64(y)-cy) + m.y0 + cy
	at := func(x, y float64) float64 {
		if x < 0 || y < 0 || x >= float64(w) || y >= float64(h) {
			return 0
		}
		return float64(src[(int(y)*w+int(x))*c+ch])
	}
	fx, fy := u-math.Floor(u), v-math.Floor(v)
	x0, y0 := math.Floor(u), math.Floor(v)
	return (1-fy)*((1-fx)*at(x0, y0)+fx*at(x0+1, y0)) + fy*((1-fx)*at(x0, y0+1)+fx*at(x0+1, y0+1))
}

func TestApplyAgainstFloat64(t *testing.T) {
	t.Parallel()
	a := Augment{Rotate: 180, ShiftX: .4, ShiftY: .3, Shear: 30, Zoom: .5}
	norm := Normalize{Mean: []float32{.1, .5, .3}, Std: []float32{.3, .2, .9}}
	for _, s := range [][3]int{{28, 28, 1}, {1, 1, 1}, {1, 7, 1}, {5, 1, 3}, {13, 9, 3}, {2, 2, 2}} {
		h, w, c := s[0], s[1], s[2]
		src, dst := bytesOf(h*w*c, 1), make([]float32, h*w*c)
		n := Normalize{Mean: norm.Mean[:c], Std: norm.Std[:c]}
		for sample := range uint64(20) {
			a.Apply(dst, src, h, w, c, sample, n)
			m, _ := a.draw(sample, h, w)
			for i, got := range dst {
				want := (slow(m, src, h, w, c, i/c%w, i/c/w, i%c)/255 - float64(n.Mean[i%c])) / float64(n.Std[i%c])
				if math.Abs(float64(got)-want) > 1e-4 {
					t.Fatalf("%v, sample %d, value %d: got %g, want %g", s, sample, i, got, want)
				}
			}
		}
	}
}

func TestWholePixelShiftIsExact(t *testing.T) {
	t.Parallel()
	const h, w = 28, 28
	norm := Normalize{Mean: []float32{.1307}, Std: []float32{.3081}}
	src := bytesOf(h*w, 2)
	s := norm.scales(1)
	for _, d := range [][2]int{{3, 0}, {-3, 5}, {0, -27}, {28, 0}, {40, -40}} {
		moved := make([]byte, h*w)
		for y := range h {
			for x := range w {
				if u, v := x-d[0], y-d[1]; u >= 0 && u < w && v >= 0 && v < h {
					moved[y*w+x] = src[v*w+u]
				}
			}
		}
		want, got := make([]float32, h*w), make([]float32, h*w)
		norm.Apply(want, moved, 1)
		inverse(0, 0, 1, 1, float64(d[0]), float64(d[1])).grey(got, src, h, w, &s, nil)
		if !slices.Equal(want, got) {
			t.Errorf("shift by %v is not exact", d)
		}
	}
}

func TestNoAugmentationIsPlain(t *testing.T) {
	t.Parallel()
	norm := Normalize{Mean: []float32{.4, .5, .6}, Std: []float32{.2, .3, .4}}
	src := bytesOf(6*5*3, 3)
	want, got := make([]float32, len(src)), make([]float32, len(src))
	norm.Apply(want, src, 3)
	Augment{}.Apply(got, src, 6, 5, 3, 9, norm)
	if !slices.Equal(want, got) {
		t.Error("the zero Augment changes an image")
	}
	// The identity through the moving code gives the same bits.
	s := norm.scales(3)
	affine{xx: 1, yy: 1}.colour(got, src, 6, 5, 3, &s, nil)
	if !slices.Equal(want, got) {
		t.Error("the map that moves nothing changes an image")
	}
	for i, p := range src {
		if w := (float64(p)/255 - float64(norm.Mean[i%3])) / float64(norm.Std[i%3]); math.Abs(w-float64(want[i])) > 1e-5 {
			t.Fatalf("value %d: got %g, want %g", i, want[i], w)
		}
	}
}

// Every amount is uniform in its range: mean 0, variance r*r/3, and inside.
func TestDrawRanges(t *testing.T) {
	t.Parallel()
	const n = 20_000
	var sum, squares float64
	for i := range uint64(n) {
		m, _ := Augment{ShiftX: .25}.draw(seed.Mix(7, i), 10, 40)
		if m.x0 < -10 || m.x0 > 10 || m.y0 != 0 || m.xx != 1 || m.xy != 0 {
			t.Fatalf("sample %d: %+v", i, m)
		}
		sum += m.x0
		squares += m.x0 * m.x0
	}
	if mean, variance := sum/n, squares/n; math.Abs(mean) > .2 || math.Abs(variance-100./3) > 1 {
		t.Errorf("mean %.3f, want 0; variance %.2f, want 33.33", mean, variance)
	}
	for i := range uint64(1000) {
		m, _ := Augment{Rotate: 30}.draw(i, 9, 9)
		if angle := math.Atan2(m.yx, m.xx) * 180 / math.Pi; math.Abs(angle) > 30 || math.Abs(m.xx*m.yy-m.xy*m.yx-1) > 1e-12 {
			t.Fatalf("rotation by %g: %+v", angle, m)
		}
		m, _ = Augment{Zoom: .2}.draw(i, 9, 9)
		if 1/m.xx < .8 || 1/m.xx > 1.2 || 1/m.yy < .8 || 1/m.yy > 1.2 || m.xy != 0 || m.yx != 0 {
			t.Fatalf("zoom: %+v", m)
		}
	}
}

func TestApplyAllocatesNothing(t *testing.T) {
	a := Augment{Rotate: 10, ShiftX: .1, ShiftY: .1, Zoom: .1, Elastic: .1}
	src, dst, norm := bytesOf(28*28, 4), make([]float32, 28*28), Normalize{}
	if n := testing.AllocsPerRun(100, func() { a.Apply(dst, src, 28, 28, 1, 5, norm) }); n != 0 {
		t.Errorf("%g allocations an image", n)
	}
}

func TestAugmentCheck(t *testing.T) {
	t.Parallel()
	for _, a := range []Augment{{Rotate: -1}, {Rotate: 361}, {ShiftX: 2}, {ShiftY: math.NaN()}, {Shear: 90}, {Zoom: 1}, {Elastic: .6}} {
		if a.Check() == nil {
			t.Errorf("%+v is accepted", a)
		}
	}
	if err := (Augment{Rotate: 15, ShiftX: .1, ShiftY: .1, Shear: 10, Zoom: .1}).Check(); err != nil {
		t.Error(err)
	}
}

func BenchmarkAugment28(b *testing.B) {
	a := Augment{Rotate: 10, ShiftX: .1, ShiftY: .1, Shear: 5, Zoom: .1}
	src, dst, norm := bytesOf(28*28, 4), make([]float32, 28*28), Normalize{Mean: []float32{.13}, Std: []float32{.3}}
	for i := range uint64(b.N) {
		a.Apply(dst, src, 28, 28, 1, i, norm)
	}
}

func BenchmarkAugment224RGB(b *testing.B) {
	a := Augment{Rotate: 10, ShiftX: .1, ShiftY: .1, Shear: 5, Zoom: .1}
	src, dst := bytesOf(224*224*3, 4), make([]float32, 224*224*3)
	for i := range uint64(b.N) {
		a.Apply(dst, src, 224, 224, 3, i, Normalize{})
	}
}
