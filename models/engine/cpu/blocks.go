package cpu

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// The methods that are no matrix product pass over memory once or twice and do
// little with each element, so what counts is that all threads stream and that
// nothing is read twice from afar. Each pass is cut into blocks that fit the
// nearest caches. The cut depends on the shape only, and partial results are
// added up in the order of the blocks, so that results depend neither on the
// number of threads nor on which thread did what.
const (
	// blockFloats is the size of a block in elements: 64 KiB.
	blockFloats = 1 << 14

	// longBlock is the most elements of a block of rows, unless a row has more: 256
	// KiB, a part of the L2 cache. manyBlocks is how many of them share the work
	// well enough.
	longBlock  = 1 << 16
	manyBlocks = 16

	// blockRows bounds the terms of a sum in float32: what is left to add is
	// added in float64.
	blockRows = 1024

	// smallPass is the number of elements below which waking the threads costs
	// more than it saves.
	smallPass = 1 << 14
)

// passCalls holds the arguments of the running pass, see tasker.
type passCalls struct {
	relu             reluCall
	reluBackward     reluBackwardCall
	columnSum        columnSumCall
	biasReLUBackward biasReLUBackwardCall
	addBlocks        addBlocksCall
	mean             meanCall
	dropout          dropoutCall
	normStats        normStatsCall
	normFactors      normFactorsCall
	normGradFactors  normGradFactorsCall
	normalise        normaliseCall
	normSums         normSumsCall
	normGrad         normGradCall
	pool             poolCall
	softmax          softmaxCall
	adam             adamCall
	sgd              sgdCall
	ema              emaCall
}

// overBlocks runs the tasks of a pass over n elements.
func (e *Engine) overBlocks(tasks, n int, t tasker) {
	if n < smallPass {
		for i := range tasks {
			t.task(0, i)
		}
		return
	}
	e.dispatch(tasks, t)
}

// overElements runs a pass over n elements: task i does those of span(i, n).
func (e *Engine) overElements(n int, t tasker) {
	e.overBlocks((n+blockFloats-1)/blockFloats, n, t)
}

// span is the block of n elements that task i does.
func span(i, n int) (lo, hi int) {
	return i * blockFloats, min((i+1)*blockFloats, n)
}

// taskColumns is how many columns a task adds up the partial sums of.
const taskColumns = 64

// overColumns runs a task for each taskColumns columns of a matrix: what comes of
// the partial results of its blocks.
func (e *Engine) overColumns(b rowBlocks, t tasker) {
	e.overBlocks((b.cols+taskColumns-1)/taskColumns, b.blocks*b.cols, t)
}

// columnSpan is the columns [lo, hi) of task i of overColumns.
func (b rowBlocks) columnSpan(i int) (lo, hi int) {
	return i * taskColumns, min((i+1)*taskColumns, b.cols)
}

// rowBlocks is a [rows, cols] matrix cut into blocks of whole rows.
type rowBlocks struct{ rows, cols, each, blocks int }

// cutRows cuts a matrix so that there are few partial results, one a column and
// block, which are added up at the end: blocks of up to longBlock elements, unless
// that makes less than manyBlocks.
func cutRows(rows, cols int) rowBlocks {
	each := min(longBlock/cols, (rows+manyBlocks-1)/manyBlocks, blockRows)
	each = min(max(each, blockFloats/cols, 1), blockRows, rows)
	return rowBlocks{rows, cols, each, (rows + each - 1) / each}
}

// span is the rows [lo, hi) of block i.
func (b rowBlocks) span(i int) (lo, hi int) { return i * b.each, min((i+1)*b.each, b.rows) }

// of is the part of a [rows, cols] matrix in block i.
func (b rowBlocks) of(x []float32, i int) []float32 {
	lo, hi := b.span(i)
	return x[lo*b.cols : hi*b.cols]
}

// row is row i of a matrix of b.cols columns, such as the partial sums of block i.
func (b rowBlocks) row(x []float32, i int) []float32 { return x[i*b.cols:][:b.cols] }

// operands fetches the operands of one call and keeps the first error.
type operands struct {
	e   *Engine
	op  string
	err error
}

func (e *Engine) operands(op string) operands { return operands{e: e, op: op} }

// get is the first n elements of an operand.
func (o *operands) get(name string, t engine.T, n int) []float32 {
	if o.err != nil {
		return nil
	}
	d, err := o.e.data(name, t, n)
	if err != nil {
		o.err = fmt.Errorf("%s: %w", o.op, err)
	}
	return d
}

// maybe is get for an operand that may be nil.
func (o *operands) maybe(name string, t engine.T, n int) []float32 {
	if t == nil {
		return nil
	}
	return o.get(name, t, n)
}

// elements wants at least one element.
func (o *operands) elements(n int) {
	if o.err == nil && n < 1 {
		o.err = fmt.Errorf("%s: want at least 1 element, got %d", o.op, n)
	}
}

// matrix wants at least that many rows and one column.
func (o *operands) matrix(rows, cols, least int) {
	if o.err == nil && (rows < least || cols < 1) {
		o.err = fmt.Errorf("%s: want at least %d rows and 1 column, got %d and %d", o.op, least, rows, cols)
	}
}
