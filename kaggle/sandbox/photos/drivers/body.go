package drivers

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// shoulders are where the arms begin.
func (l *look) shoulders(o pose) (right, left pt) {
	right = pt{X: 120 - o.lean, Y: 124 + float64(0.3*o.lean)}.Plus(l.sit)
	left = pt{X: 168 - float64(0.4*o.lean), Y: 122}.Plus(l.sit)
	return right, left
}

// torso draws trunk and legs.
func (l *look) torso(p *pen, o pose) {
	wide := l.stout - 12
	q := p.moved(photos.Place(l.sit, 0, 1, 1))
	q.solid(l.lap, photos.Limb([]pt{{X: 130, Y: 236}, {X: 190, Y: 216}, {X: 240, Y: 226}}, []float64{26, 19, 15}))
	x, b := o.lean, float64(wide*2.5)
	q.cloth(l.weave, round(138-x, 100, 116-x, 108, 102-x, 128, 98-b, 180, 96-b, 270, 182+b, 270, 184+b, 200, 182+b, 150, 174, 118, 156-float64(0.5*x), 102))
	if l.belt {
		q.flat(l.wheel.Lit(220), line(3.2, pt{X: 158 - x, Y: 106}, pt{X: 152, Y: 150}, pt{X: 126, Y: 226}))
	}
	q.solid(l.skin.Lit(225), round(134-x, 84, 158-x, 84, 160-x, 106, 146-x, 112, 132-x, 104))
}

// arm draws one, with what its hand holds.
func (l *look) arm(p *pen, shoulder pt, a arm, dim int) {
	mid := shoulder.Toward(a.hand, 0.48)
	elbow := mid.Plus(a.hand.Minus(shoulder).Left().Times(-a.bend))
	skin, wide := l.skin.Lit(dim), l.stout
	bones := []pt{shoulder, elbow, a.hand}
	p.glaze(photos.Color{}, 70, photos.Limb(bones, []float64{float64(1.15*wide) + 1.4, float64(0.95*wide) + 1.4, float64(0.52*wide) + 1.4})) // its shadow
	p.solid(skin, photos.Limb(bones, []float64{wide, float64(0.8 * wide), float64(0.52 * wide)}))
	end := bones
	if l.sleeve < 1 {
		end = []pt{shoulder, shoulder.Toward(elbow, float64(0.9*l.sleeve)), shoulder.Toward(elbow, float64(1.8*l.sleeve))}
	} else {
		end[2] = elbow.Toward(a.hand, 0.88)
	}
	sleeve := func(u, v int) photos.Color { return l.weave(u, v).Lit(dim) }
	p.cloth(sleeve, photos.Limb(end, []float64{float64(1.15 * wide), float64(0.95 * wide), float64(0.72 * wide)}))
	l.holding(p, elbow, a, skin)
}

// holding draws the hand.
func (l *look) holding(p *pen, elbow pt, a arm, skin photos.Color) {
	q := p.moved(photos.Place(a.hand, a.turn, 1, 1))
	r := float64(0.66 * l.stout)
	switch a.holds {
	case phone:
		q.flat(photos.Color{R: 22, G: 22, B: 26}, round(-7.5, -21, 7.5, -21, 8, 11, -8, 11))
		q.flat(photos.Color{R: 150, G: 180, B: 200}, slab(-5, -17.5, 5, -17.5, 5, -2, -5, -2))
	case cup:
		q.solid(l.cup, slab(-9, -18, 9, -18, 7, 15, -7, 15))
		q.flat(l.cup.Lit(150), slab(-9.5, -20, 9.5, -20, 9.5, -16, -9.5, -16))
	case brush:
		q.flat(photos.Color{R: 60, G: 30, B: 40}, line(2, pt{X: 4, Y: 6}, pt{X: 0, Y: -6}, pt{X: -6, Y: -16}))
	}
	q.solid(skin.Lit(268), photos.Ellipse(pt{}, r, float64(1.08*r)))
	for i := range 3 { // fingers
		y := float64(float64(i-1) * r * 0.55)
		q.flat(skin.Lit(200), line(0.5, pt{X: float64(0.2 * r), Y: y}, pt{X: float64(0.6 * r), Y: y}, pt{X: r, Y: y}))
	}
}
