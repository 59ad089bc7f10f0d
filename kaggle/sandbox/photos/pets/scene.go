package pets

import (
	"math/rand/v2"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

// Draw draws a photo of a kind, with all that is random in it from r, and gives
// the quality that it is to be compressed with (1 to 100).
func Draw(c *photos.Canvas, kind Kind, r *rand.Rand) (quality int) {
	d := photos.Dice{Rand: r}
	w, h := frame(d)
	c.Start(w, h)
	s := &scene{d: d, c: c, noise: photos.NewNoise(r), w: w, h: h}
	s.size = min(float64(w), float64(h))
	s.backdrop()
	s.behind()
	s.animal(kind)
	s.front()
	s.finish()
	return d.Whole(70, 92)
}

// frame draws the size of a photo: most are about as large as those of the real
// competition, some upright, some small, a few tiny.
func frame(d photos.Dice) (w, h int) {
	switch d.Pick(10, 9, 1) {
	case 0:
		w, h = d.Whole(480, 500), d.Whole(330, 400)
	case 1:
		w, h = d.Whole(200, 460), d.Whole(180, 375)
	default:
		w, h = d.Whole(60, 160), d.Whole(60, 140)
	}
	if d.Chance(0.22) {
		w, h = h, w
	}
	return w, h
}

// animal puts one of a kind into the scene.
func (s *scene) animal(kind Kind) {
	d := s.d
	a := newAnimal(kind.draw(d), d, s.noise)
	lo, hi := a.pose.box()
	scale := min(float64(s.w)/(hi.X-lo.X), float64(s.h)/(hi.Y-lo.Y)) * d.Between(0.95, 1.3)
	wide, high := float64(scale*(hi.X-lo.X)), float64(scale*(hi.Y-lo.Y))
	mid := pt{X: float64(float64(s.w)/2) + float64(d.Between(-0.5, 0.5)*max(float64(s.w)-float64(0.85*wide), 0)),
		Y: float64(float64(s.h)/2) + float64(d.Between(-0.4, 0.5)*max(float64(s.h)-float64(0.85*high), 0))}
	mirror := scale
	if d.Chance(0.5) {
		mirror = -scale
	}
	at := photos.Place(lo.Toward(hi, 0.5).Times(-1), 0, 1, 1).Then(photos.Place(mid, d.About(0, 0.07), mirror, scale))
	p := &pen{c: s.c, at: at, grid: at.Grid(), scale: scale, ink: a.dark, light: photos.Turn(d.Between(0, 1)), depth: d.Whole(10, 80)}
	if d.Chance(0.7) {
		p.line = d.Between(0.015, 0.06)
	}
	if d.Chance(0.5) {
		p.ink = a.coat.base.Lit(d.Whole(40, 130))
	}
	a.shadow(p)
	a.figure(p)
}

// shadow lies under the animal.
func (a *animal) shadow(p *pen) {
	lo, hi := a.pose.box()
	if a.pose != portrait {
		p.spot(photos.Color{}, 70, photos.Ellipse(pt{X: (lo.X + hi.X) / 2, Y: hi.Y - 0.3}, (hi.X-lo.X)*0.42, 0.35))
	}
}

// finish is light and camera.
func (s *scene) finish() {
	d := s.d
	light := d.About(272, 80)
	f := photos.Finish{
		Lift: d.Whole(-12, 18), Across: d.Whole(-110, 110), Down: d.Whole(-80, 80), Vignette: d.Whole(0, 70), Grain: d.Whole(0, 16),
		Soft: d.Chance(0.25), Grey: d.Chance(0.03), Seed: d.Uint64(),
	}
	for i := range f.Gain {
		f.Gain[i] = int(light + d.About(0, 30))
	}
	f.Apply(s.c)
}
