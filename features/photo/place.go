package photo

import "math"

// box is the part of a photo that is used, in its pixels.
type box struct{ x0, y0, x1, y1 float64 }

// rect is where it comes to lie in the result.
type rect struct{ x, y, w, h int }

// placePart says which part of all comes where in tw x th pixels.
func (m Mode) placePart(all box, tw, th int) (box, rect) {
	w, h := all.x1-all.x0, all.y1-all.y0
	full := rect{0, 0, tw, th}
	x, y := float64(tw)/w, float64(th)/h
	switch m {
	case Crop:
		s := max(x, y)
		bw, bh := min(float64(tw)/s, w), min(float64(th)/s, h)
		left, top := all.x0+(w-bw)/2, all.y0+(h-bh)/2
		return box{left, top, left + bw, top + bh}, full
	case Fit:
		s := min(x, y)
		iw, ih := side(w*s, tw), side(h*s, th)
		return all, rect{(tw - iw) / 2, (th - ih) / 2, iw, ih}
	}
	return all, full
}

// side is a length in whole pixels, 1..most.
func side(v float64, most int) int { return min(max(int(math.Round(v)), 1), most) }

// turn writes src, which lies as the EXIF orientation says, upright: w x h pixels
// of c bytes.
func turn(dst, src []byte, w, h, c, orientation int) {
	// Where pixel 0, 0 of the result lies in src, and the steps from there.
	sw := w
	if orientation > 4 {
		sw = h
	}
	var at, dx, dy int
	switch orientation {
	case 2:
		at, dx, dy = w-1, -1, sw
	case 3:
		at, dx, dy = h*w-1, -1, -sw
	case 4:
		at, dx, dy = (h-1)*sw, 1, -sw
	case 5:
		at, dx, dy = 0, sw, 1
	case 6:
		at, dx, dy = (w-1)*sw, -sw, 1
	case 7:
		at, dx, dy = (w-1)*sw+h-1, -sw, -1
	case 8:
		at, dx, dy = h-1, sw, -1
	default:
		at, dx, dy = 0, 1, sw
	}
	for y := range h {
		p := at + y*dy
		for x := range w {
			copy(dst[(y*w+x)*c:(y*w+x+1)*c], src[p*c:])
			p += dx
		}
	}
}
