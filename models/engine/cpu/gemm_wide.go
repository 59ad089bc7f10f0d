package cpu

const (
	// minSplit is the least number of steps worth a task of their own.
	minSplit = 2 * blockK

	// wideColumns is how many columns of B a task packs at a time, for a block of K:
	// 256 KiB, which stay in the L2 cache.
	wideColumns = 256
)

// wide computes a product of few rows: a task is a part of the columns and, when
// they are few and K is large, a part of K. It goes over them a group of panels
// and a block of K at a time, and asks for the next block of B while it computes.
func (c *gemmCall) wide() {
	ks := c.ks
	panels, blocks := ks.panels(c.g.N), ceilDiv(c.steps, c.kc)
	most := max(min(c.steps/minSplit, blocks), 1)
	c.group = min(max(panels/ceilDiv(aimTasks, most), 1), wideColumns/ks.nr)
	c.groups = ceilDiv(panels, c.group)
	c.chunks = min(c.groups, aimTasks)
	splits := min(ceilDiv(aimTasks, c.chunks), most)
	c.splitSteps = ceilDiv(blocks, splits) * c.kc
	c.splits = ceilDiv(c.steps, c.splitSteps)
	if c.splits > 1 {
		c.partial = c.e.scratch.all(partials, c.splits*c.g.M*panels*ks.nr)
	}
	c.dispatch(c.chunks*c.splits, (*widePart)(c))
	if c.splits > 1 {
		c.dispatch(c.g.M, (*foldSplits)(c))
	}
}

// widePart is the task that computes a part of the columns for a part of K.
type widePart gemmCall

func (t *widePart) task(worker, i int) {
	c := (*gemmCall)(t)
	split, chunk := i%c.splits, i/c.splits
	from := split * c.splitSteps
	to := min(from+c.splitSteps, c.steps)
	last := (chunk + 1) * c.groups / c.chunks
	w := &c.e.scratch.workers[worker]
	for group := chunk * c.groups / c.chunks; group < last; group++ {
		for k := from; k < to; k += c.kc {
			b := wideBlock{split: split, first: k == from, j: group * c.group * c.ks.nr, k: k, kc: min(c.kc, to-k)}
			switch {
			case k+c.kc < to:
				c.lookAhead(&b, b.j, k+c.kc, min(c.kc, to-k-c.kc))
			case group+1 < last:
				c.lookAhead(&b, b.j+c.group*c.ks.nr, from, min(c.kc, to-from))
			}
			c.wideBlock(w, &b)
		}
	}
}

// wideBlock is a block of K of a group of panels.
type wideBlock struct {
	split, j int  // part of K, first column
	first    bool // block of the part
	k, kc    int
	next     lookAhead
}

// lookAhead aims at the block of B of columns from j on and kc steps from k on.
func (c *gemmCall) lookAhead(b *wideBlock, j, k, kc int) {
	row := c.ks.values(k)
	if c.g.TransB {
		b.next = aheadRows(c.b[j*c.ldb+row:], c.ldb, min(c.ks.values(kc), c.g.K-row))
	} else {
		b.next = aheadRows(c.b[row*c.ldb+j:], c.ldb, min(c.group*c.ks.nr, c.g.N-j))
	}
}

func (c *gemmCall) wideBlock(w *worker, b *wideBlock) {
	ks := c.ks
	nr, cols := ks.nr, min(c.group*ks.nr, c.g.N-b.j)
	a, stride := c.wideRows(w, b)
	packed := w.own(ownB, ks.panels(cols)*b.kc*nr)
	direct := c.readsB()
	if !direct {
		c.packGroup(w, packed, b, cols)
	}
	w.args = kernelArgs{steps: b.kc, segs: 1, bStep: 4 * nr}
	var o output
	for j := 0; j < cols; j += nr {
		w.args.b, w.args.bStep = &packed[j*b.kc], 4*nr
		if direct && j+nr <= cols {
			w.args.b, w.args.bStep = &c.b[b.k*c.ldb+b.j+j], 4*c.ldb
		} else if direct {
			c.packB(w, packed[j*b.kc:], b.j+j, cols-j, b.k, b.kc)
		}
		for i := 0; i < c.g.M; i += c.tile {
			b.next.next(&w.args)
			c.aTile(&w.args, a, i, stride)
			c.aimWide(&o, b, i, b.j+j)
			w.run(c.kernels, nr, min(c.tile, c.g.M-i), &o)
		}
	}
}

// wideRows is what the block reads of A, in place where the kernels can, since few
// columns use it.
func (c *gemmCall) wideRows(w *worker, b *wideBlock) (a []float32, stride int) {
	if c.ks.pairs == nil && !c.g.TransA && apart(c.lda) {
		return c.a[b.k:], c.lda
	}
	a = w.own(ownA, max(c.g.M*(b.kc+rowPad), b.kc*(c.g.M+rowPad)))
	return a, c.packA(a, 0, c.g.M, b.k, b.kc)
}

// readsB says that the kernels read B in place: with few rows, packing it takes
// longer than what a packed panel saves, which lies in the nearest cache while all
// rows use it.
func (c *gemmCall) readsB() bool {
	return c.ks.pairs == nil && !c.g.TransB && c.scale == nil && (apart(c.ldb) || c.g.M <= c.ks.mr)
}

// apart says that rows of a matrix, ld elements apart, do not share sets of the
// nearest caches.
func apart(ld int) bool { return ld%(4096/4) != 0 }

// packGroup packs the panels of a block, some rows of all panels at a time: read
// panel by panel, memory would be read in small pieces.
func (c *gemmCall) packGroup(w *worker, packed []float32, b *wideBlock, cols int) {
	nr, rows := c.ks.nr, 8
	if c.g.TransB || c.ks.pairs != nil {
		rows = b.kc
	}
	for k := 0; k < b.kc; k += rows {
		for j := 0; j < cols; j += nr {
			c.packB(w, packed[j*b.kc+k*nr:], b.j+j, min(nr, cols-j), b.k+k, min(rows, b.kc-k))
		}
	}
}

// aimWide sets o to C, or to the partial sums if K is split.
func (c *gemmCall) aimWide(o *output, b *wideBlock, i, j int) {
	if c.splits == 1 {
		c.aim(o, i, j, b.k, b.kc)
		return
	}
	nr := c.ks.nr
	o.ld, o.cols = c.ks.panels(c.g.N)*nr, nr
	o.c, o.add = c.partial[(b.split*c.g.M+i)*o.ld+j:], !b.first
}

// foldSplits is the task that adds the parts of a row of C, in order.
type foldSplits gemmCall

func (t *foldSplits) task(_, i int) {
	c := (*gemmCall)(t)
	ld, add := c.ks.panels(c.g.N)*c.ks.nr, c.e.vectors().add
	sum := c.partial[i*ld:][:c.g.N]
	for s := 1; s < c.splits; s++ {
		add(sum, sum, c.partial[(s*c.g.M+i)*ld:][:c.g.N])
	}
	finishRow(c.c[i*c.g.N:][:c.g.N], sum, &output{add: c.add, bias: c.bias, relu: c.relu})
}
