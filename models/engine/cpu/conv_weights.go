package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// weightsCall is the running gradient of the weights,
//
//	dw[(r,s,c), k] = sum over pixels of x[pixel + (r,s), c] * dy[pixel, k],
//
// a product of a matrix of runs of the image, stored transposed, with dy. A task
// is a tile of dw, a part of the runs by a group of panels, and sums over a block
// of the pixels, a band of output rows at a time (conv_weights_cut.go). Where
// there is more than one block, each has its own partial sums; they are added at
// the end, in order.
type weightsCall struct {
	e         *Engine
	c         engine.Conv
	x, dy, dw []float32
	gathered  bool // rows of x are rowWidth wide
	weightsCut
	partial []float32 // [blocks][R*S*C][ld]; nil: tasks write dw itself
	ld      int       // of the partial sums, or of dw
}

func (t *weightsCall) run() {
	c, ks := t.c, t.e.kernels
	if t.e.byWinograd(c, c.OutH(), c.OutW()) {
		t.e.calls.winogradWeights.run(t)
		return
	}
	if isPixelwise(c) {
		if c.StrideH > 1 || c.StrideW > 1 {
			t.x = t.e.gatherPixels(c, t.x, c.C)
		}
		t.c = onePixelRows(c)
	}
	t.weightsCut = cutWeights(t.c, ks)
	t.ld = ks.panels(c.K) * ks.nr
	if t.blocks > 1 || t.ld != c.K {
		t.partial = t.e.scratch.all(partials, t.blocks*t.runs*t.ld)
	}
	if t.pad && t.groups*t.parts > 1 { // else only one task reads a row
		t.x, t.gathered = t.e.gatherRows(t.x, c.N, c.H, c.W, c.C, c.PadW, t.rowWidth), true
	}
	t.dispatch(t.groups*t.parts*t.blocks, t)
	if t.partial != nil {
		t.dispatch((t.runs+t.foldRuns-1)/t.foldRuns, (*foldBlocks)(t))
	}
}

func (t *weightsCall) dispatch(n int, work tasker) {
	if t.c.FLOPs() < smallWork {
		for i := range n {
			work.task(0, i)
		}
		return
	}
	t.e.dispatch(n, work)
}

// weightsTask is the tile of dw that a task computes.
type weightsTask struct {
	sum    []float32 // of the block: partial sums, or dw
	p0, p1 int       // panels
	from   int       // the first run
	to     int
	first  bool // sum holds nothing yet

	nextX, nextGrad lookAhead // what the next band reads
}

// task sums over a block of bands.
func (t *weightsCall) task(worker, i int) {
	block, part, group := i%t.blocks, i/t.blocks%t.parts, i/t.blocks/t.parts
	j := weightsTask{
		sum: t.dw, first: true,
		p0: group * t.panels, p1: min((group+1)*t.panels, t.e.kernels.panels(t.c.K)),
		from: part * t.runs / t.parts, to: (part + 1) * t.runs / t.parts,
	}
	if t.partial != nil {
		j.sum = t.partial[block*t.runs*t.ld:]
	}
	units := t.c.N * t.bands
	u, end := block*units/t.blocks, (block+1)*units/t.blocks
	for ; u < end; u++ {
		if u+1 < end {
			t.lookAhead(&j, u+1)
		}
		oh := u % t.bands * t.band
		t.addBand(&t.e.scratch.workers[worker], &j, u/t.bands, oh, min(oh+t.band, t.outH))
		j.first = false
	}
}

// lookAhead sets what band u reads: of dy, and of x if an output pixel sees one
// pixel.
func (t *weightsCall) lookAhead(j *weightsTask, u int) {
	c, nr := t.c, t.e.kernels.nr
	pixel := (u/t.bands*t.outH + u%t.bands*t.band) * t.outW
	j.nextGrad = aheadRows(t.dy[pixel*c.K+j.p0*nr:], c.K, (j.p1-j.p0)*nr)
	if isPixelwise(c) {
		j.nextX = aheadRows(t.x[pixel*c.C+j.from:], c.C, j.to-j.from)
	}
}

// addBand adds what output rows [oh0, oh1) of an image give.
func (t *weightsCall) addBand(w *worker, j *weightsTask, image, oh0, oh1 int) {
	c, nr, run := t.c, t.e.kernels.nr, t.c.S*t.c.C
	in := t.input(w, j, image, oh0, oh1)
	pixels := (oh1 - oh0) * t.outW
	packed := t.packGrad(w, j, (image*t.outH+oh0)*t.outW, pixels)
	w.args = kernelArgs{
		steps: t.outW, bStep: 4 * nr,
		aRow: 4 * c.StrideW * c.C, aSkip: 4 * (c.StrideH*in.pitch - t.outW*c.StrideW*c.C),
	}
	for p := j.p0; p < j.p1; p++ {
		panel := packed[(p-j.p0)*pixels*nr:]
		for r := j.from / run; r*run < j.to; r++ {
			from, to := max(j.from-r*run, 0), min(j.to-r*run, run)
			sum := j.sum[(r*run+from)*t.ld+p*nr:]
			lo, hi := t.rowsThatMeet(r, oh0, oh1)
			if lo >= hi {
				if j.first {
					clearRows(sum, t.ld, to-from, nr)
				}
				continue
			}
			w.args.segs, w.args.b = hi-lo, &panel[(lo-oh0)*t.outW*nr]
			if w.args.aSkip == 0 { // each row begins where the last one ends
				w.args.steps, w.args.segs = t.outW*(hi-lo), 1
			}
			t.addRuns(w, j, sum, in.data[in.at(lo*c.StrideH+r-c.PadH, from):], to-from)
		}
	}
}

// packGrad packs the panels of dy that the task needs, some rows of all panels at
// a time: read panel by panel, memory would be read in small pieces.
func (t *weightsCall) packGrad(w *worker, j *weightsTask, from, pixels int) []float32 {
	const rows = 8
	c, ks := t.c, t.e.kernels
	packed := w.own(ownB, (j.p1-j.p0)*pixels*ks.nr)
	for i := 0; i < pixels; i += rows {
		for p := j.p0; p < j.p1; p++ {
			ks.packPanel(packed[((p-j.p0)*pixels+i)*ks.nr:], t.dy[(from+i)*c.K+p*ks.nr:],
				c.K, min(rows, pixels-i), min(ks.nr, c.K-p*ks.nr))
		}
	}
	return packed
}

// rowsThatMeet is the output rows of [oh0, oh1) whose kernel row r lies inside
// the image.
func (t *weightsCall) rowsThatMeet(r, oh0, oh1 int) (lo, hi int) {
	c := t.c
	lo = oh0
	if above := c.PadH - r; above > lo*c.StrideH {
		lo = (above + c.StrideH - 1) / c.StrideH
	}
	last := c.H - 1 + c.PadH - r
	if last < 0 {
		return 0, 0
	}
	return lo, min(oh1, last/c.StrideH+1)
}

// addRuns computes the gradients of n runs; a is the first one at the first pixel.
func (t *weightsCall) addRuns(w *worker, j *weightsTask, sum, a []float32, n int) {
	ks := t.e.kernels
	tile := ks.evenTile(n)
	o := output{ld: t.ld, cols: ks.nr, add: !j.first}
	for i := 0; i < n; i += tile {
		w.args.a = &a[i]
		o.c = sum[i*t.ld:]
		if !j.nextGrad.next(&w.args) {
			j.nextX.next(&w.args)
		}
		w.run(ks.columns, ks.nr, min(tile, n-i), &o)
	}
}

// input is what of an image output rows [oh0, oh1) read, for the task's runs.
func (t *weightsCall) input(w *worker, j *weightsTask, image, oh0, oh1 int) imageRows {
	c := t.c
	if t.gathered {
		return imageRows{data: t.x[image*c.H*t.rowWidth*c.C:], pitch: t.rowWidth * c.C}
	}
	size := c.H * c.W * c.C
	data := t.x[image*size:][:size]
	if !t.pad {
		return imageRows{data: data, pitch: c.W * c.C}
	}
	run := c.S * c.C
	r0, r1 := j.from/run, (j.to+run-1)/run
	ih0 := min(max(oh0*c.StrideH-c.PadH+r0, 0), c.H)
	ih1 := max(min((oh1-1)*c.StrideH-c.PadH+r1, c.H), ih0)
	buf := w.own(ownA, (ih1-ih0)*t.rowWidth*c.C)
	return padColumns(buf, data, ih0, ih1, c.W, c.C, c.PadW, t.rowWidth)
}

// foldBlocks is the task that adds the partial gradients of some runs.
type foldBlocks weightsCall

func (f *foldBlocks) task(_, i int) {
	t := (*weightsCall)(f)
	add, size, k := t.e.vectors().add, t.runs*t.ld, t.c.K
	from, to := i*t.foldRuns, min((i+1)*t.foldRuns, t.runs)
	first := t.partial[from*t.ld : to*t.ld]
	for b := 1; b < t.blocks; b++ {
		add(first, first, t.partial[b*size+from*t.ld:][:len(first)])
	}
	for j := from; j < to; j++ {
		copy(t.dw[j*k:][:k], first[(j-from)*t.ld:])
	}
}

// clearRows zeroes rows of n elements that are ld apart.
func clearRows(x []float32, ld, rows, n int) {
	for i := range rows {
		clear(x[i*ld:][:n])
	}
}
