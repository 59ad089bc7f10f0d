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
	f := &e.calls.pass.normFactors
	*f = normFactorsCall{
		normStatsCall: s, norm: b, gamma: gv, beta: bv, runMean: rm, runVar: rv, mean: mv, invStd: sv,
		scale: s.factors[:b.Cols], shift: s.factors[b.Cols:],
	}
	e.overColumns(s.rowBlocks, f)
	e.normalise(b, xv, res, mv, f.scale, f.shift, yv)
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

// join gives the means of the columns from number at on, and the sums of the
// squares of the distances from them.
func (c *normStatsCall) join(at int, mean, squares []float64) {
	clear(mean)
	clear(squares)
	squares = squares[:len(mean)]
	for i := range c.blocks {
		lo, hi := c.span(i)
		n, centre, sums := float64(hi-lo), c.row(c.centre, i)[at:][:len(mean)], c.row(c.sums, i)[at:][:len(mean)]
		for j, v := range centre {
			mean[j] += n*float64(v) + float64(sums[j])
		}
	}
	for j := range mean {
		mean[j] /= float64(c.rows)
	}
	for i := range c.blocks {
		lo, hi := c.span(i)
		n, centre, sums := float64(hi-lo), c.row(c.centre, i)[at:][:len(mean)], c.row(c.sums, i)[at:][:len(mean)]
		inv, within := 1/n, c.row(c.squares, i)[at:][:len(mean)]
		for j, v := range centre {
			off := float64(sums[j]) * inv // of the centre from the block's mean
			between := float64(v) + off - mean[j]
			squares[j] += float64(within[j]) + n*(between*between-off*off)
		}
	}
}

// normFactorsCall makes of the statistics what a column is normalised by.
type normFactorsCall struct {
	*normStatsCall
	norm                         engine.BatchNorm
	gamma, beta, runMean, runVar []float32
	mean, invStd, scale, shift   []float32 // written
}

func (c *normFactorsCall) task(_, i int) {
	n, mom, eps := float64(c.norm.Rows), float64(c.norm.Momentum), float64(c.norm.Eps)
	var means, sums [taskColumns]float64
	lo, hi := c.columnSpan(i)
	c.join(lo, means[:hi-lo], sums[:hi-lo])
	for j := lo; j < hi; j++ {
		m, squares := means[j-lo], max(sums[j-lo], 0)
		inv := 1 / math.Sqrt(squares/n+eps)
		c.mean[j], c.invStd[j], c.scale[j] = float32(m), float32(inv), float32(inv*float64(c.gamma[j]))
		// What rounding takes from a large mean must not be lost.
		c.shift[j] = float32(float64(c.beta[j]) - (m-float64(c.mean[j]))*float64(c.scale[j]))
		c.runMean[j] = float32((1-mom)*float64(c.runMean[j]) + mom*m)
		c.runVar[j] = float32((1-mom)*float64(c.runVar[j]) + mom*squares/(n-1))
	}
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
	i = c.blocks - 1 - i // the statistics read the last blocks last: they are in the caches
	if c.residual == nil {
		c.vectorSet.normalise(c.of(c.y, i), c.of(c.x, i), c.mean, c.scale, c.shift, c.floor)
		return
	}
	c.normaliseAdd(c.of(c.y, i), c.of(c.x, i), c.of(c.residual, i), c.mean, c.scale, c.shift, c.floor)
}
