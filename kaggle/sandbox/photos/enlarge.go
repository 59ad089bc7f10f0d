package photos

// Enlarge makes the canvas twice as wide and as high. Each new pixel lies a
// quarter of the way from an old one to its neighbours, so edges stay smooth: a
// photo drawn so takes a quarter of the time.
func (c *Canvas) Enlarge() {
	w, h := c.Size()
	if len(c.blur) < w*h*4 {
		c.blur = make([]uint8, w*h*4)
	}
	small := c.blur[:w*h*4]
	copy(small, c.img.Pix)
	c.Start(2*w, 2*h)
	for y := range h {
		near := small[4*w*y : 4*w*(y+1)]
		for half, beside := range [2]int{max(y-1, 0), min(y+1, h-1)} {
			widen(c.img.Pix[8*w*(2*y+half):8*w*(2*y+half+1)], near, small[4*w*beside:4*w*(beside+1)])
		}
	}
}

// widen makes a row of a row and of the one beside it, in which it lies a
// quarter of the way.
func widen(row, near, beside []uint8) {
	w := len(near) / 4
	for k := range 3 {
		mixed := func(x int) int { return 3*int(near[4*x+k]) + int(beside[4*x+k]) }
		before, at := mixed(0), mixed(0)
		for x := range w {
			after := mixed(min(x+1, w-1))
			row[8*x+k], row[8*x+4+k] = uint8((3*at+before+8)>>4), uint8((3*at+after+8)>>4)
			before, at = at, after
		}
	}
	for x := 3; x < len(row); x += 4 {
		row[x] = 255
	}
}
