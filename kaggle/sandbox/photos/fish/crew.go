package fish

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// person is one of the crew, who stands at the same place for a while.
type person struct {
	foot  pt      // in shares
	tall  float64 // as a share of the height
	coat  photos.Color
	pants photos.Color
	hat   photos.Color
	skin  photos.Color
	reach [2]pt // of the hands, from the shoulders, by the height of the person
	lean  float64
}

func newPerson(b *Boat, d photos.Dice) person {
	p := person{
		tall: d.Between(0.5, 0.95), coat: b.crew[d.Pick(3, 2, 1)], pants: b.crew[d.Pick(2, 2, 3)].Lit(d.Whole(120, 256)), skin: b.skin,
		hat: d.Color(any, any, [2]float64{0.1, 0.9}), lean: d.About(0, 0.15),
	}
	p.foot = pt{X: d.Between(0.02, 0.98), Y: d.Between(0.45, 0.75)}
	if d.Chance(0.35) { // near the camera, below, beside the fish
		p.foot = pt{X: d.Between(0, 0.2), Y: d.Between(1.2, 1.5)}
		if d.Chance(0.5) {
			p.foot.X = 1 - p.foot.X
		}
	}
	for i := range p.reach {
		p.reach[i] = pt{X: d.About(0, 0.25), Y: d.Between(0.05, 0.38)}
	}
	return p
}

// draw draws the person, who moves a little from frame to frame.
func (p person) draw(s *scene, d photos.Dice) {
	k := float64(p.tall * s.h)
	foot := s.at(p.foot.X+d.About(0, 0.015), p.foot.Y+d.About(0, 0.01))
	m := photos.Place(foot, p.lean+d.About(0, 0.01), k, k)
	limb := func(c photos.Color, wide float64, points ...pt) {
		w := make([]float64, len(points))
		for i := range w {
			w[i] = wide
		}
		s.c.Fill(s.rough(c, 500, 50), 256, photos.Limb(points, w).Through(m))
	}
	for _, side := range [...]float64{-1, 1} {
		limb(p.pants, 0.06, pt{X: float64(side * 0.07), Y: -0.45}, pt{X: float64(side * 0.09), Y: -0.2}, pt{X: float64(side * 0.09)})
		limb(photos.Color{R: 40, G: 42, B: 45}, 0.065, pt{X: float64(side * 0.09), Y: -0.1}, pt{X: float64(side * 0.09), Y: -0.03}, pt{X: float64(side * 0.11)})
	}
	body := photos.Smooth(pt{X: -0.13, Y: -0.42}, pt{X: -0.15, Y: -0.78}, pt{Y: -0.83}, pt{X: 0.15, Y: -0.78}, pt{X: 0.13, Y: -0.42})
	s.c.Fill(s.rough(p.coat, 400, 60), 256, body.Through(m))
	for i, side := range [...]float64{-1, 1} {
		shoulder := pt{X: float64(side * 0.14), Y: -0.76}
		hand := shoulder.Plus(p.reach[i]).Plus(pt{X: d.About(0, 0.03), Y: d.About(0, 0.03)})
		elbow := shoulder.Toward(hand, 0.5).Plus(pt{X: float64(side * 0.07)})
		limb(p.coat.Lit(225), 0.045, shoulder, elbow, hand)
		s.c.Fill(photos.Plain(p.skin), 256, photos.Ellipse(hand, 0.045, 0.045).Through(m))
	}
	s.c.Fill(photos.Plain(p.skin), 256, photos.Ellipse(pt{Y: -0.91}, 0.065, 0.08).Through(m))
	s.c.Fill(photos.Plain(p.hat), 256, photos.Smooth(pt{X: -0.075, Y: -0.93}, pt{X: -0.06, Y: -0.99}, pt{Y: -1.01}, pt{X: 0.06, Y: -0.99}, pt{X: 0.075, Y: -0.93}).Through(m))
}

// tool is a thing that lies about and is no fish, if of the size of one.
type tool struct {
	kind  int
	at    pt
	turns float64
	size  float64 // as a share of the width
	color photos.Color
}

func newTool(d photos.Dice) tool {
	return tool{
		kind: d.Pick(1, 1, 1, 1), at: pt{X: d.Between(0.1, 0.9), Y: d.Between(0.35, 0.95)}, turns: d.Between(0, 1), size: d.Between(0.04, 0.11),
		color: d.Color(any, [2]float64{0, 0.8}, [2]float64{0.1, 0.95}),
	}
}

func (t tool) draw(s *scene, d photos.Dice) {
	size := float64(t.size * s.w)
	m := photos.Place(s.at(t.at.X+d.About(0, 0.004), t.at.Y+d.About(0, 0.004)), t.turns+d.About(0, 0.01), size, size)
	switch t.kind {
	case 0: // a gaff or a knife
		s.c.Fill(photos.Plain(t.color), 256, photos.Path{{X: -1.5, Y: -0.07}, {X: 0, Y: -0.07}, {Y: 0.07}, {X: -1.5, Y: 0.07}}.Through(m))
		s.c.Fill(photos.Plain(photos.Color{R: 190, G: 195, B: 200}), 256, photos.Path{{Y: -0.1}, {X: 1.1, Y: -0.05}, {X: 1.5, Y: 0.05}, {Y: 0.1}}.Through(m))
	case 1: // a bucket
		s.c.Fill(photos.Plain(t.color.Lit(140)), 256, photos.Ellipse(pt{Y: 0.15}, 0.6, 0.6).Through(m))
		s.c.Fill(photos.Plain(t.color), 256, photos.Ellipse(pt{}, 0.6, 0.55).Through(m))
		s.c.Fill(photos.Plain(t.color.Lit(90)), 256, photos.Ellipse(pt{}, 0.5, 0.45).Through(m))
	case 2: // a glove or a boot
		s.c.Fill(photos.Plain(t.color), 256, photos.Limb([]pt{{X: -0.7}, {X: 0.1}, {X: 0.5, Y: 0.35}}, []float64{0.2, 0.22, 0.16}).Through(m))
	default: // a line
		s.c.Fill(photos.Plain(t.color), 256, photos.Limb([]pt{{X: -2}, {X: -0.8, Y: 0.5}, {X: 0.6, Y: -0.5}, {X: 2, Y: 0.2}}, []float64{0.04, 0.04, 0.04, 0.04}).Through(m))
	}
}
