package pets

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// coat is the fur of an animal.
type coat struct {
	marks       marks
	base, other photos.Color
	light       photos.Color // of muzzle, chest and paws
	noise       *photos.Noise
	freq        int // of the marks: steps of noise or phase a unit, in 256ths
	share       int // threshold of the other color
	warp        int
	fur         int // strength of the fine texture
	from        photos.Point
}

// newCoat draws colours as animals have them, or nearly so, whatever the kind.
func newCoat(d photos.Dice, m marks, n *photos.Noise) coat {
	c := coat{marks: m, noise: n, share: d.Whole(20, 55), warp: d.Whole(80, 260), fur: d.Whole(10, 44)}
	c.base = furColor(d)
	for c.other = furColor(d); distance(c.base, c.other) < 130; {
		c.base, c.other = furColor(d), furColor(d)
	}
	c.light = c.base.Blend(photos.Color{R: 250, G: 244, B: 232}, d.Whole(30, 230))
	if m == striped {
		c.freq = d.Whole(330, 760)
	} else {
		c.freq = d.Whole(230, 520)
	}
	c.from = photos.Point{X: d.Between(0, 60), Y: d.Between(0, 60)}
	return c
}

func furColor(d photos.Dice) photos.Color {
	switch d.Pick(3, 2, 2, 3, 0.4) {
	case 0: // sand, ginger, brown
		return d.Color([2]float64{0.04, 0.12}, [2]float64{0.3, 0.75}, [2]float64{0.35, 0.95})
	case 1: // black to grey
		return d.Color([2]float64{0.5, 0.7}, [2]float64{0, 0.15}, [2]float64{0.12, 0.5})
	case 2: // grey to white
		return d.Color([2]float64{0, 0.2}, [2]float64{0, 0.12}, [2]float64{0.6, 1})
	case 3: // dark brown
		return d.Color([2]float64{0.02, 0.1}, [2]float64{0.3, 0.6}, [2]float64{0.15, 0.5})
	default: // none that an animal has: a cartoon may
		return d.Color([2]float64{0, 1}, [2]float64{0.2, 0.6}, [2]float64{0.4, 0.95})
	}
}

// distance is how unlike two colours are, 0 to 765.
func distance(a, b photos.Color) int {
	abs := func(x, y uint8) int { return max(int(x), int(y)) - min(int(x), int(y)) }
	return abs(a.R, b.R) + abs(a.G, b.G) + abs(a.B, b.B)
}

// at is the color of the coat at a place of the figure.
func (c *coat) at(u, v int) photos.Color {
	u, v = u+int(c.from.X)*photos.Unit, v+int(c.from.Y)*photos.Unit
	col := c.base
	switch c.marks {
	case striped: // bands across, bent by noise
		phase := (u*c.freq>>8 + c.noise.At(u, v*2)*c.warp>>8) & 255
		edge := max(phase, 255-phase) - 128 // 0 in the middle of a band, 127 between two
		col = c.base.Blend(c.other, sharp(edge-127+c.share+30))
	case patched:
		col = c.base.Blend(c.other, sharp((c.noise.At(u*c.freq>>8, v*c.freq>>8)-175+c.share)*2))
	}
	if c.fur > 0 {
		n := c.noise.At(u*9, v*5)
		col = col.Lit(256 + (n-128)*c.fur>>7)
	}
	return col
}

// sharp makes a step of a slope, with a short way between.
func sharp(v int) int { return min(max(v*12+128, 0), 256) }
