package features

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// bytesScale leaves values as they are.
var bytesScale = Normalize{Mean: []float32{0, 0, 0}, Std: []float32{1. / 255, 1. / 255, 1. / 255}}

func TestFlips(t *testing.T) {
	t.Parallel()
	const h, w, c = 5, 7, 3
	src, got := bytesOf(h*w*c, 1), make([]float32, h*w*c)
	seen := map[[2]bool]int{}
	for sample := range uint64(400) {
		Augment{FlipX: true, FlipY: true}.Apply(got, src, h, w, c, seed.Mix(1, sample), bytesScale)
		for _, flip := range [][2]bool{{}, {true}, {false, true}, {true, true}} {
			same := true
			for i, v := range got {
				x, y := i/c%w, i/c/w
				if flip[0] {
					x = w - 1 - x
				}
				if flip[1] {
					y = h - 1 - y
				}
				same = same && math.Abs(float64(v)-float64(src[(y*w+x)*c+i%c])) < 1e-3
			}
			if same {
				seen[flip]++
			}
		}
	}
	sum := 0
	for _, n := range seen {
		sum += n
		if n < 70 || n > 130 {
			t.Errorf("of 400 images: %v", seen)
		}
	}
	if sum != 400 {
		t.Errorf("%d of 400 images are none of the four: %v", 400-sum, seen)
	}
}

// A part that is enlarged lies inside the image, and has the area it should.
func TestCropRange(t *testing.T) {
	t.Parallel()
	const h, w = 30, 50
	smallest, largest := 1.0, 0.0
	for sample := range uint64(2000) {
		m, _ := Augment{Crop: 0.75}.draw(seed.Mix(2, sample), h, w)
		for _, corner := range [][2]float64{{-.5, -.5}, {.5, .5}} {
			x, y := corner[0]*w*m.xx+m.x0, corner[1]*h*m.yy+m.y0
			if math.Abs(x) > w/2+1e-9 || math.Abs(y) > h/2+1e-9 {
				t.Fatalf("sample %d: corner at %g, %g", sample, x, y)
			}
		}
		smallest, largest = min(smallest, m.xx*m.yy), max(largest, m.xx*m.yy)
		if m.xy != 0 || m.yx != 0 || m.xx/m.yy > 4./3+1e-9 || m.xx/m.yy < 3./4-1e-9 {
			t.Fatalf("sample %d: %+v", sample, m)
		}
	}
	if smallest < 0.2 || smallest > 0.27 || largest < 0.95 {
		t.Errorf("areas from %.3f to %.3f, want 0.25 to 1", smallest, largest)
	}
}

// Every way to a pixel gives what float64 gives, with all that moves it.
func TestMovesAgainstFloat64(t *testing.T) {
	t.Parallel()
	a := Augment{Rotate: 40, ShiftX: .2, Zoom: .3, FlipX: true, FlipY: true, Crop: .7}
	for _, s := range [][3]int{{31, 40, 3}, {40, 31, 1}, {3, 2, 3}, {1, 9, 3}, {12, 12, 4}} {
		h, w, c := s[0], s[1], s[2]
		src, dst := bytesOf(h*w*c, 3), make([]float32, h*w*c)
		for sample := range uint64(30) {
			a.Apply(dst, src, h, w, c, sample, Normalize{})
			m, _ := a.draw(sample, h, w)
			for i, got := range dst {
				want := slow(m, src, h, w, c, i/c%w, i/c/w, i%c) / 255
				if math.Abs(float64(got)-want) > 2e-5 {
					t.Fatalf("%v, sample %d, value %d: got %g, want %g", s, sample, i, got, want)
				}
			}
		}
	}
}

func luma(p []float32) float64 {
	return 0.299*float64(p[0]) + 0.587*float64(p[1]) + 0.114*float64(p[2])
}

func TestTint(t *testing.T) {
	t.Parallel()
	src := []byte{120, 130, 110, 140, 140, 140, 100, 150, 120}
	one := func(a Augment, sample uint64) []float32 {
		dst := make([]float32, 9)
		a.Apply(dst, src, 1, 3, 3, sample, bytesScale)
		return dst
	}
	for sample := range uint64(200) {
		hue := one(Augment{Hue: 180}, sample)
		grey := one(Augment{Saturation: 1}, sample)
		for p := 0; p < 9; p += 3 {
			was := luma([]float32{float32(src[p]), float32(src[p+1]), float32(src[p+2])})
			if math.Abs(luma(hue[p:])-was) > 1e-3 || math.Abs(luma(grey[p:])-was) > 1e-3 {
				t.Fatalf("luma %g became %g and %g", was, luma(hue[p:]), luma(grey[p:]))
			}
		}
		for _, v := range append(hue[3:6], grey[3:6]...) { // grey has no colour to turn
			if math.Abs(float64(v)-140) > 1e-3 {
				t.Fatalf("grey became %v", hue[3:6])
			}
		}
		// As torchvision's adjust_saturation: s*v + (1-s)*luma, the same s for all.
		s := (float64(grey[0]) - luma(grey)) / (120 - luma([]float32{120, 130, 110}))
		for i := 6; i < 9; i++ {
			l := luma([]float32{100, 150, 120})
			if want := s*float64(src[i]) + (1-s)*l; s < 0 || s > 2 || math.Abs(float64(grey[i])-want) > 0.01 {
				t.Fatalf("saturation %g: got %g, want %g", s, grey[i], want)
			}
		}
		bright := one(Augment{Brightness: .3}, sample)
		contrast := one(Augment{Contrast: .5}, sample)
		b, k := float64(bright[0])/120, (float64(contrast[0])-127.5)/(120-127.5)
		for i := range src {
			if math.Abs(float64(bright[i])-b*float64(src[i])) > .01 || b < .7 || b > 1.3 ||
				math.Abs(float64(contrast[i])-127.5-k*(float64(src[i])-127.5)) > .01 || k < .5 || k > 1.5 {
				t.Fatalf("brightness %g, contrast %g: %v, %v", b, k, bright, contrast)
			}
		}
		shift := one(Augment{Channel: 20}, sample)
		for i := range src {
			d := shift[i] - float32(src[i])
			if d < -20 || d > 20 || math.Abs(float64(d-(shift[i%3]-float32(src[i%3])))) > 1e-4 {
				t.Fatalf("channel shift: %v", shift)
			}
		}
	}
}

// What leaves 0..255 is cut off, with one channel and several.
func TestTintIsCut(t *testing.T) {
	t.Parallel()
	a := Augment{Channel: 255, Brightness: 1, Contrast: 1}
	for _, c := range []int{1, 2, 3} {
		src, dst := bytesOf(64*c, 4), make([]float32, 64*c)
		for sample := range uint64(50) {
			a.Apply(dst, src, 8, 8, c, sample, Normalize{})
			for _, v := range dst {
				if !(v >= 0 && v <= 1) {
					t.Fatalf("%d channels: %g", c, v)
				}
			}
		}
	}
}

func TestErase(t *testing.T) {
	t.Parallel()
	const h, w, n = 40, 50, 2000
	src := bytes.Repeat([]byte{200}, h*w)
	dst := make([]float32, h*w)
	erased, area := 0, 0.0
	for sample := range uint64(n) {
		Augment{Erase: 0.4}.Apply(dst, src, h, w, 1, seed.Mix(6, sample), Normalize{})
		x0, y0, x1, y1, zeros := w, h, 0, 0, 0
		for i, v := range dst {
			if v == 0 {
				zeros++
				x0, x1, y0, y1 = min(x0, i%w), max(x1, i%w+1), min(y0, i/w), max(y1, i/w+1)
			}
		}
		if zeros == 0 {
			continue
		}
		erased++
		share := float64(zeros) / (h * w)
		area += share
		if zeros != (x1-x0)*(y1-y0) || share < 0.01 || share > 0.36 {
			t.Fatalf("sample %d: %d zeros in %dx%d", sample, zeros, x1-x0, y1-y0)
		}
	}
	if p := float64(erased) / n; math.Abs(p-0.4) > 0.04 || math.Abs(area/float64(erased)-0.175) > 0.02 {
		t.Errorf("%.3f of the images, %.3f of their area, want 0.4 and 0.175", p, area/float64(erased))
	}
}

// A field that is added to a spec changes nothing of what the others draw.
func TestDrawsAreApart(t *testing.T) {
	t.Parallel()
	src, a, b := bytesOf(20*20*3, 5), make([]float32, 1200), make([]float32, 1200)
	base := Augment{Rotate: 20, Elastic: .05, Brightness: .2}
	more := base
	more.Erase, more.MixUp = 1e-12, 1
	for sample := range uint64(20) {
		base.Apply(a, src, 20, 20, 3, sample, Normalize{})
		more.Apply(b, src, 20, 20, 3, sample, Normalize{})
		if !slices.Equal(a, b) {
			t.Fatal("other pixels")
		}
	}
	m, _ := base.draw(3, 20, 20)
	more.Crop, more.Hue, more.FlipX = 0, 10, true
	if n, _ := more.draw(3, 20, 20); math.Abs(m.xx) != math.Abs(n.xx) || m.y0 != n.y0 {
		t.Errorf("%+v and %+v", m, n)
	}
}

func TestPhotoAugmentAllocatesNothing(t *testing.T) {
	a := Augment{Rotate: 10, Zoom: .1, FlipX: true, Crop: .3, Elastic: .1, Channel: 10, Hue: 10, Erase: 1}
	src, dst := bytesOf(28*28*3, 4), make([]float32, 28*28*3)
	if n := testing.AllocsPerRun(50, func() { a.Apply(dst, src, 28, 28, 3, 5, bytesScale) }); n != 0 {
		t.Errorf("%g allocations an image", n)
	}
	x, y := mixable(4, 8, 8)
	mix := Augment{MixUp: 1, CutMix: 1}
	if n := testing.AllocsPerRun(50, func() { mix.mix(x, y, 4, 8, 8, 3, 5) }); n != 0 {
		t.Errorf("%g allocations a mixed batch", n)
	}
}

func TestPhotoAugmentCheck(t *testing.T) {
	t.Parallel()
	for _, a := range []Augment{{Crop: 1}, {Channel: 256}, {Brightness: 1.1}, {Contrast: -1}, {Saturation: 2}, {Hue: 181}, {Erase: 1.5},
		{MixUp: 5}, {CutMix: math.NaN()}} {
		if a.Check() == nil {
			t.Errorf("%+v is accepted", a)
		}
	}
}
