package pets

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// animal is one, with all that is drawn of it but its kind.
type animal struct {
	traits
	coat        coat
	blaze       bool // a light stripe down the face
	lightMuzzle bool
	socks       bool
	bib         bool
	earShade    int
	earLean     float64
	earInner    photos.Color
	noseColor   photos.Color
	tongueColor photos.Color
	iris        photos.Color
	dark        photos.Color
	whisker     photos.Color
	collarColor photos.Color
	bend        [4]float64 // of tail and legs, -1 to 1
}

func newAnimal(t traits, d photos.Dice, n *photos.Noise) *animal {
	a := &animal{
		traits: t, coat: newCoat(d, t.marks, n), blaze: d.Chance(0.2), lightMuzzle: d.Chance(0.55), socks: d.Chance(0.35), bib: d.Chance(0.35),
		earShade: d.Whole(150, 250), earLean: d.Between(-0.12, 0.22),
		earInner:    d.Color([2]float64{0.95, 1.08}, [2]float64{0.1, 0.45}, [2]float64{0.35, 0.95}),
		noseColor:   d.Color([2]float64{0.93, 1.06}, [2]float64{0.05, 0.4}, [2]float64{0.1, 0.35}),
		tongueColor: d.Color([2]float64{0.94, 1.02}, [2]float64{0.35, 0.6}, [2]float64{0.7, 0.95}),
		iris:        d.Color([2]float64{0.07, 0.6}, [2]float64{0.35, 0.9}, [2]float64{0.35, 0.95}),
		dark:        d.Color([2]float64{0, 1}, [2]float64{0, 0.3}, [2]float64{0.05, 0.15}),
		whisker:     d.Color([2]float64{0, 1}, [2]float64{0, 0.1}, [2]float64{0.05, 1}),
		collarColor: d.Color([2]float64{0, 1}, [2]float64{0.5, 1}, [2]float64{0.4, 0.95}),
	}
	if d.Chance(0.4) { // a pink nose
		a.noseColor = d.Color([2]float64{0.95, 1.04}, [2]float64{0.3, 0.5}, [2]float64{0.6, 0.9})
	}
	for i := range a.bend {
		a.bend[i] = d.Between(-1, 1)
	}
	return a
}

// box is what a pose needs of the figure's plane: two corners.
func (p pose) box() (lo, hi pt) {
	switch p {
	case portrait:
		return pt{X: -1.5, Y: -1.8}, pt{X: 1.5, Y: 1.9}
	case sitting:
		return pt{X: -1.9, Y: -1.7}, pt{X: 2.4, Y: 4.5}
	case standing:
		return pt{X: -1.4, Y: -1.6}, pt{X: 5.6, Y: 4.2}
	default:
		return pt{X: -1.5, Y: -1.6}, pt{X: 5.2, Y: 2.3}
	}
}

// figure draws the animal: what is behind the head first.
func (a *animal) figure(p *pen) {
	switch a.pose {
	case portrait:
		a.bust(p)
	case sitting:
		a.sit(p)
	case standing:
		a.stand(p)
	case lying:
		a.lie(p)
	}
	if a.collar {
		p.spot(a.collarColor, 256, photos.Limb([]pt{{X: -0.72, Y: 0.95}, {X: 0, Y: 1.25}, {X: 0.72, Y: 0.95}}, []float64{0.13, 0.15, 0.13}))
	}
	a.head(p)
}

// legs are of one color below if the animal has socks.
func (a *animal) leg(from, knee, foot pt, wide float64) []part {
	leg := part{photos.Limb([]pt{from, knee, foot}, []float64{float64(wide * 1.25), wide, float64(wide * 0.9)}), a.coat.at}
	paw := part{photos.Ellipse(foot.Plus(pt{X: -0.08, Y: 0.05}), float64(wide*1.35), float64(wide*0.85)), a.coat.at}
	if a.socks {
		paw.at = flat(a.coat.light)
	}
	return []part{leg, paw}
}

// tailPart is a tail from a place, on to the right.
func (a *animal) tailPart(from pt, up float64) part {
	long := photos.Mix(1.3, 2.5, a.tail)
	wide := photos.Mix(0.3, 0.17, a.tail)
	lift := float64(up * long)
	mid := from.Plus(pt{X: float64(long * 0.5), Y: float64(-0.25*lift) + float64(0.3*a.bend[0])})
	end := from.Plus(pt{X: float64(long*0.75) + float64(0.25*a.bend[1]), Y: -lift})
	hook := end.Plus(pt{X: photos.Mix(-0.1, 0.45, a.tail) * a.bend[2], Y: float64(-0.35 * long * photos.Mix(0.2, 0.9, a.tail))})
	tip := photos.Mix(0.05, float64(wide*0.85), a.tail)
	return part{photos.Limb([]pt{from, mid, end, hook}, []float64{wide, photos.Mix(float64(wide*1.2), wide, a.tail), photos.Mix(float64(wide*0.7), wide, a.tail), tip}), a.coat.at}
}

func (a *animal) bust(p *pen) {
	w := photos.Mix(1.25, 1.05, a.build)
	body := photos.Smooth(pt{X: 0, Y: 0.3}, pt{X: 0.75, Y: 0.7}, pt{X: w, Y: 2.2}, pt{X: float64(w * 1.15), Y: 5}, pt{X: float64(-w * 1.15), Y: 5}, pt{X: -w, Y: 2.2}, pt{X: -0.75, Y: 0.7})
	p.group(part{body, a.coat.at})
	a.drawBib(p, pt{Y: 1.9}, 0.55, 1.1)
}

func (a *animal) drawBib(p *pen, at pt, rx, ry float64) {
	if a.bib {
		p.spot(a.coat.light, 256, photos.Smooth(at.Plus(pt{Y: -ry}), at.Plus(pt{X: rx, Y: float64(-0.3 * ry)}), at.Plus(pt{X: float64(0.5 * rx), Y: float64(0.6 * ry)}), at.Plus(pt{Y: ry}),
			at.Plus(pt{X: float64(-0.6 * rx), Y: float64(0.5 * ry)}), at.Plus(pt{X: -rx, Y: float64(-0.3 * ry)})))
	}
}

func (a *animal) sit(p *pen) {
	hip, chest := photos.Mix(1.15, 1.45, a.build), photos.Mix(0.95, 0.72, a.build)
	body := photos.Smooth(pt{X: 0, Y: 0.4}, pt{X: chest, Y: 1.2}, pt{X: hip, Y: 3.1}, pt{X: float64(hip * 0.9), Y: 4.1}, pt{X: float64(-hip * 0.9), Y: 4.1}, pt{X: -hip, Y: 3.1}, pt{X: -chest, Y: 1.2})
	parts := []part{a.tailPart(pt{X: float64(hip * 0.8), Y: 3.7}, photos.Mix(0.35, 0.5, a.tail)*(a.bend[3]+0.6)), {body, a.coat.at}}
	for _, side := range []float64{-1, 1} {
		parts = append(parts, part{photos.Ellipse(pt{X: float64(side * hip), Y: 4.1}, 0.5, 0.28), a.coat.at})
	}
	p.group(parts...)
	a.drawBib(p, pt{Y: 1.9}, float64(chest*0.6), 0.9)
	apart := photos.Mix(0.5, 0.3, a.build)
	p.line = float64(p.line * 0.7)
	for _, side := range []float64{-1, 1} {
		p.group(a.leg(pt{X: float64(side * apart), Y: 2}, pt{X: float64(side * apart), Y: 3.1}, pt{X: float64(side * apart * 1.1), Y: 4.15}, photos.Mix(0.28, 0.24, a.build))...)
	}
	p.line = p.line / 0.7
}

func (a *animal) stand(p *pen) {
	long, high := photos.Mix(3.6, 3.9, a.build), photos.Mix(3.9, 3.5, a.build)
	deep := photos.Mix(0.95, 0.75, a.build)
	body := photos.Smooth(pt{X: 0.1, Y: 0.5}, pt{X: 1.2, Y: 0.75}, pt{X: long, Y: 0.85}, pt{X: long + 0.45, Y: 1.6}, pt{X: long - 0.2, Y: 2.2},
		pt{X: float64(long * 0.6), Y: photos.Mix(1.9, 2.3, a.build)}, pt{X: 0.9, Y: 1.35 + deep}, pt{X: 0.05, Y: 1.7})
	parts := []part{a.tailPart(pt{X: long + 0.2, Y: 1.1}, photos.Mix(0.5, 0.8, a.tail)*(float64(0.8*a.bend[3])+0.4))}
	wide := photos.Mix(0.27, 0.22, a.build)
	far := a.coat
	far.base, far.other = far.base.Lit(190), far.other.Lit(190)
	for i, x := range []float64{0.75, long - 0.35, 0.35, long + 0.1} {
		foot := pt{X: x + float64(0.35*a.bend[i]), Y: high}
		leg := a.leg(pt{X: x, Y: 1.8}, pt{X: x + float64(0.12*a.bend[3-i]), Y: 2.7}, foot, wide)
		if i < 2 {
			leg[0].at, leg[1].at = far.at, far.at
		}
		parts = append(parts, leg...)
	}
	p.group(append(parts, part{body, a.coat.at})...)
	a.drawBib(p, pt{X: 0.45, Y: 1.5}, 0.4, 0.7)
}

func (a *animal) lie(p *pen) {
	long := photos.Mix(4.2, 3.6, a.build)
	back := photos.Mix(0.35, -0.15, a.build)
	body := photos.Smooth(pt{X: 0, Y: 0.5}, pt{X: float64(long * 0.4), Y: back}, pt{X: float64(long * 0.85), Y: back + 0.25}, pt{X: long, Y: 1.3}, pt{X: float64(long * 0.9), Y: 2},
		pt{X: float64(long * 0.4), Y: 2.05}, pt{X: -0.5, Y: 2})
	thigh := part{photos.Ellipse(pt{X: float64(long * 0.78), Y: 1.45}, 0.75, 0.6), a.coat.at}
	p.group(a.tailPart(pt{X: float64(long * 0.93), Y: 1.7}, float64(0.35*a.bend[3])+0.1), part{body, a.coat.at})
	p.line = float64(p.line * 0.7)
	p.group(thigh)
	for i, y := range []float64{1.75, 1.95} {
		p.group(a.leg(pt{X: 0.5, Y: y}, pt{X: -0.2, Y: y + 0.05}, pt{X: -0.9 + float64(0.3*a.bend[i]), Y: y + 0.05}, 0.22)...)
	}
	p.line = p.line / 0.7
}
