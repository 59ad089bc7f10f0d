package cpu

import (
	"math"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Softmax and cross-entropy work in float64: rows are as short as there are
// classes, so that exp and log cost nothing against the net before them.

// Softmax is exp(x)/sum(exp(x)) over each row.
func (e *Engine) Softmax(rows, cols int, x, y engine.T) error {
	o := e.operands("softmax")
	o.matrix(rows, cols, 1)
	return e.softmaxRows(&o, softmaxCall{
		x: o.get("x", x, rows*cols), out: o.get("y", y, rows*cols), do: (*softmaxCall).softmax,
		rowBlocks: rowBlocks{rows: rows, cols: cols},
	})
}

// SoftmaxCrossEntropy is -sum(target*log(softmax)) of each row.
func (e *Engine) SoftmaxCrossEntropy(rows, cols int, logits, target, loss engine.T) error {
	o := e.operands("softmax cross-entropy")
	o.matrix(rows, cols, 1)
	return e.softmaxRows(&o, softmaxCall{
		x: o.get("logits", logits, rows*cols), target: o.get("target", target, rows*cols), out: o.get("loss", loss, rows),
		do: (*softmaxCall).loss, rowBlocks: rowBlocks{rows: rows, cols: cols},
	})
}

// SoftmaxCrossEntropyBackward is (softmax - target)*scale.
func (e *Engine) SoftmaxCrossEntropyBackward(rows, cols int, scale float32, logits, target, dlogits engine.T) error {
	o := e.operands("softmax cross-entropy backward")
	o.matrix(rows, cols, 1)
	return e.softmaxRows(&o, softmaxCall{
		x: o.get("logits", logits, rows*cols), target: o.get("target", target, rows*cols), out: o.get("dlogits", dlogits, rows*cols),
		scale: float64(scale), do: (*softmaxCall).gradient, rowBlocks: rowBlocks{rows: rows, cols: cols},
	})
}

// softmaxCall is the running pass over rows.
type softmaxCall struct {
	rowBlocks
	x, target, out []float32
	scale          float64
	do             func(c *softmaxCall, row int, x []float32)
}

// softmaxCost is the work of an element against that of a ReLU.
const softmaxCost = 16

func (e *Engine) softmaxRows(o *operands, call softmaxCall) error {
	if o.err != nil {
		return o.err
	}
	c := &e.calls.pass.softmax
	*c = call
	c.rowBlocks = cutRows(c.rows, softmaxCost*c.cols)
	c.cols /= softmaxCost
	e.overBlocks(c.blocks, softmaxCost*len(c.x), c)
	return nil
}

func (c *softmaxCall) task(_, i int) {
	lo, hi := c.span(i)
	for r := lo; r < hi; r++ {
		c.do(c, r, c.row(c.x, r))
	}
}

func (c *softmaxCall) softmax(r int, x []float32) {
	lse, out := logSumExp(x), c.row(c.out, r)
	for j, v := range x {
		out[j] = float32(math.Exp(float64(v) - lse))
	}
}

func (c *softmaxCall) loss(r int, x []float32) {
	lse, target := logSumExp(x), c.row(c.target, r)
	var sum float64
	for j, v := range x {
		sum -= float64(target[j]) * (float64(v) - lse)
	}
	c.out[r] = float32(sum)
}

func (c *softmaxCall) gradient(r int, x []float32) {
	lse, target, out := logSumExp(x), c.row(c.target, r), c.row(c.out, r)
	for j, v := range x {
		out[j] = float32((math.Exp(float64(v)-lse) - float64(target[j])) * c.scale)
	}
}

// logSumExp is log(sum(exp(x))), shifted by the largest so that nothing overflows.
func logSumExp(x []float32) float64 {
	top := x[0]
	for _, v := range x {
		top = max(top, v)
	}
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v) - float64(top))
	}
	return float64(top) + math.Log(sum)
}
