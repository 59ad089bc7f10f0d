package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// ReLU is the larger of x and 0. y may be x.
func (e *Engine) ReLU(n int, x, y engine.T) error {
	o, c := e.operands("relu"), &e.calls.pass.relu
	o.elements(n)
	*c = reluCall{e.vectors(), o.get("x", x, n), o.get("y", y, n)}
	if o.err == nil {
		e.overElements(n, c)
	}
	return o.err
}

type reluCall struct {
	*vectorSet
	x, y []float32
}

func (c *reluCall) task(_, i int) {
	lo, hi := span(i, len(c.x))
	c.relu(c.y[lo:hi], c.x[lo:hi])
}

// ReLUBackward is dy where y > 0, else 0. dx may be dy.
func (e *Engine) ReLUBackward(n int, y, dy, dx engine.T) error {
	o, c := e.operands("relu backward"), &e.calls.pass.reluBackward
	o.elements(n)
	*c = reluBackwardCall{e.vectors(), o.get("y", y, n), o.get("dy", dy, n), o.get("dx", dx, n)}
	if o.err == nil {
		e.overElements(n, c)
	}
	return o.err
}

type reluBackwardCall struct {
	*vectorSet
	y, dy, dx []float32
}

func (c *reluBackwardCall) task(_, i int) {
	lo, hi := span(i, len(c.y))
	c.reluBackward(c.dx[lo:hi], c.y[lo:hi], c.dy[lo:hi])
}
