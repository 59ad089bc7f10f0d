package pets

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// scene is a place with light, before an animal is in it.
type scene struct {
	d     photos.Dice
	c     *photos.Canvas
	noise *photos.Noise
	w, h  int
	size  float64 // geometric mean of w and h: what things are measured by
}

var any = [2]float64{0, 1}

// color is one of a thing: mostly dull.
func (s *scene) color() photos.Color {
	return s.d.Color(any, [2]float64{0.05, s.d.Between(0.1, 0.75)}, [2]float64{0.15, 0.95})
}

// at is a place by shares of width and height.
func (s *scene) at(x, y float64) pt {
	return pt{X: float64(x * float64(s.w)), Y: float64(y * float64(s.h))}
}

// backdrop paints the whole canvas.
func (s *scene) backdrop() {
	switch s.d.Pick(3, 4, 1, 3) {
	case 0:
		s.room()
	case 1:
		s.outdoors()
	case 2:
		s.c.Ground(s.pattern(s.color()))
	default:
		s.c.Ground(s.slope(s.color(), s.color()))
	}
}

// slope goes from one color to another from top to bottom, not evenly.
func (s *scene) slope(a, b photos.Color) photos.Paint {
	zoom := max(int(400*256/s.size), 1)
	return func(x, y int) photos.Color {
		n := s.noise.At(x*zoom>>8, y*zoom>>8)
		return a.Blend(b, min(max(y*256/s.h+(n-128)/4, 0), 256))
	}
}

// pattern is a wallpaper, a carpet or a blanket: stripes, dots, checks, or
// neither.
func (s *scene) pattern(a photos.Color) photos.Paint {
	b := a.Blend(s.color(), s.d.Whole(40, 230))
	m := photos.Place(pt{}, s.d.Between(0, 1), float64(s.size*s.d.Between(0.05, 0.25)), float64(s.size*s.d.Between(0.05, 0.25)))
	grid, warp := m.Grid(), s.d.Whole(0, 120)
	kind := s.d.Pick(1.5, 1, 1, 1.5, 5)
	return func(x, y int) photos.Color {
		u, v := grid.At(x, y)
		n := s.noise.At(u*2, v*2)
		u, v = u+n*warp>>8, v+n*warp>>9
		fur := s.noise.At(u*16, v*16)
		t := 0
		switch kind {
		case 0:
			t = sharp(abs(u&255-128) - 64)
		case 1:
			t = sharp(abs(u&255-128)/2 + abs(v&255-128)/2 - 90)
		case 2:
			t = (sharp(abs(u&255-128)-64) + sharp(abs(v&255-128)-64)) / 2
		case 3:
			t = sharp(n - 140)
		}
		return a.Blend(b, t).Lit(256 + (fur-128)>>2)
	}
}

func abs(v int) int { return max(v, -v) }

// room is a wall, things on it, and a floor.
func (s *scene) room() {
	s.c.Ground(s.pattern(s.color()))
	for range s.d.Whole(0, 2) { // a window or a picture
		frame := s.box(s.at(s.d.Between(0, 1), s.d.Between(0, 0.5)), s.d.Between(0.1, 0.3), s.d.Between(0.1, 0.35), s.d.About(0, 0.01))
		s.c.Fill(photos.Plain(s.color()), 256, frame)
		s.c.Fill(s.slope(s.color(), s.color()), 256, shrunk(frame, 0.85))
	}
	horizon := s.d.Between(0.5, 0.95)
	tilt := s.d.About(0, 0.06)
	floor := photos.Path{s.at(-0.1, horizon+tilt), s.at(1.1, horizon-tilt), s.at(1.1, 1.1), s.at(-0.1, 1.1)}
	s.c.Fill(s.pattern(s.color()), 256, floor)
	line := photos.Limb([]pt{floor[0], floor[0].Toward(floor[1], 0.5), floor[1]}, []float64{float64(0.008 * s.size), float64(0.008 * s.size), float64(0.008 * s.size)})
	s.c.Fill(photos.Plain(s.color()), 256, line)
}

// outdoors is sky, hills, and grass, sand or snow.
func (s *scene) outdoors() {
	hue := s.d.Between(0.5, 0.68)
	s.c.Ground(s.slope(s.d.Color([2]float64{hue, hue}, [2]float64{0.05, 0.6}, [2]float64{0.5, 1}), s.d.Color(any, [2]float64{0, 0.25}, [2]float64{0.7, 1})))
	level := s.d.Between(0.25, 0.6)
	for range s.d.Whole(0, 3) {
		hill := photos.Path{s.at(-0.1, 1.2)}
		for i := range 8 {
			hill = append(hill, s.at(-0.1+float64(float64(i)*0.175), level+s.d.About(0, 0.12)))
		}
		s.c.Fill(s.slope(s.color(), s.color()), 256, append(hill, s.at(1.2, 1.2)))
		level += 0.08
	}
	ground := photos.Path{s.at(-0.1, level+s.d.About(0, 0.05)), s.at(0.5, level+s.d.About(0, 0.05)), s.at(1.1, level+s.d.About(0, 0.05)), s.at(1.1, 1.1), s.at(-0.1, 1.1)}
	color := s.d.Color([2]float64{0.1, 0.4}, [2]float64{0.1, 0.7}, [2]float64{0.3, 0.9})
	rough := max(int(s.d.Between(2000, 7000)*256/s.size), 1)
	s.c.Fill(func(x, y int) photos.Color {
		return color.Lit(160 + s.noise.Rough(x*rough>>8, y*rough>>9)*3/4)
	}, 256, ground)
}

// box is a rectangle of shares of the size around a place.
func (s *scene) box(at pt, rx, ry, turns float64) photos.Path {
	return photos.Path{{X: -1, Y: -1}, {X: 1, Y: -1}, {X: 1, Y: 1}, {X: -1, Y: 1}}.Through(photos.Place(at, turns, float64(rx*s.size), float64(ry*s.size)))
}

// shrunk is a path about its middle.
func shrunk(p photos.Path, by float64) photos.Path {
	var mid pt
	for _, q := range p {
		mid = mid.Plus(q.Times(1 / float64(len(p))))
	}
	out := make(photos.Path, len(p))
	for i, q := range p {
		out[i] = mid.Toward(q, by)
	}
	return out
}
