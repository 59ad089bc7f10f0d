package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// BatchNormBackward is the gradient of BatchNormTrain. With g the gradient behind
// the ReLU and h = (x-mean)*invStd, dbeta is the sum of g and dgamma that of g*h;
// dx = gamma*invStd*(g - dbeta/rows - h*dgamma/rows), of which the factors of g,
// of x-mean and of 1 are the same for a whole column.
func (e *Engine) BatchNormBackward(b engine.BatchNorm, x, y, dy, gamma, mean, invStd, dx, dres, dgamma, dbeta engine.T) error {
	o, size := e.operands("batch norm backward"), b.Rows*b.Cols
	o.matrix(b.Rows, b.Cols, 2)
	xv, dyv, dxv := o.get("x", x, size), o.get("dy", dy, size), o.get("dx", dx, size)
	gv, mv, sv := o.get("gamma", gamma, b.Cols), o.get("mean", mean, b.Cols), o.get("invStd", invStd, b.Cols)
	dg, db := o.get("dgamma", dgamma, b.Cols), o.get("dbeta", dbeta, b.Cols)
	res := o.maybe("dres", dres, size)
	var yv []float32
	if b.ReLU {
		yv = o.get("y", y, size)
	}
	if o.err != nil {
		return o.err
	}
	s, d := &e.calls.pass.normSums, &e.calls.pass.normGrad
	cut := cutRows(b.Rows, b.Cols)
	n := cut.blocks * b.Cols
	buf := e.scratch.all(partials, 2*n+3*b.Cols)
	*s = normSumsCall{vectorSet: e.vectors(), rowBlocks: cut, x: xv, y: yv, dy: dyv, dres: res, mean: mv, sums: buf[:n], dots: buf[n : 2*n]}
	e.overBlocks(cut.blocks, size, s)
	if res != nil {
		s.y, s.dy = nil, res // the ReLU is behind it
	}

	factors := buf[2*n:]
	*d = normGradCall{normSumsCall: s, dx: dxv, a: cut.row(factors, 0), b: cut.row(factors, 1), c: cut.row(factors, 2)}
	f := &e.calls.pass.normGradFactors
	*f = normGradFactorsCall{normGradCall: d, gamma: gv, invStd: sv, dgamma: dg, dbeta: db}
	e.overColumns(cut, f)
	e.overBlocks(cut.blocks, size, d)
	return nil
}

// normSumsCall sums g and g*(x-mean) over each block, and keeps g if asked to.
type normSumsCall struct {
	*vectorSet
	rowBlocks
	x, y, dy, mean []float32 // y nil without ReLU
	dres           []float32 // nil for none
	sums, dots     []float32 // [blocks, cols]
}

func (c *normSumsCall) task(_, i int) {
	sum, dot, x, dy := c.row(c.sums, i), c.row(c.dots, i), c.of(c.x, i), c.of(c.dy, i)
	switch {
	case c.y == nil:
		c.gradSums(sum, dot, x, dy, c.mean)
		if c.dres != nil {
			copy(c.of(c.dres, i), dy)
		}
	case c.dres == nil:
		c.gradSumsReLU(sum, dot, x, c.of(c.y, i), dy, c.mean)
	default:
		c.gradSumsGate(sum, dot, x, c.of(c.y, i), dy, c.of(c.dres, i), c.mean)
	}
}

// normGradFactorsCall makes of the sums the factors of a column.
type normGradFactorsCall struct {
	*normGradCall
	gamma, invStd, dgamma, dbeta []float32
}

func (c *normGradFactorsCall) task(_, i int) {
	rows := float64(c.rows)
	var sums, dots [taskColumns]float64
	lo, hi := c.columnSpan(i)
	c.totals(sums[:hi-lo], c.sums, lo)
	c.totals(dots[:hi-lo], c.dots, lo)
	for j := lo; j < hi; j++ {
		sum, inv := sums[j-lo], float64(c.invStd[j])
		dot := dots[j-lo] * inv
		c.dbeta[j], c.dgamma[j] = float32(sum), float32(dot)
		a := float64(c.gamma[j]) * inv
		c.a[j], c.b[j], c.c[j] = float32(a), float32(-a*inv*dot/rows), float32(-a*sum/rows)
	}
}

// normGradCall is dx = a*g + b*(x-mean) + c.
type normGradCall struct {
	*normSumsCall
	dx, a, b, c []float32
}

func (c *normGradCall) task(_, i int) {
	i = c.blocks - 1 - i // see normaliseCall
	dx, x, dy := c.of(c.dx, i), c.of(c.x, i), c.of(c.dy, i)
	if c.y == nil {
		c.gradInput(dx, x, dy, c.mean, c.a, c.b, c.c)
		return
	}
	c.gradInputReLU(dx, x, c.of(c.y, i), dy, c.mean, c.a, c.b, c.c)
}
