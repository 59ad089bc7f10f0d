package cpu

import (
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// golden is the step of SplitMix64's counter, see engine.Keep.
const golden = 0x9e3779b97f4a7c15

// Dropout zeroes the elements that engine.Keep drops and scales the others by
// 1/(1-p). y may be x.
func (e *Engine) Dropout(n int, p float32, seed uint64, x, y engine.T) error {
	o, c := e.operands("dropout"), &e.calls.pass.dropout
	o.elements(n)
	if o.err == nil && !(p >= 0 && p <= 1) {
		o.err = fmt.Errorf("dropout: want a probability, got %v", p)
	}
	xv, yv := o.get("x", x, n), o.get("y", y, n)
	if o.err != nil {
		return o.err
	}
	if p == 1 { // the scale would be infinite
		clear(yv)
		return nil
	}
	*c = dropoutCall{
		vectorSet: e.vectors(), x: xv, y: yv, seed: seed,
		// Keep asks for bits/2^24 >= p; both sides times 2^24 are exact.
		limit: uint64(math.Ceil(float64(p) * (1 << 24))),
		scale: float32(1 / (1 - float64(p))),
	}
	e.overElements(n, c)
	return nil
}

type dropoutCall struct {
	*vectorSet
	x, y  []float32
	seed  uint64
	limit uint64
	scale float32
}

func (c *dropoutCall) task(_, i int) {
	lo, hi := span(i, len(c.x))
	c.dropout(c.y[lo:hi], c.x[lo:hi], c.seed+uint64(lo+1)*golden, c.limit, c.scale)
}
