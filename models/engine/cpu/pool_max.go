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
	for ow := range c.outW {
		out := c.pixel(c.y, c.outW, task, ow)
		w0, w1 := c.columns(ow)
		copy(out, c.pixel(c.x, c.W, image+h0, w0))
		for h := h0; h < h1; h++ {
			for w := w0; w < w1; w++ {
				for j, v := range c.pixel(c.x, c.W, image+h, w) {
					out[j] = max(out[j], v)
				}
			}
		}
	}
}

// maxBackwardImage is dx of one image.
func (c *poolCall) maxBackwardImage(n int) {
	image, out := n*c.H, n*c.outH
	if c.twoByTwo() {
		c.maxBackwardTwoByTwo(image, out)
		return
	}
	clear(c.dx[image*c.W*c.C:][:c.H*c.W*c.C])
	for oh := range c.outH {
		h0, h1 := c.rows(oh)
		for ow := range c.outW {
			w0, w1 := c.columns(ow)
			c.sendBack(image, out+oh, ow, h0, h1, w0, w1)
		}
	}
}

// sendBack adds the gradient of one window to the first element of each channel
// that equals y.
func (c *poolCall) sendBack(image, oh, ow, h0, h1, w0, w1 int) {
	y, dy := c.pixel(c.y, c.outW, oh, ow), c.pixel(c.dy, c.outW, oh, ow)
	for j, top := range y {
	window:
		for h := image + h0; h < image+h1; h++ {
			for w := w0; w < w1; w++ {
				if i := (h*c.W+w)*c.C + j; c.x[i] == top {
					c.dx[i] += dy[j]
					break window
				}
			}
		}
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
