package fish

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// spot is where and how an animal lies: a map from its plane to the canvas.
type spot struct {
	at    pt
	turns float64
	size  float64 // pixels a unit
	flat  float64 // how much the height is foreshortened
	left  bool    // the nose is on the left
	belly bool    // the belly is above
}

func (p spot) affine() photos.Affine {
	sx, sy := p.size, float64(p.size*p.flat)
	if !p.left {
		sx = -sx
	}
	if p.belly {
		sy = -sy
	}
	return photos.Place(p.at, p.turns, sx, sy)
}

// bent is a path along the curve of the animal.
func (a *animal) bent(p photos.Path) photos.Path {
	out := make(photos.Path, len(p))
	for i, q := range p {
		out[i] = pt{X: q.X, Y: q.Y + float64(a.bend*float64(float64(q.X*q.X)-1.5)/4)}
	}
	return out
}

// draw draws the animal, and gives the corners of what it takes.
func (a *animal) draw(c *photos.Canvas, where spot) (lo, hi pt) {
	m := where.affine()
	grid := m.Grid()
	lo, hi = pt{X: 1e9, Y: 1e9}, pt{X: -1e9, Y: -1e9}
	fill := func(paint photos.Paint, p photos.Path) {
		path := a.bent(p).Through(m)
		for _, q := range path {
			lo, hi = pt{X: min(lo.X, q.X), Y: min(lo.Y, q.Y)}, pt{X: max(hi.X, q.X), Y: max(hi.Y, q.Y)}
		}
		c.Fill(paint, 256, path)
	}
	shadow := photos.Affine{A: 1, E: 1, C: float64(0.06 * where.size), F: float64(0.1 * where.size)}
	c.Fill(photos.Plain(photos.Color{}), 100, a.bent(a.profile).Through(m).Through(shadow))
	fin := photos.Plain(a.fin)
	fill(fin, a.tail)
	for _, f := range a.fins {
		fill(fin, f)
	}
	if a.bill {
		fill(fin, photos.Path{{X: -1.85, Y: -0.12}, {X: -3.1, Y: 0.05}, {X: -1.85, Y: 0.1}})
	}
	ring := a.bent(a.profile).Through(m).Edge(float64(0.025 * where.size))
	c.Fill(photos.Plain(a.back.Lit(120)), 256, ring[0], ring[1])
	fill(func(x, y int) photos.Color { return a.skin(grid.At(x, y)) }, a.profile)
	if len(a.arm) > 0 {
		fill(photos.Plain(a.fin.Lit(150)), a.arm)
	}
	dark := photos.Plain(a.back.Lit(90))
	line := func(w float64, points ...pt) {
		c.Fill(dark, 256, a.bent(photos.Limb(points, []float64{w, w, w})).Through(m))
	}
	if a.gills {
		for i := range 5 {
			x := -1.2 + float64(0.09*float64(i))
			line(0.016, pt{X: x, Y: -0.14}, pt{X: x + 0.03}, pt{X: x, Y: 0.14})
		}
	} else {
		line(0.02, pt{X: a.eye.X + 0.38, Y: float64(-0.6 * min(a.deep, 0.6))}, pt{X: a.eye.X + 0.5, Y: 0.03}, pt{X: a.eye.X + 0.36, Y: float64(0.6 * min(a.deep, 0.6))})
	}
	line(0.018, pt{X: -1.95, Y: 0.08}, pt{X: -1.8, Y: 0.1}, pt{X: -1.66, Y: 0.12}) // the mouth
	eye := a.bent(photos.Path{a.eye})[0]
	c.Fill(photos.Plain(photos.Color{R: 215, G: 215, B: 205}), 256, photos.Ellipse(eye, a.eyeSize, a.eyeSize).Through(m))
	c.Fill(photos.Plain(photos.Color{R: 15, G: 15, B: 20}), 256, photos.Ellipse(eye, float64(a.eyeSize*0.65), float64(a.eyeSize*0.65)).Through(m))
	return lo, hi
}

// skin is the color of the body at a place of the figure: dark above, light
// below, and wet.
func (a *animal) skin(u, v int) photos.Color {
	deep := int(float64(a.deep * photos.Unit))
	t := min(max(128+v*200/deep, 0), 256)
	n := a.noise.Rough(u+a.shift, v*2+a.shift)
	c := a.back.Blend(a.belly, min(max(t+(n-128)/4, 0), 256))
	switch a.marks {
	case spots:
		c = c.Blend(a.mark, sharp((a.noise.At((u+a.shift)*a.freq>>8, v*a.freq>>8)-180)*2)*3/4)
	case bands:
		if v < deep/2 {
			phase := u * a.freq >> 8 & 255
			c = c.Blend(a.mark, sharp(abs(phase-128)-80))
		}
	}
	return c.Lit(256 + (n-128)/5)
}

// sharp makes a step of a slope, with a short way between.
func sharp(v int) int { return min(max(v*12+128, 0), 256) }
