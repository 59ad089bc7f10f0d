package cpu

// maxRow is row task of the output, counted over all images.
func (c *poolCall) maxRow(task int) {
	image, oh := task/c.outH*c.H, task%c.outH
	if c.twoByTwo() {
		top := image + 2*oh
		c.maxPool2(c.line(c.y, c.outW, task), c.line(c.x, c.W, top), c.line(c.x, c.W, top+1), c.C)
		return
	}
	h0, h1 := c.rows(oh)
	for ow := 0; ow < c.outW; {
		windows, w0, w1 := c.alike(ow)
		c.maxPool(c.y[(task*c.outW+ow)*c.C:][:windows*c.C], c.x[((image+h0)*c.W+w0)*c.C:],
			h1-h0, w1-w0, c.W*c.C, c.StrideW*c.C, c.C)
		ow += windows
	}
}

// alike is how many windows from column ow of the output on cover as many columns
// of the image as the first does: [w0, w1).
func (c *poolCall) alike(ow int) (windows, w0, w1 int) {
	w0, w1 = c.columns(ow)
	if w1-w0 < c.S { // it hangs over an edge
		return 1, w0, w1
	}
	return (c.W+c.PadW-c.S)/c.StrideW + 1 - ow, w0, w1
}

// maxBackwardImage is dx of one image.
func (c *poolCall) maxBackwardImage(n int) {
	image, out := n*c.H, n*c.outH
	if c.twoByTwo() {
		c.maxBackwardTwoByTwo(image, out)
		return
	}
	fresh := image // the first row of dx that no window has reached
	for oh := range c.outH {
		h0, h1 := c.rows(oh)
		for ; fresh < image+h1; fresh++ {
			clear(c.line(c.dx, c.W, fresh))
		}
		for ow := 0; ow < c.outW; {
			windows, w0, w1 := c.alike(ow)
			first, at := ((image+h0)*c.W+w0)*c.C, ((out+oh)*c.outW+ow)*c.C
			c.maxPoolBackward(c.dx[first:], c.x[first:], c.y[at:][:windows*c.C], c.dy[at:][:windows*c.C],
				h1-h0, w1-w0, c.W*c.C, c.StrideW*c.C, c.C)
			ow += windows
		}
	}
	for ; fresh < image+c.H; fresh++ {
		clear(c.line(c.dx, c.W, fresh))
	}
}

func (c *poolCall) maxBackwardTwoByTwo(image, out int) {
	used := 2 * c.outW * c.C // of a row; a window that sticks out is dropped
	for oh := range c.outH {
		row := image + 2*oh
		dx0, dx1 := c.line(c.dx, c.W, row), c.line(c.dx, c.W, row+1)
		c.maxPool2Backward(dx0, dx1, c.line(c.x, c.W, row), c.line(c.x, c.W, row+1),
			c.line(c.y, c.outW, out+oh), c.line(c.dy, c.outW, out+oh), c.C)
		clear(dx0[used:])
		clear(dx1[used:])
	}
	for row := 2 * c.outH; row < c.H; row++ {
		clear(c.line(c.dx, c.W, image+row))
	}
}
