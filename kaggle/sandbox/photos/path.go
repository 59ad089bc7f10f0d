package photos

// Path is the closed outline of a shape.
type Path []Point

// Through maps every point.
func (p Path) Through(m Affine) Path {
	out := make(Path, len(p))
	for i, q := range p {
		out[i] = m.Apply(q)
	}
	return out
}

// Ellipse is one around a centre.
func Ellipse(center Point, rx, ry float64) Path {
	const n = 40
	p := make(Path, n)
	for i := range p {
		t := Turn(float64(i) / n)
		p[i] = center.Plus(Point{float64(t.X * rx), float64(t.Y * ry)})
	}
	return p
}

// smoothness is how many straight pieces the curve between two points has.
const smoothness = 8

// Smooth is a closed curve through points (Catmull and Rom).
func Smooth(points ...Point) Path {
	var p Path
	n := len(points)
	for i := range n {
		for k := range smoothness {
			p = append(p, curve(points[(i+n-1)%n], points[i], points[(i+1)%n], points[(i+2)%n], float64(k)/smoothness))
		}
	}
	return p
}

// curve is the point at the share t of the way from b to c on a curve that
// comes from a and goes on to d.
func curve(a, b, c, d Point, t float64) Point {
	t2 := float64(t * t)
	t3 := float64(t2 * t)
	wa, wb := float64(-0.5*t3)+t2-float64(0.5*t), float64(1.5*t3)-float64(2.5*t2)+1
	wc, wd := float64(-1.5*t3)+float64(2*t2)+float64(0.5*t), float64(0.5*t3)-float64(0.5*t2)
	return a.Times(wa).Plus(b.Times(wb)).Plus(c.Times(wc)).Plus(d.Times(wd))
}

// Limb is a curve through points that is as wide as widths (the half of it, at
// each point), with round ends: a leg, a tail, a whisker, a branch.
func Limb(points []Point, widths []float64) Path {
	var line Path
	var wide []float64
	last := len(points) - 1
	for i := range last {
		for k := range smoothness {
			t := float64(k) / smoothness
			line = append(line, curve(points[max(i-1, 0)], points[i], points[i+1], points[min(i+2, last)], t))
			wide = append(wide, Mix(widths[i], widths[i+1], t))
		}
	}
	line, wide = append(line, points[last]), append(wide, widths[last])
	n := len(line)
	side := make([]Point, n)
	for i := range line {
		side[i] = line[min(i+1, n-1)].Minus(line[max(i-1, 0)]).Left()
	}
	var p Path
	for i := range line {
		p = append(p, line[i].Plus(side[i].Times(wide[i])))
	}
	p = append(p, roundEnd(line[n-1], side[n-1], wide[n-1])...)
	for i := n - 1; i >= 0; i-- {
		p = append(p, line[i].Minus(side[i].Times(wide[i])))
	}
	return append(p, roundEnd(line[0], side[0].Times(-1), wide[0])...)
}

// roundEnd is the half circle from the side of an end to the other one.
func roundEnd(at, side Point, wide float64) Path {
	const n = 8
	var p Path
	for i := 1; i < n; i++ {
		t := Turn(float64(i) / (2 * n))
		across, along := side.Times(float64(t.X*wide)), Point{-side.Y, side.X}.Times(float64(t.Y*wide))
		p = append(p, at.Plus(across).Plus(along))
	}
	return p
}

// Edge is the ring of half-width w along the outline of p: two paths, one
// inside the other, to be filled together.
func (p Path) Edge(w float64) [2]Path {
	n := len(p)
	var ring [2]Path
	for i := range p {
		out := p[(i+1)%n].Minus(p[(i+n-1)%n]).Left().Times(w)
		ring[0] = append(ring[0], p[i].Plus(out))
	}
	for i := n - 1; i >= 0; i-- {
		out := p[(i+1)%n].Minus(p[(i+n-1)%n]).Left().Times(w)
		ring[1] = append(ring[1], p[i].Minus(out))
	}
	return ring
}
