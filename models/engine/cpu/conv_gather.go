package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// gatherCall copies what a convolution reads of images into a form that it can
// read over and over in place: the pixels that a strided 1x1 convolution does not
// skip, or rows with their columns of zeros.
type gatherCall struct {
	c      engine.Conv
	x, out []float32
	width  int // pixels of a row of out
}

// gatherPixels returns the pixels that a strided 1x1 convolution reads, in sharedA.
func (e *Engine) gatherPixels(c engine.Conv, x []float32) []float32 {
	return e.gather(c, x, c.OutH(), c.OutW(), (*gatherStrided)(&e.calls.gather))
}

// gatherRows returns the images with rows of width pixels, of which the first
// PadW are zeros, in sharedA.
func (e *Engine) gatherRows(c engine.Conv, x []float32, width int) []float32 {
	return e.gather(c, x, c.H, width, (*gatherPadded)(&e.calls.gather))
}

func (e *Engine) gather(c engine.Conv, x []float32, rows, width int, work tasker) []float32 {
	out := e.scratch.all(sharedA, c.N*rows*width*c.C)
	e.calls.gather = gatherCall{c: c, x: x, out: out, width: width}
	e.overBlocks(c.N*rows, len(out), work)
	e.calls.gather = gatherCall{} // drop the operands
	return out
}

// gatherStrided is the task that copies every StrideW-th pixel of a row.
type gatherStrided gatherCall

func (g *gatherStrided) task(_, row int) {
	c, outH := g.c, g.c.OutH()
	from := (row/outH*c.H + row%outH*c.StrideH) * c.W * c.C
	for i := range g.width {
		copy(g.out[(row*g.width+i)*c.C:][:c.C], g.x[from+i*c.StrideW*c.C:])
	}
}

// gatherPadded is the task that copies a row between zeros.
type gatherPadded gatherCall

func (g *gatherPadded) task(_, row int) {
	padColumns(g.out[row*g.width*g.c.C:], g.x, row, row+1, g.c.W, g.c.C, g.c.PadW, g.width)
}
