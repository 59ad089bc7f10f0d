package fish

import (
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

// scene is a photo while it is drawn, at half of its size.
type scene struct {
	c    *photos.Canvas
	b    *Boat
	w, h float64
}

// at is the place at shares of width and height.
func (s *scene) at(x, y float64) pt { return pt{X: float64(x * s.w), Y: float64(y * s.h)} }

// quad is a shape by four corners in shares.
func (s *scene) quad(corners ...float64) photos.Path {
	var p photos.Path
	for i := 0; i < len(corners); i += 2 {
		p = append(p, s.at(corners[i], corners[i+1]))
	}
	return p
}

var (
	any   = [2]float64{0, 1}
	still = [2]float64{0, 0.35} // saturation of what a deck is made of
)

// deck draws what never moves. Every photo of a boat has the same.
func (s *scene) deck() {
	d := photos.Dice{Rand: seed.Rand(s.b.seed, "deck")}
	s.floor(d)
	s.side(d)
	for range d.Whole(3, 7) {
		s.fitting(d)
	}
	if d.Chance(0.5) { // a mat or a table under the fish
		at := s.at(s.b.place.X, s.b.place.Y)
		path := photos.Path{{X: -1, Y: -1}, {X: 1, Y: -1}, {X: 1, Y: 1}, {X: -1, Y: 1}}
		path = path.Through(photos.Place(at, s.b.angle, float64(s.w*d.Between(0.28, 0.4)), float64(s.h*d.Between(0.2, 0.32))))
		s.c.Fill(s.rough(d.Color(any, still, [2]float64{0.3, 0.9}), d.Whole(300, 2000), 40), 256, path)
	}
}

// rough is a color with a texture of so many 256ths of a cell a pixel.
func (s *scene) rough(c photos.Color, zoom, depth int) photos.Paint {
	n := s.b.noise
	return func(x, y int) photos.Color { return c.Lit(256 + (n.Rough(x*zoom>>4, y*zoom>>4)-128)*depth>>7) }
}

// floor is planks, plates or a painted deck.
func (s *scene) floor(d photos.Dice) {
	base := d.Color(any, [2]float64{0.03, 0.4}, [2]float64{0.3, 0.9})
	other := base.Lit(d.Whole(130, 230))
	m := photos.Place(s.at(0.5, 0.5), d.Between(0, 1), float64(s.w*d.Between(0.08, 0.3)), float64(s.w*d.Between(0.08, 0.3)))
	grid, kind, zoom, depth := m.Grid(), d.Pick(3, 2, 2), d.Whole(200, 900), d.Whole(20, 90)
	gap := d.Whole(4, 16)
	s.c.Ground(func(x, y int) photos.Color {
		u, v := grid.At(x, y)
		c := base.Lit(256 + (s.b.noise.Rough(x*zoom>>4, y*zoom>>4)-128)*depth>>7)
		line := abs(u&255-128) < gap
		if kind == 1 {
			line = line || abs(v&255-128) < gap
		}
		if kind < 2 && line {
			return other
		}
		return c
	})
}

func abs(v int) int { return max(v, -v) }

// side is the sea, and the rail before it, along one side of the deck.
func (s *scene) side(d photos.Dice) {
	far, tilt, wide := d.Between(0.1, 0.32), d.About(0, 0.12), d.Between(0.02, 0.06)
	sea := d.Color([2]float64{0.45, 0.66}, [2]float64{0.1, 0.6}, [2]float64{0.2, 0.8})
	rail := d.Color(any, [2]float64{0, 0.5}, [2]float64{0.3, 1})
	edge := [4]float64{-0.1, far + tilt, 1.1, far - tilt}
	outer := s.quad(-0.1, -0.1, 1.1, -0.1, edge[2], edge[3], edge[0], edge[1])
	bar := s.quad(edge[0], edge[1], edge[2], edge[3], 1.1, edge[3]+wide, -0.1, edge[1]+wide)
	if d.Chance(0.4) { // on the left
		outer = s.quad(-0.1, -0.1, edge[1], -0.1, edge[3], 1.1, -0.1, 1.1)
		bar = s.quad(edge[1], -0.1, edge[1]+wide, -0.1, edge[3]+wide, 1.1, edge[3], 1.1)
	}
	s.c.Fill(s.rough(sea, d.Whole(200, 700), 110), 256, outer)
	s.c.Fill(photos.Plain(rail.Lit(150)), 256, bar)
	s.c.Fill(s.rough(rail, 500, 30), 256, bar.Through(photos.Affine{A: 1, E: 1, F: float64(-0.012 * s.h)}))
}

// fitting is a hatch, a bin, a pole, a coil of rope or a drum, near the edges.
func (s *scene) fitting(d photos.Dice) {
	x, y := d.Between(0, 1), d.Between(0, 1)
	switch d.Pick(1, 1, 1, 1) { // not where fish lie
	case 0:
		x = d.Between(0, 0.14)
	case 1:
		x = d.Between(0.86, 1)
	case 2:
		y = d.Between(0, 0.2)
	default:
		y = d.Between(0.9, 1)
	}
	c := d.Color(any, [2]float64{0, 0.75}, [2]float64{0.15, 0.95})
	size := float64(s.w * d.Between(0.04, 0.12))
	m := photos.Place(s.at(x, y), d.About(0, 0.25), size, float64(size*d.Between(0.6, 1.2)))
	box := photos.Path{{X: -1, Y: -1}, {X: 1, Y: -1}, {X: 1, Y: 1}, {X: -1, Y: 1}}
	switch d.Pick(3, 2, 2, 2) {
	case 0:
		s.c.Fill(photos.Plain(c.Lit(140)), 256, box.Through(m))
		s.c.Fill(s.rough(c, 600, 40), 256, photos.Path{{X: -0.9, Y: -0.95}, {X: 0.9, Y: -0.95}, {X: 0.9, Y: 0.7}, {X: -0.9, Y: 0.7}}.Through(m))
	case 1: // a drum
		s.c.Fill(photos.Plain(c.Lit(150)), 256, photos.Ellipse(pt{Y: 0.2}, 0.9, 0.9).Through(m))
		s.c.Fill(s.rough(c, 500, 40), 256, photos.Ellipse(pt{}, 0.9, 0.8).Through(m))
	case 2: // a pole
		from, to := s.at(x, y), s.at(d.Between(0, 1), d.Between(-0.3, 0.1))
		wide := float64(s.w * d.Between(0.006, 0.02))
		s.c.Fill(photos.Plain(c), 256, photos.Limb([]pt{from, from.Toward(to, 0.5), to}, []float64{wide, wide, wide}))
	default: // rope
		for i := range 4 {
			r := 0.3 + float64(0.2*float64(i))
			ring := photos.Ellipse(pt{}, r, r).Through(m).Edge(float64(size * 0.06))
			s.c.Fill(photos.Plain(c.Lit(200+20*i)), 256, ring[0], ring[1])
		}
	}
}
