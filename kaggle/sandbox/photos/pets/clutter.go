package pets

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// thing draws something that is no animal. Many are like parts of one: peaks,
// hanging leaves, stripes and spots.
func (s *scene) thing(at pt, size float64) {
	d := s.d
	px := float64(size * s.size)
	m := photos.Place(at, d.Between(0, 1), float64(px*d.Between(0.6, 1.4)), float64(px*d.Between(0.6, 1.4)))
	switch d.Pick(2, 2, 2, 2, 1) {
	case 0: // a ball or a cushion
		path := photos.Ellipse(pt{}, 1, 1)
		if d.Chance(0.5) {
			path = photos.Smooth(pt{X: -1, Y: -0.8}, pt{Y: -0.7}, pt{X: 1, Y: -0.8}, pt{X: 0.85}, pt{X: 1, Y: 0.8}, pt{Y: 0.7}, pt{X: -1, Y: 0.8}, pt{X: -0.85})
		}
		s.c.Fill(s.pattern(s.color()), 256, path.Through(m))
	case 1: // a box
		path := photos.Path{{X: -1, Y: -1}, {X: 1, Y: -1}, {X: 1, Y: 1}, {X: -1, Y: 1}}.Through(m)
		s.c.Fill(s.pattern(s.color()), 256, path)
	case 2: // peaks: a tent, a flag, a hat
		c := s.color()
		for range d.Whole(1, 3) {
			x := d.Between(-0.6, 0.6)
			path := photos.Path{{X: x - d.Between(0.2, 0.7), Y: 0.6}, {X: x + d.About(0, 0.3), Y: d.Between(-1, -0.3)}, {X: x + d.Between(0.2, 0.7), Y: 0.6}}
			s.c.Fill(photos.Plain(c), 256, path.Through(m))
			c = c.Lit(d.Whole(170, 330))
		}
	case 3: // a plant
		leaf := photos.Smooth(pt{}, pt{X: 0.18, Y: -0.35}, pt{Y: -1}, pt{X: -0.18, Y: -0.35})
		c := s.color()
		n := d.Whole(4, 9)
		for i := range n {
			turned := leaf.Through(photos.Place(pt{}, d.Between(-0.25, 0.25)+float64(i)/float64(4*n), 1, d.Between(0.7, 1.3)))
			s.c.Fill(photos.Plain(c.Lit(d.Whole(180, 300))), 256, turned.Through(m))
		}
	default: // a rope or a branch
		path := photos.Limb([]pt{{X: -1}, {X: -0.3, Y: d.About(0, 0.7)}, {X: 0.3, Y: d.About(0, 0.7)}, {X: 1}}, []float64{0.08, 0.12, 0.12, 0.06})
		s.c.Fill(photos.Plain(s.color()), 256, path.Through(m))
	}
}

// behind puts things anywhere.
func (s *scene) behind() {
	for range s.d.Pick(2, 3, 3, 2, 1) {
		s.thing(s.at(s.d.Between(0, 1), s.d.Between(0.1, 1)), s.d.Between(0.05, 0.2))
	}
}

// front hides a part of what is there.
func (s *scene) front() {
	d := s.d
	switch d.Pick(5, 2, 1, 2) {
	case 1: // grass
		c := s.color()
		for range d.Whole(10, 40) {
			foot := s.at(d.Between(0, 1), 1.02)
			tip := foot.Plus(pt{X: d.About(0, float64(0.1*s.size)), Y: -float64(d.Between(0.08, 0.35) * s.size)})
			w := float64(d.Between(0.004, 0.01) * s.size)
			s.c.Fill(photos.Plain(c.Lit(d.Whole(180, 320))), 256, photos.Limb([]pt{foot, foot.Toward(tip, 0.5), tip}, []float64{w, w, w / 4}))
		}
	case 2: // bars
		c, step, w := s.color(), d.Between(0.15, 0.35), d.Between(0.008, 0.02)
		for x := d.Between(0, step); x < 1; x += step {
			s.c.Fill(photos.Plain(c), 256, photos.Path{s.at(x-w, -0.1), s.at(x+w, -0.1), s.at(x+w, 1.1), s.at(x-w, 1.1)})
		}
	case 3: // a thing at the edge
		for range d.Whole(1, 2) {
			s.thing(s.at(d.Between(0, 1), d.Between(0.8, 1.1)), d.Between(0.06, 0.16))
		}
	}
}
