package cpu

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// CopyColumns copies columns of a matrix into another one.
func (e *Engine) CopyColumns(c engine.Columns, src, dst engine.T) error {
	o, t := e.operands("copy columns"), &e.calls.columns
	if err := c.Check(); err != nil {
		return fmt.Errorf("copy columns: %w", err)
	}
	*t = columnsCall{Columns: c, rowBlocks: cutRows(c.Rows, c.Cols), src: o.get("src", src, c.Rows*c.FromCols), dst: o.get("dst", dst, c.Rows*c.ToCols)}
	if o.err == nil {
		e.overBlocks(t.blocks, c.Rows*c.Cols, t)
	}
	return o.err
}

type columnsCall struct {
	engine.Columns
	rowBlocks
	src, dst []float32
}

func (c *columnsCall) task(_, i int) {
	lo, hi := c.span(i)
	for row := lo; row < hi; row++ {
		copy(c.dst[row*c.ToCols+c.To:][:c.Cols], c.src[row*c.FromCols+c.From:])
	}
}
