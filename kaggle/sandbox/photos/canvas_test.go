package photos_test

import (
	"math"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

var black, white = photos.Color{}, photos.Color{R: 255, G: 255, B: 255}

// covered is the sum of coverage that a fill leaves, in pixels.
func covered(c *photos.Canvas, opacity int, paths ...photos.Path) float64 {
	c.Start(100, 80)
	c.Ground(photos.Plain(black))
	c.Fill(photos.Plain(white), opacity, paths...)
	sum := 0
	for i, v := range c.Image().Pix {
		if i%4 == 0 {
			sum += int(v)
		}
	}
	return float64(sum) / 255
}

// What a fill covers is the area of the shape, wherever it lies, and the part on
// the canvas of one that is partly outside.
func TestFillArea(t *testing.T) {
	t.Parallel()
	var c photos.Canvas
	r := seed.Rand(1, "area")
	for range 200 {
		at := photos.Point{X: 40 + 20*r.Float64(), Y: 35 + 10*r.Float64()}
		p := photos.Ellipse(at, 5+20*r.Float64(), 5+20*r.Float64())
		if got, want := covered(&c, 256, p), math.Abs(area(p)); math.Abs(got-want) > 0.01*want+1 {
			t.Errorf("%v: %.1f, want %.1f", at, got, want)
		}
	}
	square := func(x, y, side float64) photos.Path {
		return photos.Path{{X: x, Y: y}, {X: x + side, Y: y}, {X: x + side, Y: y + side}, {X: x, Y: y + side}}
	}
	for name, got := range map[string][2]float64{
		"outside on the left and above": {covered(&c, 256, square(-20, -10, 30)), 200},
		"outside on the right, below":   {covered(&c, 256, square(90, 70, 1e9)), 100},
		"wholly outside":                {covered(&c, 256, square(300, 300, 5)), 0},
		"a quarter of one pixel":        {covered(&c, 256, square(10.25, 10.25, 0.5)), 0.25},
		"half opaque":                   {covered(&c, 128, square(10, 10, 20)), 199.2},
		"two that overlap":              {covered(&c, 256, square(10, 10, 20), square(20, 10, 20)), 600},
		"no path":                       {covered(&c, 256), 0},
	} {
		if math.Abs(got[0]-got[1]) > 0.02*got[1]+0.02 {
			t.Errorf("%s: %.2f pixels, want %.2f", name, got[0], got[1])
		}
	}
	ring := square(10, 10, 20).Edge(1)
	if got := covered(&c, 256, ring[0], ring[1]); math.Abs(got-4*20*2*math.Sqrt2/2) > 8 {
		t.Errorf("ring: %.1f pixels", got)
	}
}

// A canvas that was used for another photo draws as a new one does.
func TestCanvasAgain(t *testing.T) {
	t.Parallel()
	var used, fresh photos.Canvas
	used.Start(300, 200)
	used.Ground(photos.Plain(white))
	used.Fill(photos.Plain(black), 256, photos.Ellipse(photos.Point{X: 250, Y: 100}, 400, 90))
	finish := photos.Finish{Gain: [3]int{256, 240, 270}, Soft: true, Grain: 10, Vignette: 50, Across: 30, Seed: 3}
	for _, c := range []*photos.Canvas{&used, &fresh} {
		c.Start(90, 70)
		c.Ground(photos.Plain(photos.Color{R: 200, G: 100, B: 50}))
		c.Fill(photos.Plain(white), 200, photos.Ellipse(photos.Point{X: 50, Y: 30}, 60, 20))
		finish.Apply(c)
	}
	if string(used.Image().Pix) != string(fresh.Image().Pix) {
		t.Error("what was drawn before shows")
	}
}

func TestNoise(t *testing.T) {
	t.Parallel()
	n := photos.NewNoise(seed.Rand(1, "noise"))
	lo, hi, last := 255, 0, n.At(0, 77)
	for u := range 64 * 256 {
		v := n.At(u, 77)
		if v < 0 || v > 255 || max(v-last, last-v) > 3 {
			t.Fatalf("at %d: %d after %d", u, v, last)
		}
		lo, hi, last = min(lo, v), max(hi, v), v
		if r := n.Rough(u, -u); r < 0 || r > 255 {
			t.Fatalf("rough at %d: %d", u, r)
		}
	}
	if lo > 60 || hi < 195 {
		t.Errorf("only from %d to %d", lo, hi)
	}
	if n.At(100, 200) != n.At(100+64*256, 200-64*256) {
		t.Error("it does not repeat")
	}
}

func TestHSV(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		h, s, v float64
		want    photos.Color
	}{
		{0, 1, 1, photos.Color{R: 255}}, {1. / 3, 1, 1, photos.Color{G: 255}}, {2. / 3, 1, 1, photos.Color{B: 255}},
		{-1. / 3, 1, 1, photos.Color{B: 255}}, {0.5, 0, 0.4, photos.Color{R: 102, G: 102, B: 102}}, {1. / 6, 0.5, 1, photos.Color{R: 255, G: 255, B: 128}},
	} {
		if got := photos.HSV(c.h, c.s, c.v); got != c.want {
			t.Errorf("%v %v %v: %v, want %v", c.h, c.s, c.v, got, c.want)
		}
	}
}
