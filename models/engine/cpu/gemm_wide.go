package cpu

// minSplit is the least number of steps worth a task of their own.
const minSplit = 2 * blockK

// wide computes a product of few rows: a task is a panel of columns and, when
// the panels are few and K is large, a part of K.
func (c *gemmCall) wide() {
	ks := c.ks
	panels, blocks := ks.panels(c.g.N), (c.steps+c.kc-1)/c.kc
	splits := min((aimTasks+panels-1)/panels, max(c.steps/minSplit, 1), blocks)
	c.splitSteps = (blocks + splits - 1) / splits * c.kc
	c.splits = (c.steps + c.splitSteps - 1) / c.splitSteps
	if c.splits > 1 {
		c.partial = c.e.scratch.all(partials, c.splits*c.g.M*panels*ks.nr)
	}
	c.packed = c.e.scratch.all(sharedA, blocks*c.blockA())
	c.dispatch(blocks, (*packRows)(c))
	c.dispatch(panels*c.splits, (*widePanel)(c))
	if c.splits > 1 {
		c.dispatch(c.g.M, (*foldSplits)(c))
	}
}

// blockA is the size of a packed block of A.
func (c *gemmCall) blockA() int { return max(c.g.M*(c.kc+rowPad), c.kc*(c.g.M+rowPad)) }

// packRows is the task that packs a block of A.
type packRows gemmCall

func (t *packRows) task(_, block int) {
	c := (*gemmCall)(t)
	k := block * c.kc
	c.packA(c.packed[block*c.blockA():], 0, c.g.M, k, min(c.kc, c.steps-k))
}

// widePanel is the task that computes a panel of columns for a part of K.
type widePanel gemmCall

func (t *widePanel) task(worker, i int) {
	c := (*gemmCall)(t)
	nr := c.ks.nr
	split, j := i%c.splits, i/c.splits*nr
	from := split * c.splitSteps
	to := min(from+c.splitSteps, c.steps)
	w := &c.e.scratch.workers[worker]
	var o output
	for k := from; k < to; k += c.kc {
		kc := min(c.kc, to-k)
		w.args = kernelArgs{steps: kc, segs: 1}
		c.panelB(w, j, k, kc)
		packed, stride := c.packed[k/c.kc*c.blockA():], kc+rowPad
		if c.g.TransA {
			stride = c.g.M + rowPad
		}
		for i := 0; i < c.g.M; i += c.tile {
			c.aTile(&w.args, packed, i, stride)
			c.aimWide(&o, split, i, j, k, kc)
			w.run(c.kernels, nr, min(c.tile, c.g.M-i), &o)
		}
	}
}

// panelB points the kernel at a panel: at B itself when its rows are panels side
// by side, as they are (with so few rows of C, packing would not pay), else at a
// packed copy.
func (c *gemmCall) panelB(w *worker, j, k, kc int) {
	nr := c.ks.nr
	if c.ks.pairs == nil && !c.g.TransB && j+nr <= c.g.N && c.scale == nil {
		w.args.b, w.args.bStep = &c.b[k*c.ldb+j], 4*c.ldb
		return
	}
	panel := w.own(ownB, kc*nr)
	c.packB(w, panel, j, min(nr, c.g.N-j), k, kc)
	w.args.b, w.args.bStep = &panel[0], 4*nr
}

// aimWide sets o to C, or to the partial sums if K is split.
func (c *gemmCall) aimWide(o *output, split, i, j, k, kc int) {
	if c.splits == 1 {
		c.aim(o, i, j, k, kc)
		return
	}
	nr := c.ks.nr
	o.ld, o.cols = c.ks.panels(c.g.N)*nr, nr
	o.c, o.add = c.partial[(split*c.g.M+i)*o.ld+j:], k > split*c.splitSteps
}

// foldSplits is the task that adds the parts of a row of C, in order.
type foldSplits gemmCall

func (t *foldSplits) task(_, i int) {
	c := (*gemmCall)(t)
	ld := c.ks.panels(c.g.N) * c.ks.nr
	sum := c.partial[i*ld:][:c.g.N]
	for s := 1; s < c.splits; s++ {
		for j, v := range c.partial[(s*c.g.M+i)*ld:][:c.g.N] {
			sum[j] += v
		}
	}
	finishRow(c.c[i*c.g.N:][:c.g.N], sum, &output{add: c.add, bias: c.bias, relu: c.relu})
}
