package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// ColumnSum adds up each column of a [rows, cols] matrix: in float32 within a
// block of rows, in float64 over the blocks.
func (e *Engine) ColumnSum(rows, cols int, x, out engine.T) error {
	o, c := e.operands("column sum"), &e.calls.pass.columnSum
	o.matrix(rows, cols, 1)
	xv, sums := o.get("x", x, rows*cols), o.get("out", out, cols)
	if o.err != nil {
		return o.err
	}
	*c = columnSumCall{vectorSet: e.vectors(), rowBlocks: cutRows(rows, cols), x: xv}
	if c.blocks == 1 {
		c.columnSum(sums, xv)
		return nil
	}
	c.sums = e.scratch.all(partials, c.blocks*cols)
	e.overBlocks(c.blocks, len(xv), c)
	e.addBlocks(c.rowBlocks, c.sums, sums)
	return nil
}

// BiasReLUBackward is the gradient before a bias and a ReLU, and the bias's.
func (e *Engine) BiasReLUBackward(rows, cols int, y, dy, dx, db engine.T) error {
	o, c := e.operands("bias relu backward"), &e.calls.pass.biasReLUBackward
	o.matrix(rows, cols, 1)
	yv, dyv, dxv := o.get("y", y, rows*cols), o.get("dy", dy, rows*cols), o.get("dx", dx, rows*cols)
	sums := o.get("db", db, cols)
	if o.err != nil {
		return o.err
	}
	*c = biasReLUBackwardCall{vectorSet: e.vectors(), rowBlocks: cutRows(rows, cols), y: yv, dy: dyv, dx: dxv}
	c.sums = e.scratch.all(partials, c.blocks*cols)
	e.overBlocks(c.blocks, len(yv), c)
	e.addBlocks(c.rowBlocks, c.sums, sums)
	return nil
}

type biasReLUBackwardCall struct {
	*vectorSet
	rowBlocks
	y, dy, dx []float32
	sums      []float32 // [blocks, cols]
}

func (c *biasReLUBackwardCall) task(_, i int) {
	c.reluBackwardSum(c.row(c.sums, i), c.of(c.dx, i), c.of(c.y, i), c.of(c.dy, i))
}

type columnSumCall struct {
	*vectorSet
	rowBlocks
	x, sums []float32 // sums [blocks, cols]
}

func (c *columnSumCall) task(_, i int) { c.columnSum(c.row(c.sums, i), c.of(c.x, i)) }

// addBlocks adds up the partial sums [blocks, cols] of each column.
func (e *Engine) addBlocks(b rowBlocks, partial, sums []float32) {
	c := &e.calls.pass.addBlocks
	*c = addBlocksCall{b, partial, sums}
	e.overColumns(b, c)
}

type addBlocksCall struct {
	rowBlocks
	partial, sums []float32
}

func (c *addBlocksCall) task(_, i int) {
	var sums [taskColumns]float64
	lo, hi := c.columnSpan(i)
	c.totals(sums[:hi-lo], c.partial, lo)
	for j, v := range sums[:hi-lo] {
		c.sums[lo+j] = float32(v)
	}
}

// totals adds up the columns from number at on of the partial sums [blocks, cols],
// in the order of the blocks. It goes along the rows: the blocks of one column may
// be so far apart that they drive each other out of the cache.
func (b rowBlocks) totals(sums []float64, partial []float32, at int) {
	clear(sums)
	for i := range b.blocks {
		for j, v := range b.row(partial, i)[at:][:len(sums)] {
			sums[j] += float64(v)
		}
	}
}

// Mean is the mean of n elements, summed in float64.
func (e *Engine) Mean(n int, x, out engine.T) error {
	o, c := e.operands("mean"), &e.calls.pass.mean
	o.elements(n)
	xv, mean := o.get("x", x, n), o.get("out", out, 1)
	if o.err != nil {
		return o.err
	}
	blocks := (n + blockFloats - 1) / blockFloats
	if cap(c.sums) < blocks {
		c.sums = make([]float64, blocks)
	}
	c.x, c.sums = xv, c.sums[:blocks]
	e.overElements(n, c)
	var sum float64
	for _, s := range c.sums {
		sum += s
	}
	mean[0] = float32(sum / float64(n))
	return nil
}

type meanCall struct {
	x    []float32
	sums []float64 // a block each; kept between calls
}

func (c *meanCall) task(_, i int) {
	lo, hi := span(i, len(c.x))
	x := c.x[lo:hi]
	var s [4]float64 // four chains of additions at once
	for ; len(x) >= 4; x = x[4:] {
		s[0] += float64(x[0])
		s[1] += float64(x[1])
		s[2] += float64(x[2])
		s[3] += float64(x[3])
	}
	for _, v := range x {
		s[0] += float64(v)
	}
	c.sums[i] = (s[0] + s[1]) + (s[2] + s[3])
}
