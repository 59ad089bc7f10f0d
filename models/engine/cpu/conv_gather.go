package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// gatherCall copies what a convolution reads of images into a form that tasks can
// read over and over in place: the pixels that a strided 1x1 convolution does not
// skip, or rows with their columns of zeros.
type gatherCall struct {
	x, out           []float32
	h, w, c          int // an image
	rows, width      int // an image of out
	strideH, strideW int
	left             int // columns of zeros
}

// gatherPixels returns the pixels that a strided 1x1 convolution reads, in sharedA.
func (e *Engine) gatherPixels(c engine.Conv, x []float32) []float32 {
	g := &e.calls.gather
	*g = gatherCall{x: x, h: c.H, w: c.W, c: c.C, rows: c.OutH(), width: c.OutW(), strideH: c.StrideH, strideW: c.StrideW}
	return e.gather(c.N, (*gatherStrided)(g))
}

// withoutStride is the convolution that reads what gatherPixels returns.
func withoutStride(c engine.Conv) engine.Conv {
	c.H, c.W, c.StrideH, c.StrideW = c.OutH(), c.OutW(), 1, 1
	return c
}

// gatherRows returns n images [h,w,c] with rows of width pixels, of which the
// first left are zeros (cut off, if negative), in sharedA.
func (e *Engine) gatherRows(x []float32, n, h, w, c, left, width int) []float32 {
	g := &e.calls.gather
	*g = gatherCall{x: x, h: h, w: w, c: c, rows: h, width: width, left: left}
	return e.gather(n, (*gatherPadded)(g))
}

func (e *Engine) gather(images int, work tasker) []float32 {
	g := &e.calls.gather
	out := e.scratch.all(sharedA, images*g.rows*g.width*g.c)
	g.out = out
	e.overBlocks(images*g.rows, len(out), work)
	*g = gatherCall{} // drop the operands
	return out
}

// gatherStrided is the task that copies every strideW-th pixel of a row.
type gatherStrided gatherCall

func (g *gatherStrided) task(_, row int) {
	from := (row/g.rows*g.h + row%g.rows*g.strideH) * g.w * g.c
	for i := range g.width {
		copy(g.out[(row*g.width+i)*g.c:][:g.c], g.x[from+i*g.strideW*g.c:])
	}
}

// gatherPadded is the task that copies a row between zeros.
type gatherPadded gatherCall

func (g *gatherPadded) task(_, row int) {
	padColumns(g.out[row*g.width*g.c:], g.x, row, row+1, g.w, g.c, g.left, g.width)
}
