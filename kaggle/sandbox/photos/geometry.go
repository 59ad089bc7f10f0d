package photos

import "math"

// Point is a place, or a way: x to the right, y down.
type Point struct{ X, Y float64 }

// Plus is the sum of two. Like Minus and Mix it forbids to fuse what its
// operands were computed by.
func (p Point) Plus(q Point) Point {
	return Point{float64(p.X) + float64(q.X), float64(p.Y) + float64(q.Y)}
}

// Minus is the way from q to p.
func (p Point) Minus(q Point) Point {
	return Point{float64(p.X) - float64(q.X), float64(p.Y) - float64(q.Y)}
}

// Times is p, k times as long.
func (p Point) Times(k float64) Point { return Point{float64(p.X * k), float64(p.Y * k)} }

// Toward is the point that lies the share t of the way from p to q.
func (p Point) Toward(q Point, t float64) Point { return Point{Mix(p.X, q.X, t), Mix(p.Y, q.Y, t)} }

// Left is the way of length 1 at a right angle to p, none if p is none.
func (p Point) Left() Point {
	l := math.Sqrt(float64(p.X*p.X) + float64(p.Y*p.Y))
	if l == 0 {
		return Point{}
	}
	return Point{p.Y / l, -p.X / l}
}

// Mix is the number the share t of the way from a to b.
func Mix(a, b, t float64) float64 { return float64(a) + float64((float64(b)-float64(a))*t) }

// Turn is the point on the circle of radius 1 after so many turns from (1, 0)
// toward (0, 1): sine and cosine, by their series, to 1e-9.
func Turn(turns float64) Point {
	turns -= math.Floor(turns + 0.5)
	x := float64(turns * (2 * math.Pi)) // in [-pi, pi]
	x2 := float64(x * x)
	sin, cos := 0.0, 0.0
	s, c := x, 1.0
	for k := 1.0; k < 26; k += 2 {
		sin, cos = sin+s, cos+c
		s = float64(float64(s*-x2) / float64((k+1)*(k+2)))
		c = float64(float64(c*-x2) / float64(k*(k+1)))
	}
	return Point{cos, sin}
}

// Affine maps (x, y) to (A x + B y + C, D x + E y + F).
type Affine struct{ A, B, C, D, E, F float64 }

// Place turns, stretches by sx and sy (negative ones mirror) and moves to at.
func Place(at Point, turns, sx, sy float64) Affine {
	t := Turn(turns)
	return Affine{float64(t.X * sx), float64(-t.Y * sy), at.X, float64(t.Y * sx), float64(t.X * sy), at.Y}
}

// Apply maps a point.
func (m Affine) Apply(p Point) Point {
	return Point{float64(m.A*p.X) + float64(m.B*p.Y) + m.C, float64(m.D*p.X) + float64(m.E*p.Y) + m.F}
}

// Then is m followed by n.
func (m Affine) Then(n Affine) Affine {
	origin := n.Apply(m.Apply(Point{}))
	x, y := n.Apply(m.Apply(Point{1, 0})).Minus(origin), n.Apply(m.Apply(Point{0, 1})).Minus(origin)
	return Affine{x.X, y.X, origin.X, x.Y, y.Y, origin.Y}
}

// Inverse undoes m, which must not be flat.
func (m Affine) Inverse() Affine {
	det := float64(m.A*m.E) - float64(m.B*m.D)
	i := Affine{A: m.E / det, B: -m.B / det, D: -m.D / det, E: m.A / det}
	back := i.Apply(Point{m.C, m.F})
	i.C, i.F = -back.X, -back.Y
	return i
}

// Grid finds the place in a figure that a pixel shows, in whole numbers: the
// unit of the figure is Unit of them.
type Grid struct{ a, b, c, d, e, f int64 }

// Unit is how many steps of a Grid one unit of a figure has.
const Unit = 256

const gridShift = 20

// Grid is that of a figure which m puts on the canvas.
func (m Affine) Grid() Grid {
	i := m.Inverse()
	fixed := func(v float64) int64 { return int64(math.Floor(float64(v*(Unit<<gridShift)) + 0.5)) }
	return Grid{fixed(i.A), fixed(i.B), fixed(i.C), fixed(i.D), fixed(i.E), fixed(i.F)}
}

// At is the place under the pixel.
func (g Grid) At(x, y int) (u, v int) {
	return int((g.a*int64(x) + g.b*int64(y) + g.c) >> gridShift), int((g.d*int64(x) + g.e*int64(y) + g.f) >> gridShift)
}
