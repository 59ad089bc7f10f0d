package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// epilogue is what happens to the sums of a product on their way to memory. The
// kernels start from the bias, add what memory holds and do the ReLU; factors of
// the columns are multiplied into the panels of B as they are packed, or into the
// weights on their way to Winograd's points: less work than the result would be
// wherever it has more rows than B.
type epilogue struct {
	scale, bias []float32
	add, relu   bool
}

// epilogue fetches the operands of one over cols columns, for the call op.
func (e *Engine) epilogue(op string, ep engine.Epilogue, cols int) (epilogue, error) {
	o := e.operands(op)
	out := epilogue{bias: o.maybe("bias", ep.Bias, cols), add: ep.Accumulate, relu: ep.ReLU}
	if scale := o.maybe("scale", ep.Scale, cols); scale != nil {
		// A panel is as wide as the kernel even where there are no more columns.
		out.scale = e.scratch.all(columnFactors, e.kernels.panels(cols)*e.kernels.nr)
		clear(out.scale[copy(out.scale, scale):])
	}
	return out, o.err
}

// scalePanel multiplies rows of a packed panel, whose first column is column j of
// the result, by the factors of its columns.
func (c *epilogue) scalePanel(e *Engine, panel []float32, j, rows int) {
	if c.scale == nil {
		return
	}
	nr := e.kernels.nr
	panel = panel[:rows*nr]
	e.vectors().scale(panel, c.scale[j:][:nr])
}
