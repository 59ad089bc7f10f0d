package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// ReLU6 is x between 0 and 6. y may be x.
func (e *Engine) ReLU6(n int, x, y engine.T) error {
	o, c := e.operands("relu6"), &e.calls.relu6
	o.elements(n)
	*c = relu6Call{e.kernels.depthwise.relu6, o.get("x", x, n), o.get("y", y, n)}
	if o.err == nil {
		e.overElements(n, c)
	}
	return o.err
}

type relu6Call struct {
	relu6 func(y, x []float32)
	x, y  []float32
}

func (c *relu6Call) task(_, i int) {
	lo, hi := span(i, len(c.x))
	c.relu6(c.y[lo:hi], c.x[lo:hi])
}

// ReLU6Backward is dy where 0 < y < 6, else 0. dx may be dy.
func (e *Engine) ReLU6Backward(n int, y, dy, dx engine.T) error {
	o, c := e.operands("relu6 backward"), &e.calls.relu6Backward
	o.elements(n)
	*c = relu6BackwardCall{e.kernels.depthwise.relu6Backward, o.get("y", y, n), o.get("dy", dy, n), o.get("dx", dx, n)}
	if o.err == nil {
		e.overElements(n, c)
	}
	return o.err
}

type relu6BackwardCall struct {
	backward  func(dx, y, dy []float32)
	y, dy, dx []float32
}

func (c *relu6BackwardCall) task(_, i int) {
	lo, hi := span(i, len(c.y))
	c.backward(c.dx[lo:hi], c.y[lo:hi], c.dy[lo:hi])
}
