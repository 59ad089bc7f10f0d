package features

import "math"

// tint is a change of colours: a matrix from the three channels to the three, or
// one factor for every channel where there are not three, and an offset. Bytes
// that it takes out of 0..255 are cut off there.
type tint struct {
	m   [3][3]float32
	add [maxChannels]float32
}

// recolours says whether colours change at all.
func (a *Augment) recolours() bool {
	return a.Channel > 0 || a.Brightness > 0 || a.Contrast > 0 || a.Saturation > 0 || a.Hue > 0
}

// tint draws the change of colours of one image of c channels.
func (a *Augment) tint(seed uint64, c int) (t tint) {
	const middle = 127.5
	r := streamOf(seed, "tint")
	bright := 1 + a.Brightness*r.symmetric()
	contrast := 1 + a.Contrast*r.symmetric()
	saturation := 1 + a.Saturation*r.symmetric()
	hue := a.Hue * r.symmetric() * math.Pi / 180
	gain := bright * contrast
	for ch := range c {
		t.add[ch] = float32(middle*(1-contrast) + a.Channel*r.symmetric())
	}
	if c != 3 {
		t.m[0][0] = float32(gain)
		return t
	}
	sin, cos := math.Sincos(hue)
	sin, cos = sin*saturation*gain, cos*saturation*gain
	for in := range 3 {
		var rgb [3]float64
		rgb[in] = 1
		// Luma and two differences of colours (ITU BT.601), which turn.
		y := 0.299*rgb[0] + 0.587*rgb[1] + 0.114*rgb[2]
		u, v := 0.492*(rgb[2]-y), 0.877*(rgb[0]-y)
		u, v = cos*u-sin*v, sin*u+cos*v
		y *= gain
		red, blue := y+v/0.877, y+u/0.492
		t.m[0][in], t.m[2][in] = float32(red), float32(blue)
		t.m[1][in] = float32((y - 0.299*red - 0.114*blue) / 0.587)
	}
	return t
}

// rgb changes one pixel.
func (t *tint) rgb(r, g, b float32) (float32, float32, float32) {
	return cut(t.row(0, r, g, b)), cut(t.row(1, r, g, b)), cut(t.row(2, r, g, b))
}

func (t *tint) row(i int, r, g, b float32) float32 {
	m := &t.m[i]
	// Products are rounded on their own: see scales.at.
	return float32(m[0]*r) + float32(m[1]*g) + float32(m[2]*b) + t.add[i]
}

// one changes a value of a channel, of an image that has not three.
func (t *tint) one(ch int, v float32) float32 { return cut(float32(t.m[0][0]*v) + t.add[ch]) }

// cut is v in 0..255.
func cut(v float32) float32 { return min(max(v, 0), 255) }
