package features

// Most pixels of a photo come from between four pixels of it: they need neither
// a look whether they do nor a loop over channels.

// levels are the values of a byte.
var levels = func() (l [256]float32) {
	for i := range l {
		l[i] = float32(i)
	}
	return l
}()

// inside is the range of the row whose pixels come from between four pixels of
// an image of h x w: the places lie on a line, so they are one range.
func (p *place) inside(h, w int) (from, to int) {
	good := func(x int) bool {
		px, py := p.at(x)
		return px >= 0 && px < float64(w-1) && py >= 0 && py < float64(h-1)
	}
	lo, hi := 0.0, float64(w)
	for _, a := range [2]struct{ start, step, end float64 }{{p.rx, p.m.xx, float64(w - 1)}, {p.ry, p.m.yx, float64(h - 1)}} {
		if a.step == 0 {
			continue
		}
		first, last := -a.start/a.step, (a.end-a.start)/a.step
		lo, hi = max(lo, min(first, last)), min(hi, max(first, last))
	}
	if !(lo < hi) {
		return 0, 0
	}
	// Roundings may be off by one at the ends.
	from, to = int(lo), min(int(hi)+1, w)
	for from < to && !good(from) {
		from++
	}
	for to > from && !good(to-1) {
		to--
	}
	return from, to
}

// rgb writes the pixels of row, which begins at pixel x and lies inside.
func (p *place) rgb(row []float32, x int, src []byte, w int, s *scales) {
	xx, yx, rx, ry := p.m.xx, p.m.yx, p.rx, p.ry
	m0, m1, m2, a0, a1, a2 := s.mul[0], s.mul[1], s.mul[2], s.add[0], s.add[1], s.add[2]
	for ; len(row) >= 3; row = row[3:] {
		px, py := float64(xx*float64(x))+rx, float64(yx*float64(x))+ry
		x++
		ix, iy := int(px), int(py)
		fx, fy := float32(px-float64(ix)), float32(py-float64(iy))
		d := float32(fx * fy)
		b, c := fx-d, fy-d
		a := 1 - fx - c
		i := 3 * (iy*w + ix)
		t := src[i : i+6 : i+6]
		u := src[i+3*w : i+3*w+6 : i+3*w+6]
		v0 := float32(levels[t[0]]*a) + float32(levels[t[3]]*b) + float32(levels[u[0]]*c) + float32(levels[u[3]]*d)
		v1 := float32(levels[t[1]]*a) + float32(levels[t[4]]*b) + float32(levels[u[1]]*c) + float32(levels[u[4]]*d)
		v2 := float32(levels[t[2]]*a) + float32(levels[t[5]]*b) + float32(levels[u[2]]*c) + float32(levels[u[5]]*d)
		if s.tinted {
			v0, v1, v2 = s.tint.rgb(v0, v1, v2)
		}
		row[0], row[1], row[2] = float32(v0*m0)+a0, float32(v1*m1)+a1, float32(v2*m2)+a2
	}
}
