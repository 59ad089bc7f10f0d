package cpu

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Pooling is cut into tasks of one row of the output, forward, and of one image,
// backward, where windows that overlap write to the same rows. 2x2 windows with
// stride 2, the most common, have loops of their own.

// MaxPool takes the largest of each window; padding never wins.
func (e *Engine) MaxPool(p engine.Pool, x, y engine.T) error {
	return e.poolForward("max pool", p, (*poolCall).maxRow, x, y)
}

// AvgPool is the mean of the elements of each window that lie inside the image.
func (e *Engine) AvgPool(p engine.Pool, x, y engine.T) error {
	return e.poolForward("average pool", p, (*poolCall).avgRow, x, y)
}

// MaxPoolBackward sends dy to the first position of each window that equals y.
func (e *Engine) MaxPoolBackward(p engine.Pool, x, y, dy, dx engine.T) error {
	o, s := e.pooling("max pool backward", p)
	s.x, s.y = o.get("x", x, s.sizeX()), o.get("y", y, s.sizeY())
	s.dy, s.dx = o.get("dy", dy, s.sizeY()), o.get("dx", dx, s.sizeX())
	s.do = (*poolCall).maxBackwardImage
	return s.run(e, o.err, p.N)
}

// AvgPoolBackward spreads dy evenly over each window.
func (e *Engine) AvgPoolBackward(p engine.Pool, dy, dx engine.T) error {
	o, s := e.pooling("average pool backward", p)
	s.dy, s.dx = o.get("dy", dy, s.sizeY()), o.get("dx", dx, s.sizeX())
	s.do = (*poolCall).avgBackwardImage
	return s.run(e, o.err, p.N)
}

func (e *Engine) poolForward(op string, p engine.Pool, do func(*poolCall, int), x, y engine.T) error {
	o, s := e.pooling(op, p)
	s.x, s.y, s.do = o.get("x", x, s.sizeX()), o.get("y", y, s.sizeY()), do
	return s.run(e, o.err, p.N*s.outH)
}

// poolCall is the running pooling.
type poolCall struct {
	*vectorSet
	engine.Pool
	outH, outW   int
	x, y, dy, dx []float32
	do           func(c *poolCall, task int)
}

func (c *poolCall) task(_, i int) { c.do(c, i) }

// pooling checks a description and applies the default of the strides.
func (e *Engine) pooling(op string, p engine.Pool) (operands, *poolCall) {
	o, c := e.operands(op), &e.calls.pass.pool
	if err := p.Check(); err != nil {
		o.err = fmt.Errorf("%s: %w", op, err)
		return o, c
	}
	p.StrideH, p.StrideW = p.Strides()
	*c = poolCall{vectorSet: e.vectors(), Pool: p, outH: p.OutH(), outW: p.OutW()}
	return o, c
}

func (c *poolCall) run(e *Engine, err error, tasks int) error {
	if err != nil {
		return err
	}
	e.overBlocks(tasks, c.sizeX(), c)
	return nil
}

func (c *poolCall) sizeX() int { return c.N * c.H * c.W * c.C }
func (c *poolCall) sizeY() int { return c.N * c.outH * c.outW * c.C }

// twoByTwo says whether windows are 2x2, side by side.
func (c *poolCall) twoByTwo() bool {
	return c.R == 2 && c.S == 2 && c.StrideH == 2 && c.StrideW == 2 && c.PadH == 0 && c.PadW == 0
}

// rows are the rows [lo, hi) of the image that the windows of output row oh
// cover; columns likewise for the windows of output column ow.
func (c *poolCall) rows(oh int) (lo, hi int) {
	at := oh*c.StrideH - c.PadH
	return max(at, 0), min(at+c.R, c.H)
}

func (c *poolCall) columns(ow int) (lo, hi int) {
	at := ow*c.StrideW - c.PadW
	return max(at, 0), min(at+c.S, c.W)
}

// pixel is the channels of an image of width w at (row, col), row counted over
// all images.
func (c *poolCall) pixel(v []float32, w, row, col int) []float32 {
	return v[(row*w+col)*c.C:][:c.C]
}

// line is a row of an image of width w, row counted over all images.
func (c *poolCall) line(v []float32, w, row int) []float32 { return v[row*w*c.C:][:w*c.C] }
