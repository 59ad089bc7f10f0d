package cpu

// avgRow is row task of the output, counted over all images.
func (c *poolCall) avgRow(task int) {
	image := task / c.outH * c.H
	h0, h1 := c.rows(task % c.outH)
	for ow := range c.outW {
		out := c.pixel(c.y, c.outW, task, ow)
		clear(out)
		w0, w1 := c.columns(ow)
		for h := h0; h < h1; h++ {
			for w := w0; w < w1; w++ {
				c.add(out, out, c.pixel(c.x, c.W, image+h, w))
			}
		}
		each := float32(c.Share((h1 - h0) * (w1 - w0)))
		for j := range out {
			out[j] *= each
		}
	}
}

// avgBackwardImage is dx of one image.
func (c *poolCall) avgBackwardImage(n int) {
	image, out := n*c.H, n*c.outH
	clear(c.dx[image*c.W*c.C:][:c.H*c.W*c.C])
	for oh := range c.outH {
		h0, h1 := c.rows(oh)
		for ow := range c.outW {
			w0, w1 := c.columns(ow)
			each := float32(c.Share((h1 - h0) * (w1 - w0)))
			dy := c.pixel(c.dy, c.outW, out+oh, ow)
			for h := image + h0; h < image+h1; h++ {
				for w := w0; w < w1; w++ {
					c.ema(c.pixel(c.dx, c.W, h, w), dy, 1, each)
				}
			}
		}
	}
}
