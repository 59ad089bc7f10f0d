package drivers

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// behind draws what lies behind the driver; far moves the view with time.
func (l *look) behind(p *pen, far int) {
	p.c.Ground(photos.Plain(l.lining))
	p.solid(l.lining.Lit(235), slab(-60, -60, 380, -60, 380, 14, 200, 22, 60, 26, -60, 10))
	outside := l.outside(p, far)
	if l.rear {
		p.view(outside, round(-40, 22, 40, 28, 48, 84, 20, 96, -40, 100))
	}
	p.view(outside, round(64, 34, 120, 26, 190, 24, 206, 92, 150, 104, 76, 108))
	p.view(outside, slab(222, 26, 380, 12, 380, 112, 250, 112, 232, 100))
	p.solid(l.pillar, slab(192, -20, 214, -20, 238, 112, 214, 112))
	p.solid(l.pillar.Lit(220), slab(44, -20, 64, -20, 72, 112, 46, 116))
	p.solid(l.door, slab(-60, 112, 76, 108, 214, 100, 250, 110, 270, 300, -60, 300))
	p.flat(l.door.Lit(190), line(2.5, pt{X: 74, Y: 110}, pt{X: 140, Y: 105}, pt{X: 216, Y: 101}))
	p.solid(l.door.Lit(285), round(120, 150, 205, 146, 210, 156, 120, 164))
	l.chair(p)
	l.dashboard(p)
}

// view fills a window.
func (p *pen) view(paint photos.Paint, path photos.Path) {
	p.c.Fill(paint, 256, path.Through(p.at))
}

// outside is what is seen through the windows.
func (l *look) outside(p *pen, far int) photos.Paint {
	noise, leafy := l.noise, l.leafy
	return func(x, y int) photos.Color {
		n := noise.At(x*6+far, y*7)
		if y > 78+n/12 {
			return l.ground.Lit(200 + n/2)
		}
		c := l.sky
		if t := (n - 255 + leafy + y/2) * 3; t > 0 {
			c = c.Blend(l.leaves.Lit(180+n/2), min(t, 256))
		}
		return c
	}
}

func (l *look) chair(p *pen) {
	fabric := func(u, v int) photos.Color { return l.seat.Lit(240 + (l.noise.At(u/6, v/6)-128)/12) }
	at := func(path photos.Path) photos.Path { return path.Through(photos.Place(l.rest, 0, 1, 1)) }
	p.flat(l.seat.Lit(130), at(line(2.5, pt{X: 88, Y: 84}, pt{X: 92, Y: 110})), at(line(2.5, pt{X: 104, Y: 84}, pt{X: 108, Y: 110})))
	p.cloth(fabric, at(round(70, 48, 104, 44, 114, 60, 112, 90, 80, 94, 68, 74)))
	p.cloth(fabric, at(round(62, 112, 120, 104, 140, 130, 150, 300, 20, 300, 44, 190)))
	p.glaze(l.seat.Lit(170), 200, at(line(1.2, pt{X: 112, Y: 116}, pt{X: 124, Y: 170}, pt{X: 128, Y: 250})))
}

func (l *look) dashboard(p *pen) {
	p.solid(l.dash, slab(236, 122, 262, 108, 380, 100, 380, 300, 262, 300, 250, 200))
	p.flat(l.dash.Lit(180), line(1.5, pt{X: 262, Y: 126}, pt{X: 320, Y: 120}, pt{X: 380, Y: 118}))
	p.flat(l.dash.Lit(110), round(282, 132, 312, 129, 314, 146, 284, 150))
	console := slab(262, 172, 330, 164, 336, 300, 268, 300)
	p.solid(l.dash.Lit(215), console)
	p.flat(l.dash.Lit(90), slab(270, 178, 318, 172, 320, 190, 272, 196))
	for i := range l.knobs {
		at := pt{X: 276 + float64(float64(i%4)*13), Y: 208 + float64(float64(i/4)*14)}
		p.flat(l.dash.Lit(340), photos.Ellipse(at, 3.6, 3.2))
	}
}

// helm draws the wheel.
func (l *look) helm(p *pen) {
	q := p.moved(photos.Place(l.wheelAt, l.wheelTilt, 1, 1))
	rim := photos.Ellipse(pt{}, 24, 52).Edge(4)
	spoke := l.wheel.Lit(300)
	q.flat(spoke, line(4, pt{Y: 0}, pt{X: 4, Y: 24}, pt{X: 6, Y: 48}))
	q.flat(spoke, line(4, pt{Y: 0}, pt{X: -8, Y: -16}, pt{X: -14, Y: -38}))
	q.solid(spoke, photos.Ellipse(pt{X: 2, Y: 2}, 9, 17))
	q.flat(l.wheel, rim[0], rim[1])
}
