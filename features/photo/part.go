package photo

// Part is a rectangle in a photo that stands upright, in its pixels: from X0 up to X1
// and from Y0 down to Y1.
type Part struct{ X0, Y0, X1, Y1 float64 }

// within says whether the part is one of a photo of w x h.
func (p Part) within(w, h int) bool {
	return p.X0 >= 0 && p.Y0 >= 0 && p.X0 < p.X1 && p.Y0 < p.Y1 && p.X1 <= float64(w) && p.Y1 <= float64(h)
}

// lying is where the part is in the file's pixels, which lie as the EXIF orientation
// says; upright the photo has w x h. It is what turn undoes.
func (p Part) lying(w, h, orientation int) box {
	fw, fh := float64(w), float64(h)
	mirrored := func(b box) box { return box{fw - b.x1, b.y0, fw - b.x0, b.y1} }
	upended := func(b box) box { return box{b.x0, fh - b.y1, b.x1, fh - b.y0} }
	across := func(b box) box { return box{b.y0, b.x0, b.y1, b.x1} } // rows become columns
	b := box{p.X0, p.Y0, p.X1, p.Y1}
	switch orientation {
	case 2:
		return mirrored(b)
	case 3:
		return upended(mirrored(b))
	case 4:
		return upended(b)
	case 5:
		return across(b)
	case 6:
		return across(mirrored(b))
	case 7:
		return across(upended(mirrored(b)))
	case 8:
		return across(upended(b))
	}
	return b
}
