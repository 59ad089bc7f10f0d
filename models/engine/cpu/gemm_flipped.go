package cpu

const (
	// flippedColumns is how many columns of C a task computes: some tiles' heights, and
	// whole cache lines of a row.
	flippedColumns = 112

	// flippedSteps is the most steps of a product that is flipped: a panel of A for so
	// many, 256 KiB, stays in the L2 cache.
	flippedSteps = 2048

	// turnRows is how many rows of C are written at a time: in more, parts of lines
	// would leave the nearest cache before the rest of them came.
	turnRows = 8
)

// flips says whether a product of few rows is computed as its transpose. What is
// large and used by few rows is B. Stored transposed, its rows are what the kernels
// read as A, in place, where packing it would take longer than using it once a row.
func (c *gemmCall) flips() bool {
	plain := c.scale == nil && c.bias == nil && !c.relu
	full := 8*c.g.M >= 7*c.ks.panels(c.g.M)*c.ks.nr // rows of C are columns of panels
	return plain && full && c.g.TransB && c.ks.pairs == nil && c.g.N > flippedColumns &&
		c.steps <= flippedSteps && apart(c.ldb)
}

// flipped computes the transpose of C. A is packed once, as the small matrix that it
// is; tasks are columns of C.
func (c *gemmCall) flipped() {
	panels := c.ks.panels(c.g.M)
	c.packed = c.e.scratch.all(sharedB, panels*c.steps*c.ks.nr)
	c.dispatch(panels, (*packFlipped)(c))
	c.blocks = ceilDiv(c.g.N, flippedColumns)
	c.dispatch(c.blocks, (*flippedBlock)(c))
}

// packFlipped is the task that packs a panel of rows of A.
type packFlipped gemmCall

func (t *packFlipped) task(_, p int) {
	ks, i := t.ks, p*t.ks.nr
	dst, rows := t.packed[i*t.steps:], min(ks.nr, t.g.M-i)
	if t.g.TransA {
		ks.packPanel(dst, t.a[i:], t.lda, t.steps, rows)
	} else {
		ks.packTransposed(dst, t.a[i*t.lda:], t.lda, t.steps, rows)
	}
}

// flippedBlock is the task that computes some columns of C, as rows, and turns them.
type flippedBlock gemmCall

func (t *flippedBlock) task(worker, block int) {
	c := (*gemmCall)(t)
	ks, w := c.ks, &c.e.scratch.workers[worker]
	nr, j := ks.nr, block*flippedColumns
	cols, ld := min(flippedColumns, c.g.N-j), ks.panels(c.g.M)*ks.nr
	sums := w.own(ownC, cols*ld)
	w.args = kernelArgs{steps: c.steps, segs: 1, bStep: 4 * nr, aRow: 4 * c.ldb}
	if c.add {
		ks.turn(sums, c.c[j:], ld, c.g.N, cols, c.g.M)
	}
	o := output{ld: ld, cols: nr, add: c.add}
	tile := ks.evenTile(cols)
	for i := 0; i < cols; i += tile {
		w.args.a = &c.b[(j+i)*c.ldb]
		next := j + i + tile
		if i+tile >= cols {
			next = (block + c.e.pool.threads) * flippedColumns // what this worker takes next, most often
		}
		if next < c.g.N {
			w.args.ahead, w.args.aheadStep = &c.b[next*c.ldb], 4*lineFloats
		}
		for p := 0; p < ld; p += nr {
			w.args.b, o.c = &c.packed[p*c.steps], sums[i*ld+p:]
			w.run(ks.rows, nr, min(tile, cols-i), &o)
			w.args.ahead, w.args.aheadStep = nil, 0
		}
	}
	for i := 0; i < c.g.M; i += turnRows {
		ks.turn(c.c[i*c.g.N+j:], sums[i:], c.g.N, ld, min(turnRows, c.g.M-i), cols)
	}
}
