package cpu

import (
	"math"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Batch normalisation reads the matrix twice: once for the statistics, once to
// normalise. The statistics of a block are taken while it is in the cache: its
// means first, then the squares of the distances from them, so that a mean far
// from zero costs no precision. Chan, Golub and LeVeque (1983) say how to join
// them.

// BatchNormTrain normalises by the batch's statistics and moves the running
// ones.
func (e *Engine) BatchNormTrain(b engine.BatchNorm, x, residual, gamma, beta, runMean, runVar, y, mean, invStd engine.T) error {
	o := e.operands("batch norm train")
	o.matrix(b.Rows, b.Cols, 2)
	xv, yv := o.get("x", x, b.Rows*b.Cols), o.get("y", y, b.Rows*b.Cols)
	gv, bv := o.get("gamma", gamma, b.Cols), o.get("beta", beta, b.Cols)
	rm, rv := o.get("runMean", runMean, b.Cols), o.get("runVar", runVar, b.Cols)
	mv, sv := o.get("mean", mean, b.Cols), o.get("invStd", invStd, b.Cols)
	res := o.maybe("residual", residual, b.Rows*b.Cols)
	if o.err != nil {
		return o.err
	}
	s := &e.calls.pass.normStats
	s.prepare(e, b, xv)
	e.overBlocks(s.blocks, len(xv), s)
	scale, shift := s.factors[:b.Cols], s.factors[b.Cols:]
	n, mom := float64(b.Rows), float64(b.Momentum)
	for j := range scale {
		m, squares := s.join(j)
		inv := 1 / math.Sqrt(squares/n+float64(b.Eps))
		mv[j], sv[j], scale[j] = float32(m), float32(inv), float32(inv*float64(gv[j]))
		// What rounding takes from a large mean must not be lost.
		shift[j] = float32(float64(bv[j]) - (m-float64(mv[j]))*float64(scale[j]))
		rm[j] = float32((1-mom)*float64(rm[j]) + mom*m)
		rv[j] = float32((1-mom)*float64(rv[j]) + mom*squares/(n-1))
	}
	e.normalise(b, xv, res, mv, scale, shift, yv)
	return nil
}

// BatchNormEval normalises by the running statistics.
func (e *Engine) BatchNormEval(b engine.BatchNorm, x, gamma, beta, runMean, runVar, y engine.T) error {
	o := e.operands("batch norm eval")
	o.matrix(b.Rows, b.Cols, 1)
	xv, yv := o.get("x", x, b.Rows*b.Cols), o.get("y", y, b.Rows*b.Cols)
	gv, bv := o.get("gamma", gamma, b.Cols), o.get("beta", beta, b.Cols)
	rm, rv := o.get("runMean", runMean, b.Cols), o.get("runVar", runVar, b.Cols)
	if o.err != nil {
		return o.err
	}
	scale := e.scratch.all(partials, b.Cols)
	for j := range scale {
		scale[j] = float32(float64(gv[j]) / math.Sqrt(float64(rv[j])+float64(b.Eps)))
	}
	e.normalise(b, xv, nil, rm, scale, bv, yv)
	return nil
}

// BatchNormFold is BatchNormEval as an epilogue of the product before it.
func (e *Engine) BatchNormFold(b engine.BatchNorm, gamma, beta, runMean, runVar, bias, scale, shift engine.T) error {
	o := e.operands("batch norm fold")
	o.matrix(1, b.Cols, 1)
	gv, bv := o.get("gamma", gamma, b.Cols), o.get("beta", beta, b.Cols)
	rm, rv := o.get("runMean", runMean, b.Cols), o.get("runVar", runVar, b.Cols)
	own, sv, to := o.maybe("bias", bias, b.Cols), o.get("scale", scale, b.Cols), o.get("shift", shift, b.Cols)
	if o.err != nil {
		return o.err
	}
	for j := range sv {
		factor, off := float64(gv[j])/math.Sqrt(float64(rv[j])+float64(b.Eps)), -float64(rm[j])
		if own != nil {
			off += float64(own[j])
		}
		sv[j], to[j] = float32(factor), float32(off*factor+float64(bv[j]))
	}
	return nil
}

// normStatsCall takes the statistics of each block.
type normStatsCall struct {
	*vectorSet
	rowBlocks
	x                     []float32
	centre, sums, squares []float32 // [blocks, cols]: of x - centre
	factors               []float32 // room for what follows from the statistics: [2, cols]
}

func (c *normStatsCall) prepare(e *Engine, b engine.BatchNorm, x []float32) {
	c.vectorSet, c.rowBlocks, c.x = e.vectors(), cutRows(b.Rows, b.Cols), x
	n := c.blocks * c.cols
	buf := e.scratch.all(partials, 3*n+2*c.cols)
	c.centre, c.sums, c.squares, c.factors = buf[:n], buf[n:2*n], buf[2*n:3*n], buf[3*n:]
}

func (c *normStatsCall) task(_, i int) {
	x, centre := c.of(c.x, i), c.row(c.centre, i)
	c.columnSum(centre, x)
	lo, hi := c.span(i)
	each := 1 / float32(hi-lo)
	for j := range centre {
		centre[j] *= each
	}
	c.columnMoments(c.row(c.sums, i), c.row(c.squares, i), x, centre)
}

// join is the mean of column j and the sum of the squares of the distances
// from it.
func (c *normStatsCall) join(j int) (mean, squares float64) {
	var sum float64
	for i := range c.blocks {
		lo, hi := c.span(i)
		sum += float64(hi-lo)*float64(c.centre[i*c.cols+j]) + float64(c.sums[i*c.cols+j])
	}
	mean = sum / float64(c.rows)
	for i := range c.blocks {
		lo, hi := c.span(i)
		n, k := float64(hi-lo), i*c.cols+j
		off := float64(c.sums[k]) / n // of the centre from the block's mean
		between := float64(c.centre[k]) + off - mean
		squares += float64(c.squares[k]) - n*off*off + n*between*between
	}
	return mean, max(squares, 0)
}

// normalise is (x-mean)*scale + shift, plus residual if it is not nil, then ReLU
// if asked for.
func (e *Engine) normalise(b engine.BatchNorm, x, residual, mean, scale, shift, y []float32) {
	c := &e.calls.pass.normalise
	*c = normaliseCall{vectorSet: e.vectors(), rowBlocks: cutRows(b.Rows, b.Cols), x: x, y: y, residual: residual, mean: mean, scale: scale, shift: shift}
	if !b.ReLU {
		c.floor = float32(math.Inf(-1))
	}
	e.overBlocks(c.blocks, len(x), c)
}

type normaliseCall struct {
	*vectorSet
	rowBlocks
	x, y, residual     []float32 // residual nil for none
	mean, scale, shift []float32
	floor              float32
}

func (c *normaliseCall) task(_, i int) {
	if c.residual == nil {
		c.vectorSet.normalise(c.of(c.y, i), c.of(c.x, i), c.mean, c.scale, c.shift, c.floor)
		return
	}
	c.normaliseAdd(c.of(c.y, i), c.of(c.x, i), c.of(c.residual, i), c.mean, c.scale, c.shift, c.floor)
}
