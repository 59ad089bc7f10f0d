package features

import "math"

// affine maps a pixel of the output, relative to the image's centre, to a place
// in the input: x' = xx*x + xy*y + x0, y' = yx*x + yy*y + y0.
type affine struct{ xx, xy, x0, yx, yy, y0 float64 }

// inverse is the map back of: scale by zx, zy; slide rows by shear; rotate
// counter-clockwise by angle (y points down); shift by dx, dy.
func inverse(angle, shear, zx, zy, dx, dy float64) affine {
	sin, cos := math.Sincos(angle)
	// Forward: [cos sin; -sin cos] * [1 shear; 0 1] * [zx 0; 0 zy].
	// Products are rounded on their own: see scales.at.
	a, b := cos*zx, (float64(cos*shear)+sin)*zy
	c, d := -sin*zx, (cos-float64(sin*shear))*zy
	det := zx * zy
	m := affine{xx: d / det, xy: -b / det, yx: -c / det, yy: a / det}
	m.x0 = -(float64(m.xx*dx) + float64(m.xy*dy))
	m.y0 = -(float64(m.yx*dx) + float64(m.yy*dy))
	return m
}

// corner moves the origins of input and output to the first pixel's centre.
func (m affine) corner(h, w int) affine {
	cx, cy := float64(w-1)/2, float64(h-1)/2
	m.x0 += cx - float64(m.xx*cx) - float64(m.xy*cy)
	m.y0 += cy - float64(m.yx*cx) - float64(m.yy*cy)
	return m
}

// split is the pixel at or left of v, and how far v is beyond it.
func split(v float64) (int, float32) {
	i := int(v)
	if float64(i) > v {
		i--
	}
	return i, float32(v - float64(i))
}

// mix is a at t = 0 and b at t = 1, exactly in both cases.
func mix(a, b, t float32) float32 { return float32(a*(1-t)) + float32(b*t) }

// grey writes the moved image of one channel, bent by field if there is one.
func (m affine) grey(dst []float32, src []byte, h, w int, s *scales, field *bend) {
	m = m.corner(h, w)
	src, dst = src[:h*w], dst[:h*w]
	mul, add := s.mul[0], s.add[0]
	for y := range h {
		rx, ry := float64(m.xy*float64(y))+m.x0, float64(m.yy*float64(y))+m.y0
		if field != nil {
			field.row(y)
		}
		row := dst[y*w : (y+1)*w]
		for x := range row {
			px, py := float64(m.xx*float64(x))+rx, float64(m.yx*float64(x))+ry
			if field != nil {
				dx, dy := field.at(x)
				px, py = px+dx, py+dy
			}
			ix, fx := split(px)
			iy, fy := split(py)
			var v float32
			if uint(ix) < uint(w-1) && uint(iy) < uint(h-1) {
				i := iy*w + ix
				top, bottom := src[i:i+2:i+2], src[i+w:i+w+2:i+w+2]
				v = mix(mix(float32(top[0]), float32(top[1]), fx), mix(float32(bottom[0]), float32(bottom[1]), fx), fy)
			} else if ix >= -1 && ix < w && iy >= -1 && iy < h {
				v = edge(src, h, w, 1, ix, iy, 0, fx, fy)
			}
			if s.tinted {
				v = s.tint.one(0, v)
			}
			row[x] = float32(v*mul) + add
		}
	}
}

// colour writes the moved image of c channels, bent by field if there is one.
func (m affine) colour(dst []float32, src []byte, h, w, c int, s *scales, field *bend) {
	m = m.corner(h, w)
	src, dst = src[:h*w*c], dst[:h*w*c]
	for y := range h {
		p := place{m: m, rx: float64(m.xy*float64(y)) + m.x0, ry: float64(m.yy*float64(y)) + m.y0, field: field}
		row := dst[y*w*c : (y+1)*w*c]
		if field != nil {
			field.row(y)
		} else if c == 3 {
			from, to := p.inside(h, w)
			p.pixels(row, 0, from, src, h, w, c, s)
			p.rgb(row[3*from:3*to], from, src, w, s)
			p.pixels(row, to, w, src, h, w, c, s)
			continue
		}
		p.pixels(row, 0, w, src, h, w, c, s)
	}
}

// place is where the pixels of a row of the output come from.
type place struct {
	m      affine
	rx, ry float64
	field  *bend
}

func (p *place) at(x int) (px, py float64) {
	return float64(p.m.xx*float64(x)) + p.rx, float64(p.m.yx*float64(x)) + p.ry
}

// pixels writes pixels from..to of the row, wherever they come from.
func (p *place) pixels(row []float32, from, to int, src []byte, h, w, c int, s *scales) {
	for x := from; x < to; x++ {
		px, py := p.at(x)
		if p.field != nil {
			dx, dy := p.field.at(x)
			px, py = px+dx, py+dy
		}
		ix, fx := split(px)
		iy, fy := split(py)
		var v [maxChannels]float32
		switch {
		case uint(ix) < uint(w-1) && uint(iy) < uint(h-1):
			i := (iy*w + ix) * c
			top, bottom := src[i:i+2*c], src[i+w*c:i+w*c+2*c]
			for ch := range c {
				v[ch] = mix(mix(float32(top[ch]), float32(top[ch+c]), fx), mix(float32(bottom[ch]), float32(bottom[ch+c]), fx), fy)
			}
		case ix >= -1 && ix < w && iy >= -1 && iy < h:
			for ch := range c {
				v[ch] = edge(src, h, w, c, ix, iy, ch, fx, fy)
			}
		}
		s.put(row[x*c:(x+1)*c], &v)
	}
}

// put writes a pixel.
func (s *scales) put(out []float32, v *[maxChannels]float32) {
	if s.tinted && len(out) == 3 {
		v[0], v[1], v[2] = s.tint.rgb(v[0], v[1], v[2])
	} else if s.tinted {
		for ch := range out {
			v[ch] = s.tint.one(ch, v[ch])
		}
	}
	for ch := range out {
		out[ch] = s.at(ch, v[ch])
	}
}

// edge is the value between four pixels of which some lie outside and are zero.
func edge(src []byte, h, w, c, ix, iy, ch int, fx, fy float32) float32 {
	at := func(x, y int) float32 {
		if uint(x) >= uint(w) || uint(y) >= uint(h) {
			return 0
		}
		return float32(src[(y*w+x)*c+ch])
	}
	return mix(mix(at(ix, iy), at(ix+1, iy), fx), mix(at(ix, iy+1), at(ix+1, iy+1), fx), fy)
}
