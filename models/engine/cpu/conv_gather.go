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
	left             int      // columns of zeros
	pairs            *pairSet // what rounds, if anything does
}

// gatherPixels returns the pixels, of so many elements, that a strided 1x1
// convolution reads, in sharedA.
func (e *Engine) gatherPixels(c engine.Conv, x []float32, size int) []float32 {
	g := &e.calls.gather
	*g = gatherCall{x: x, h: c.H, w: c.W, c: size, rows: c.OutH(), width: c.OutW(), strideH: c.StrideH, strideW: c.StrideW}
	return e.gather(c.N, (*gatherStrided)(g))
}

// gatherHalves is gatherPixels that rounds the pixels to bfloat16.
func (e *Engine) gatherHalves(c engine.Conv, x []float32) []float32 {
	g := &e.calls.gather
	*g = gatherCall{x: x, h: c.H, w: c.W, c: c.C / 2, rows: c.OutH(), width: c.OutW(), strideH: c.StrideH, strideW: c.StrideW, pairs: e.products.pairs}
	return e.gather(c.N, (*gatherRounded)(g))
}

// gatherPixels lets a strided 1x1 convolution read its pixels without their
// neighbours, where it does not read them in place: kernels of pairs read a rounded
// copy of an image of float32, and short rows would leave much of a tile empty.
func (t *correlation) gatherPixels(c engine.Conv) engine.Conv {
	e := t.e
	switch {
	case e.products.pairs != nil && !t.halfX && c.C%2 == 0:
		t.x, t.halfX = e.gatherHalves(c, t.x), true
	case e.kernels.evenTile(c.OutW()) < e.kernels.mr*3/4:
		t.x = e.gatherPixels(c, t.x, floats(c.C, t.halfX))
	default:
		return c
	}
	return withoutStride(c)
}

// withoutStride is the convolution that reads what is gathered.
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

// gatherRounded is the task that rounds every strideW-th pixel of a row.
type gatherRounded gatherCall

func (g *gatherRounded) task(_, row int) {
	from, c := (row/g.rows*g.h+row%g.rows*g.strideH)*g.w*2*g.c, 2*g.c
	for i := range g.width {
		g.pairs.roundRow(g.out[(row*g.width+i)*g.c:][:g.c], g.x[from+i*g.strideW*c:][:c])
	}
}

// gatherPadded is the task that copies a row between zeros.
type gatherPadded gatherCall

func (g *gatherPadded) task(_, row int) {
	padColumns(g.out[row*g.width*g.c:], g.x, row, row+1, g.w, g.c, g.left, g.width)
}
