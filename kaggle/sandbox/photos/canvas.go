package photos

import (
	"image"
	"math"
)

// Color is one of sRGB.
type Color struct{ R, G, B uint8 }

// Blend is the color the share t/256 of the way from c to d.
func (c Color) Blend(d Color, t int) Color {
	f := func(a, b uint8) uint8 { return uint8((int(a)*(256-t) + int(b)*t) >> 8) }
	return Color{f(c.R, d.R), f(c.G, d.G), f(c.B, d.B)}
}

// Lit is the color under light of gain/256, 256 leaving it as it is.
func (c Color) Lit(gain int) Color {
	f := func(a uint8) uint8 { return uint8(min(max((int(a)*gain)>>8, 0), 255)) }
	return Color{f(c.R), f(c.G), f(c.B)}
}

// Paint is the color of each pixel of a shape.
type Paint func(x, y int) Color

// Plain is one color everywhere.
func Plain(c Color) Paint { return func(int, int) Color { return c } }

// Canvas is what one photo after the other is drawn on: its memory is used
// again. It is for one goroutine.
type Canvas struct {
	img   *image.RGBA
	lines [][]crossing // of a fill, one for each of the lines that are looked at
	part  []int32      // of a row: coverage of single pixels
	step  []int32      // of a row: where full coverage begins and ends
	blur  []uint8
}

// Start makes the canvas w x h pixels large; what was on it is undefined.
func (c *Canvas) Start(w, h int) {
	if c.img == nil || cap(c.img.Pix) < w*h*4 {
		c.img = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	c.img.Pix, c.img.Stride, c.img.Rect = c.img.Pix[:w*h*4], w*4, image.Rect(0, 0, w, h)
}

// Size is that of the canvas.
func (c *Canvas) Size() (w, h int) { return c.img.Rect.Dx(), c.img.Rect.Dy() }

// Image is what was drawn; it changes with the next photo.
func (c *Canvas) Image() *image.RGBA { return c.img }

// Ground paints the whole canvas.
func (c *Canvas) Ground(paint Paint) {
	w, h := c.Size()
	for y := range h {
		row := c.img.Pix[y*c.img.Stride:]
		for x := range w {
			p := paint(x, y)
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = p.R, p.G, p.B, 255
		}
	}
}

// The outline is looked at in lines between the rows of pixels, and exactly
// along them: sub lines a row.
const (
	sub   = 4
	pixel = 256 // steps of a coordinate
)

// crossing is where an outline crosses a line.
type crossing struct {
	x   int32 // in 1/256 pixels
	dir int32 // down 1, up -1
}

// Fill paints the union of the insides of paths, opacity of 256; edges are
// smooth.
func (c *Canvas) Fill(paint Paint, opacity int, paths ...Path) {
	w, h := c.Size()
	top, bottom := c.cross(paths, w, h)
	for y := top / sub; y < (bottom+sub-1)/sub; y++ {
		first, last := c.cover(y, w)
		if first <= last {
			c.paintRow(paint, opacity, y, first, last)
		}
	}
	for i := top; i < bottom; i++ {
		c.lines[i] = c.lines[i][:0]
	}
}

// cross finds where outlines cross the lines top to bottom-1.
func (c *Canvas) cross(paths []Path, w, h int) (top, bottom int) {
	for len(c.lines) < h*sub {
		c.lines = append(c.lines, nil)
	}
	if len(c.part) < w+2 {
		c.part, c.step = make([]int32, w+2), make([]int32, w+2)
	}
	top, bottom = h*sub, 0
	for _, p := range paths {
		for i := range p {
			a, b := p[i], p[(i+1)%len(p)]
			x0, y0, x1, y1, dir := fixed(a.X), fixed(a.Y), fixed(b.X), fixed(b.Y), int32(1)
			if y0 > y1 {
				x0, y0, x1, y1, dir = x1, y1, x0, y0, -1
			}
			const apart = pixel / sub // line k lies at apart*k + apart/2
			from, to := max(ceilDiv(y0-apart/2, apart), 0), min(ceilDiv(y1-apart/2, apart), int64(h*sub))
			for k := from; k < to; k++ {
				x := x0 + floorDiv((apart*k+apart/2-y0)*(x1-x0), y1-y0)
				x = min(max(x, 0), int64(w*pixel))
				c.lines[k] = append(c.lines[k], crossing{int32(x), dir})
			}
			if from < to {
				top, bottom = min(top, int(from)), max(bottom, int(to))
			}
		}
	}
	return top, bottom
}

// fixed is a coordinate in 1/256 pixels; what lies far outside comes nearer.
func fixed(v float64) int64 {
	return int64(math.Floor(float64(min(max(v, -30000), 30000)*pixel) + 0.5))
}

func floorDiv(a, b int64) int64 { // b > 0
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func ceilDiv(a, b int64) int64 { return -floorDiv(-a, b) }

// cover adds up in part and step what the lines of row y say.
func (c *Canvas) cover(y, w int) (first, last int) {
	first, last = w, -1
	for _, line := range c.lines[y*sub : y*sub+sub] {
		for i := 1; i < len(line); i++ { // a few, nearly in order
			for j := i; j > 0 && line[j-1].x > line[j].x; j-- {
				line[j-1], line[j] = line[j], line[j-1]
			}
		}
		var wind, from int32
		for _, x := range line {
			if wind == 0 {
				from = x.x
			}
			if wind += x.dir; wind == 0 && x.x > from {
				c.span(from, x.x)
				first, last = min(first, int(from/pixel)), max(last, min(int(x.x/pixel), w-1))
			}
		}
	}
	return first, last
}

// span covers a piece of one line.
func (c *Canvas) span(from, to int32) {
	a, b := from/pixel, to/pixel
	if a == b {
		c.part[a] += (to - from) / sub
		return
	}
	c.part[a] += (pixel - from%pixel) / sub
	c.step[a+1] += pixel / sub
	c.step[b] -= pixel / sub
	c.part[b] += to % pixel / sub
}

// paintRow blends the paint in, and clears part and step.
func (c *Canvas) paintRow(paint Paint, opacity, y, first, last int) {
	row := c.img.Pix[y*c.img.Stride:]
	full := int32(0)
	for x := first; x <= last; x++ {
		full += c.step[x]
		t := int(full+c.part[x]) * opacity >> 8
		c.step[x], c.part[x] = 0, 0
		if t <= 0 {
			continue
		}
		p := paint(x, y)
		at := row[4*x : 4*x+4 : 4*x+4]
		if t >= 256 {
			at[0], at[1], at[2] = p.R, p.G, p.B
			continue
		}
		old := Color{at[0], at[1], at[2]}.Blend(p, t)
		at[0], at[1], at[2] = old.R, old.G, old.B
	}
	for x := last + 1; x < min(last+3, len(c.part)); x++ {
		c.step[x], c.part[x] = 0, 0
	}
}
