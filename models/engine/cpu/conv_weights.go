package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

const (
	// bandPixels is how many output pixels a kernel call sums over: their dy, 24
	// KiB a panel, stays in the L1 cache while the task goes over the taps.
	bandPixels = 192

	// maxPartials is the most memory, in elements, for partial gradients.
	maxPartials = 4 << 20
)

// weightsCall is the running gradient of the weights,
//
//	dw[(r,s,c), k] = sum over pixels of x[pixel + (r,s), c] * dy[pixel, k],
//
// a product of a matrix of runs of the image, stored transposed, with dy. Each
// block of images has its own partial sum; they are added at the end, in order.
type weightsCall struct {
	e          *Engine
	c          engine.Conv
	x, dy, dw  []float32
	outH, outW int
	blocks     int       // blocks of images
	images     int       // images of a block
	groups     int       // groups of panels
	panels     int       // panels of a group
	partial    []float32 // [blocks][R*S*C][ld]
	ld         int
	band       int // output rows at a time
	rowWidth   int // columns that a row of outputs reads
	pad        bool
}

func (t *weightsCall) run() {
	c, ks := t.c, t.e.kernels
	if t.e.byWinograd(c, c.OutH(), c.OutW()) {
		t.e.calls.winogradWeights.run(t)
		return
	}
	t.outH, t.outW = c.OutH(), c.OutW()
	panels := ks.panels(c.K)
	t.ld = panels * ks.nr
	size := c.R * c.S * c.C * t.ld
	t.blocks = min(c.N, aimTasks, max(maxPartials/size, 1))
	t.images = (c.N + t.blocks - 1) / t.blocks
	t.blocks = (c.N + t.images - 1) / t.images
	t.groups = min((aimTasks+t.blocks-1)/t.blocks, panels)
	t.panels = (panels + t.groups - 1) / t.groups
	t.groups = (panels + t.panels - 1) / t.panels
	t.partial = t.e.scratch.all(partials, t.blocks*size)
	bands := (t.outH*t.outW + bandPixels - 1) / bandPixels
	t.band = max((t.outH+bands-1)/bands, 1)
	t.rowWidth = (t.outW-1)*c.StrideW + c.S
	t.pad = c.PadW > 0 || t.rowWidth-c.PadW > c.W
	t.dispatch(t.blocks*t.groups, t)
	t.dispatch(c.R*c.S, (*foldBlocks)(t))
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

// task sums over a block of images, for a group of panels.
func (t *weightsCall) task(worker, i int) {
	ks, w := t.e.kernels, &t.e.scratch.workers[worker]
	block, group := i%t.blocks, i/t.blocks
	p0 := group * t.panels
	p1 := min(p0+t.panels, ks.panels(t.c.K))
	runs := t.c.R * t.c.S * t.c.C
	sum := t.partial[block*runs*t.ld:][:runs*t.ld]
	for j := range runs {
		clear(sum[j*t.ld+p0*ks.nr : j*t.ld+p1*ks.nr])
	}
	for image := block * t.images; image < min((block+1)*t.images, t.c.N); image++ {
		for oh := 0; oh < t.outH; oh += t.band {
			t.addBand(w, sum, image, oh, min(oh+t.band, t.outH), p0, p1)
		}
	}
}

// addBand adds what output rows [oh0, oh1) of an image give, to panels [p0, p1).
func (t *weightsCall) addBand(w *worker, sum []float32, image, oh0, oh1, p0, p1 int) {
	c, ks := t.c, t.e.kernels
	in := t.input(w, image, oh0, oh1)
	pixels := (oh1 - oh0) * t.outW
	w.args = kernelArgs{
		steps: t.outW, bStep: 4 * ks.nr,
		aRow: 4 * c.StrideW * c.C, aSkip: 4 * (c.StrideH*in.pitch - t.outW*c.StrideW*c.C),
	}
	for p := p0; p < p1; p++ {
		panel := w.own(ownB, pixels*ks.nr)
		ks.packPanel(panel, t.dy[(image*t.outH+oh0)*t.outW*c.K+p*ks.nr:], c.K, pixels, min(ks.nr, c.K-p*ks.nr))
		for r := range c.R {
			lo, hi := t.rowsThatMeet(r, oh0, oh1)
			if lo >= hi {
				continue
			}
			w.args.segs, w.args.b = hi-lo, &panel[(lo-oh0)*t.outW*ks.nr]
			t.addKernelRow(w, sum[r*c.S*c.C*t.ld+p*ks.nr:], &in, in.at(lo*c.StrideH+r-c.PadH, 0))
		}
	}
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

// addKernelRow adds to the S*C gradients of one kernel row, whose run for the
// first pixel begins at element from.
func (t *weightsCall) addKernelRow(w *worker, sum []float32, in *imageRows, from int) {
	ks, run := t.e.kernels, t.c.S*t.c.C
	tile := ks.evenTile(run)
	o := output{ld: t.ld, cols: ks.nr, add: true}
	for i := 0; i < run; i += tile {
		w.args.a = &in.data[from+i]
		o.c = sum[i*t.ld:]
		w.run(ks.columns, ks.nr, min(tile, run-i), &o)
	}
}

// input is what of an image output rows [oh0, oh1) read.
func (t *weightsCall) input(w *worker, image, oh0, oh1 int) imageRows {
	c := t.c
	size := c.H * c.W * c.C
	data := t.x[image*size:][:size]
	if !t.pad {
		return imageRows{data: data, pitch: c.W * c.C}
	}
	ih0 := min(max(oh0*c.StrideH-c.PadH, 0), c.H)
	ih1 := max(min((oh1-1)*c.StrideH-c.PadH+c.R, c.H), ih0)
	buf := w.own(ownA, (ih1-ih0)*t.rowWidth*c.C)
	return padColumns(buf, data, ih0, ih1, c.W, c.C, c.PadW, t.rowWidth)
}

// foldBlocks is the task that adds the partial gradients of one tap.
type foldBlocks weightsCall

func (f *foldBlocks) task(_, tap int) {
	t := (*weightsCall)(f)
	c := t.c
	for i := tap * c.C; i < (tap+1)*c.C; i++ {
		out := t.dw[i*c.K:][:c.K]
		copy(out, t.partial[i*t.ld:])
		for b := 1; b < t.blocks; b++ {
			for j, v := range t.partial[(b*c.R*c.S*c.C+i)*t.ld:][:c.K] {
				out[j] += v
			}
		}
	}
}
