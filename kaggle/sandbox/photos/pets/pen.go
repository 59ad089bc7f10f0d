package pets

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// pen draws the parts of a figure.
type pen struct {
	c     *photos.Canvas
	at    photos.Affine // from the figure to pixels
	grid  photos.Grid
	scale float64      // pixels a unit
	line  float64      // half width of outlines in units, 0: none
	ink   photos.Color // of outlines
	light photos.Point // where light comes from, in pixels, length 1
	depth int          // how much it shades, in 256ths
}

// part is a shape of a figure.
type part struct {
	path photos.Path
	at   func(u, v int) photos.Color
}

func flat(c photos.Color) func(int, int) photos.Color {
	return func(int, int) photos.Color { return c }
}

// group draws parts with one outline around all of them.
func (p *pen) group(parts ...part) {
	for _, one := range parts {
		if p.line > 0 {
			ring := one.path.Through(p.at).Edge(float64(p.line * p.scale))
			p.c.Fill(photos.Plain(p.ink), 256, ring[0], ring[1])
		}
	}
	for _, one := range parts {
		path := one.path.Through(p.at)
		p.c.Fill(p.shaded(path, one.at), 256, path)
	}
}

// spot draws a shape of one color without outline.
func (p *pen) spot(c photos.Color, opacity int, paths ...photos.Path) {
	for _, one := range paths {
		p.c.Fill(photos.Plain(c), opacity, one.Through(p.at))
	}
}

// shaded paints a shape lighter on the side of the light.
func (p *pen) shaded(path photos.Path, at func(u, v int) photos.Color) photos.Paint {
	lo, hi := path[0], path[0]
	for _, q := range path {
		lo, hi = photos.Point{X: min(lo.X, q.X), Y: min(lo.Y, q.Y)}, photos.Point{X: max(hi.X, q.X), Y: max(hi.Y, q.Y)}
	}
	size := max(hi.X-lo.X, hi.Y-lo.Y, 2)
	mid := lo.Toward(hi, 0.5)
	slope := p.light.Times(float64(p.depth) * 2 / size * 256)
	sx, sy, cx, cy := int(slope.X), int(slope.Y), int(mid.X), int(mid.Y)
	grid := p.grid
	return func(x, y int) photos.Color {
		return at(grid.At(x, y)).Lit(256 + (sx*(x-cx)+sy*(y-cy))>>8)
	}
}
