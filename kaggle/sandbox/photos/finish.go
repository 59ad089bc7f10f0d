package photos

// Finish is what light, lens and camera do to a scene.
type Finish struct {
	Gain     [3]int // of red, green and blue, 256: none
	Lift     int    // added to all, in grey levels
	Across   int    // light from the left (positive) or right: change of gain over the width, in 256ths
	Down     int    // the same from top to bottom
	Vignette int    // loss of gain in the corners, in 256ths
	Grain    int    // largest change of a grey level by noise
	Soft     bool   // a little out of focus
	Grey     bool   // a black and white photo
	Seed     uint64 // of the noise
}

// Apply changes the canvas.
func (f Finish) Apply(c *Canvas) {
	if f.Soft {
		c.soften()
	}
	w, h := c.Size()
	across, down := f.slope(w, f.Across), f.slope(h, f.Down)
	state := f.Seed | 1
	for y := range h {
		row := c.img.Pix[y*c.img.Stride:]
		for x := range w {
			light := 256 + across[x] + down[y]
			p := row[4*x : 4*x+4 : 4*x+4]
			if f.Grey {
				g := uint8((77*int(p[0]) + 150*int(p[1]) + 29*int(p[2])) >> 8)
				p[0], p[1], p[2] = g, g, g
			}
			noise := f.Lift
			if f.Grain > 0 { // xorshift (Marsaglia 2003): two draws added, so that small changes are more common
				state ^= state << 13
				state ^= state >> 7
				state ^= state << 17
				n := int(state>>32&255) + int(state>>40&255) - 255
				noise += n * f.Grain >> 8
			}
			for i := range 3 {
				p[i] = uint8(min(max(int(p[i])*(light*f.Gain[i])>>16+noise, 0), 255))
			}
		}
	}
}

// slope is the change of light along a side of n pixels: even, and darker
// toward the ends.
func (f Finish) slope(n, change int) []int {
	s := make([]int, n)
	for i := range s {
		d := 512*i/n - 256
		s[i] = change*d/512 - f.Vignette*d*d>>17
	}
	return s
}

// soften mixes each pixel with its neighbours, 1 2 1 both ways.
func (c *Canvas) soften() {
	w, h := c.Size()
	pix := c.img.Pix
	if len(c.blur) < len(pix) {
		c.blur = make([]uint8, cap(pix))
	}
	mix := func(dst, src []uint8, i, before, after int) {
		for k := range 3 {
			dst[i+k] = uint8((int(src[before+k]) + 2*int(src[i+k]) + int(src[after+k]) + 2) >> 2)
		}
	}
	for y := range h {
		for x := range w {
			mix(c.blur, pix, 4*(y*w+x), 4*(y*w+max(x-1, 0)), 4*(y*w+min(x+1, w-1)))
		}
	}
	for y := range h {
		for x := range w {
			mix(pix, c.blur, 4*(y*w+x), 4*(max(y-1, 0)*w+x), 4*(min(y+1, h-1)*w+x))
		}
	}
}
