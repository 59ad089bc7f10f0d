package pets

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

type pt = photos.Point

// flipped is a path on the other side of the face.
func flipped(p photos.Path) photos.Path {
	out := make(photos.Path, len(p))
	for i, q := range p {
		out[i] = pt{X: -q.X, Y: q.Y}
	}
	return out
}

func moved(p photos.Path, by pt) photos.Path {
	out := make(photos.Path, len(p))
	for i, q := range p {
		out[i] = q.Plus(by)
	}
	return out
}

// head draws the head around (0, 0); half its width is about 1.
func (a *animal) head(p *pen) {
	look := pt{X: float64(a.turn * 0.42)}
	skull := part{a.skullPath(), a.coat.at}
	left, right, inner := a.earPaths()
	behind, front := []part{{left, a.coat.at}, {right, a.coat.at}}, []part(nil)
	if a.ears == hanging {
		behind, front = nil, behind
		dark := a.coat
		dark.base, dark.other = dark.base.Lit(a.earShade), dark.other.Lit(a.earShade)
		front[0].at, front[1].at = dark.at, dark.at
	}
	p.group(append(behind, skull)...)
	if a.ears == pointed {
		p.spot(a.earInner, 230, inner, flipped(inner))
	}
	a.face(p, look)
	if front != nil {
		p.group(front...)
	}
	if a.ears == folded {
		tip := photos.Smooth(pt{X: 0.42, Y: -1.12}, pt{X: 0.86, Y: -1.2}, pt{X: 1.02, Y: -0.85}, pt{X: 0.8, Y: -0.56})
		dark := a.coat
		dark.base, dark.other = dark.base.Lit(a.earShade), dark.other.Lit(a.earShade)
		p.group(part{tip, dark.at}, part{flipped(tip), dark.at})
	}
}

func (a *animal) skullPath() photos.Path {
	g := a.skull
	top, crown, cheek, jowl, chin := -0.92, photos.Mix(0.66, 0.8, g), photos.Mix(0.8, 1.08, g), photos.Mix(0.7, 0.72, g), photos.Mix(1.18, 0.86, g)
	down := photos.Mix(0.05, 0.28, g)
	return photos.Smooth(
		pt{X: 0, Y: top}, pt{X: crown, Y: -0.62}, pt{X: cheek, Y: down}, pt{X: jowl, Y: photos.Mix(0.86, 0.66, g)},
		pt{X: 0, Y: chin}, pt{X: -jowl, Y: photos.Mix(0.86, 0.66, g)}, pt{X: -cheek, Y: down}, pt{X: -crown, Y: -0.62})
}

// earPaths are both ears, and the inner side of the right one if it is pointed.
func (a *animal) earPaths() (left, right, inner photos.Path) {
	s := a.earSize
	side := photos.Mix(0.76, 0.94, a.skull) // where the skull is as wide
	switch a.ears {
	case pointed:
		lean := a.earLean
		tip := pt{X: 0.72 + lean, Y: -0.75 - float64(0.8*s)}
		right = photos.Path{{X: 0.18, Y: -0.8}}
		for i := range 6 { // sides that bulge a little
			t := float64(i) / 5
			right = append(right, pt{X: 0.18, Y: -0.8}.Toward(tip, t).Plus(pt{X: -0.06, Y: -0.04}.Times(float64(4*t)*(1-t))))
		}
		for i := range 6 {
			t := float64(i) / 5
			right = append(right, tip.Toward(pt{X: side, Y: -0.2}, t).Plus(pt{X: 0.1, Y: -0.02}.Times(float64(4*t)*(1-t))))
		}
		middle := pt{X: 0.62, Y: -0.62}
		for _, q := range []pt{{X: 0.28, Y: -0.78}, tip, {X: 0.88, Y: -0.4}} {
			inner = append(inner, middle.Toward(q, 0.72))
		}
	case hanging:
		long := photos.Mix(0.35, 1.1, (s-0.85)/0.35)
		right = photos.Smooth(pt{X: 0.45, Y: -0.86}, pt{X: 0.95, Y: -0.8}, pt{X: 1.3, Y: float64(long * 0.35)}, pt{X: 1.2 + a.earLean, Y: long},
			pt{X: 0.86, Y: float64(long * 0.8)}, pt{X: 0.74, Y: -0.2})
	case folded:
		right = photos.Path{{X: 0.2, Y: -0.75}, {X: 0.45, Y: -1.2}, {X: 0.86, Y: -1.25}, {X: side, Y: -0.3}}
	}
	return flipped(right), right, inner
}

// face draws muzzle, eyes, nose, mouth and whiskers, moved by look.
func (a *animal) face(p *pen, look pt) {
	if a.blaze {
		p.spot(a.coat.light, 256, moved(photos.Smooth(pt{X: 0, Y: -0.9}, pt{X: 0.13, Y: -0.3}, pt{X: 0.3, Y: 0.5}, pt{X: -0.3, Y: 0.5}, pt{X: -0.13, Y: -0.3}), look.Times(0.6)))
	}
	a.drawEyes(p, look)
	rx, ry := photos.Mix(0.58, 0.36, a.muzzle), photos.Mix(0.52, 0.25, a.muzzle)
	at := pt{X: float64(look.X * photos.Mix(1.6, 1.1, a.muzzle)), Y: photos.Mix(0.58, 0.46, a.muzzle)}
	if a.tongue {
		p.group(part{moved(photos.Smooth(pt{X: -0.17, Y: 0}, pt{X: 0.17, Y: 0}, pt{X: 0.18, Y: 0.5}, pt{X: 0, Y: 0.66}, pt{X: -0.18, Y: 0.5}), at.Plus(pt{Y: float64(ry * 0.7)})), flat(a.tongueColor)})
	}
	muzzle := photos.Ellipse(at, rx, ry)
	if a.muzzle > 0.5 { // two cushions
		muzzle = photos.Smooth(at.Plus(pt{Y: -ry}), at.Plus(pt{X: rx, Y: float64(-0.1 * ry)}), at.Plus(pt{X: float64(0.6 * rx), Y: ry}), at.Plus(pt{Y: float64(0.7 * ry)}),
			at.Plus(pt{X: float64(-0.6 * rx), Y: ry}), at.Plus(pt{X: -rx, Y: float64(-0.1 * ry)}))
	}
	tone := flat(a.coat.light)
	if !a.lightMuzzle {
		tone = a.coat.at
	}
	line := p.line
	p.line = float64(line * 0.6)
	p.group(part{muzzle, tone})
	p.line = line
	a.drawNose(p, at.Minus(pt{Y: float64(0.62 * ry)}))
	mouth := at.Plus(pt{Y: float64(ry * 0.15)})
	thin := []float64{0.025, 0.03, 0.02}
	p.spot(a.dark, 220, photos.Limb([]pt{at.Minus(pt{Y: float64(0.4 * ry)}), mouth}, []float64{0.025, 0.025}))
	for _, side := range []float64{-1, 1} {
		p.spot(a.dark, 220, photos.Limb([]pt{mouth, mouth.Plus(pt{X: float64(side*rx) * 0.35, Y: float64(0.35 * ry)}), mouth.Plus(pt{X: float64(side*rx) * 0.75, Y: float64(0.15 * ry)})}, thin))
		for k := range 3 {
			if a.whiskers {
				from := at.Plus(pt{X: float64(side*rx) * 0.6, Y: float64(float64(k-1) * 0.1)})
				to := from.Plus(pt{X: float64(side * 1.05), Y: float64(float64(k-1)*0.26) - 0.05})
				p.spot(a.whisker, 200, photos.Limb([]pt{from, from.Toward(to, 0.5).Minus(pt{Y: 0.05}), to}, []float64{0.022, 0.018, 0.01}))
			}
		}
	}
}

func (a *animal) drawNose(p *pen, at pt) {
	if a.nose > 0.5 {
		w := photos.Mix(0.2, 0.12, a.nose)
		p.spot(a.noseColor, 256, photos.Path{at.Plus(pt{X: -w, Y: float64(-0.5 * w)}), at.Plus(pt{X: w, Y: float64(-0.5 * w)}), at.Plus(pt{Y: float64(0.9 * w)})})
		return
	}
	p.spot(a.noseColor, 256, photos.Ellipse(at, photos.Mix(0.25, 0.16, a.nose), photos.Mix(0.19, 0.11, a.nose)))
	p.spot(photos.Color{R: 255, G: 255, B: 255}, 120, photos.Ellipse(at.Plus(pt{X: -0.06, Y: -0.06}), 0.06, 0.03))
}

func (a *animal) drawEyes(p *pen, look pt) {
	rx, ry := photos.Mix(0.14, 0.23, a.eyes), photos.Mix(0.15, 0.19, a.eyes)
	for _, side := range []float64{-1, 1} {
		at := pt{X: float64(side*photos.Mix(0.36, 0.44, a.eyes)) + look.X, Y: -0.14}
		if a.closed {
			p.spot(a.dark, 240, photos.Limb([]pt{at.Minus(pt{X: rx}), at.Plus(pt{Y: 0.08}), at.Plus(pt{X: rx})}, []float64{0.03, 0.04, 0.03}))
			continue
		}
		slant := float64(side * photos.Mix(0, 0.05, a.eyes))
		eye := photos.Smooth(at.Plus(pt{X: -rx, Y: slant}), at.Plus(pt{Y: -ry}), at.Plus(pt{X: rx, Y: -slant}), at.Plus(pt{Y: ry}))
		p.spot(a.dark, 256, moved(photos.Ellipse(at, rx+0.03, ry+0.03), pt{}))
		p.spot(a.iris, 256, eye)
		pupil := at.Plus(pt{X: float64(a.turn * 0.05)})
		wide := photos.Mix(float64(rx*0.75), 0.05, a.eyes)
		p.spot(a.dark, 256, photos.Ellipse(pupil, wide, photos.Mix(float64(ry*0.75), float64(ry*0.92), a.eyes)))
		p.spot(photos.Color{R: 255, G: 255, B: 255}, 230, photos.Ellipse(pupil.Plus(pt{X: -0.05, Y: -0.06}), 0.035, 0.035))
	}
}
