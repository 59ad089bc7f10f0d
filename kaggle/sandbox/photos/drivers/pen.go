package drivers

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

type pt = photos.Point

// pen draws in the measures of the car, in which the camera sees about 320 x
// 240.
type pen struct {
	c     *photos.Canvas
	at    photos.Affine // from the car to pixels
	grid  photos.Grid
	noise *photos.Noise
	light pt // where light comes from, length 1
	depth int
}

// moved is the pen for a figure of its own measures.
func (p *pen) moved(m photos.Affine) *pen {
	q := *p
	q.at = m.Then(p.at)
	q.grid = q.at.Grid()
	return &q
}

// flat fills shapes with one color.
func (p *pen) flat(c photos.Color, paths ...photos.Path) { p.glaze(c, 256, paths...) }

// glaze is flat with an opacity of 256.
func (p *pen) glaze(c photos.Color, opacity int, paths ...photos.Path) {
	through := make([]photos.Path, len(paths))
	for i, one := range paths {
		through[i] = one.Through(p.at)
	}
	p.c.Fill(photos.Plain(c), opacity, through...)
}

// solid fills a shape that light falls on from one side.
func (p *pen) solid(c photos.Color, path photos.Path) {
	p.cloth(func(int, int) photos.Color { return c }, path)
}

// cloth is solid with a color for each place, in 1/256 of a measure.
func (p *pen) cloth(at func(u, v int) photos.Color, path photos.Path) {
	through := path.Through(p.at)
	lo, hi := through[0], through[0]
	for _, q := range through {
		lo, hi = pt{X: min(lo.X, q.X), Y: min(lo.Y, q.Y)}, pt{X: max(hi.X, q.X), Y: max(hi.Y, q.Y)}
	}
	size, mid := max(hi.X-lo.X, hi.Y-lo.Y, 2), lo.Toward(hi, 0.5)
	slope := p.light.Times(float64(p.depth) * 2 / size * 256)
	sx, sy, cx, cy := int(slope.X), int(slope.Y), int(mid.X), int(mid.Y)
	grid := p.grid
	p.c.Fill(func(x, y int) photos.Color {
		return at(grid.At(x, y)).Lit(256 + (sx*(x-cx)+sy*(y-cy))>>8)
	}, 256, through)
}

// line strokes through points, w wide to either side.
func line(w float64, points ...pt) photos.Path {
	widths := make([]float64, len(points))
	for i := range widths {
		widths[i] = w
	}
	return photos.Limb(points, widths)
}

// slab is a polygon of numbers: x and y of each corner.
func slab(xy ...float64) photos.Path {
	p := make(photos.Path, len(xy)/2)
	for i := range p {
		p[i] = pt{X: xy[2*i], Y: xy[2*i+1]}
	}
	return p
}

// round is a smooth shape through such corners.
func round(xy ...float64) photos.Path { return photos.Smooth(slab(xy...)...) }
