package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// correlation slides weights over images x [n,h,w,c] and writes images of k
// channels. Output pixel (i, j) meets the run of inputs that starts at row
// i*strideH - top, column j*strideW - left; rows and columns outside of the
// image are zeros. Where the output pixels go is free: the gradient of a strided
// convolution writes every second pixel at a time. What is a task depends on what
// is larger, images or weights (correlation_cut.go).
type correlation struct {
	e                *Engine
	x                []float32
	n, h, w, c       int
	r, s             int
	strideH, strideW int
	top, left        int

	y                 []float32
	outH, outW, k     int
	first             int  // element of y where the first output pixel is
	image, row, pixel int  // elements of y between images, rows and pixels
	halfX, halfY      bool // x, y is bfloat16
	epilogue
	small   bool
	weights weightPacker
	correlationCut
	packed   []float32 // all weights, when a task is a band
	gathered []float32 // the images' padded rows, when a task is a group of panels

	ks  *kernelSet // of the direct way
	run int        // steps of a kernel row
}

// forward sets the call up for y = x * w and runs it.
func (t *correlation) forward(c engine.Conv, weights []float32) {
	if isPixelwise(c) && c.StrideW > 1 {
		c = t.gatherPixels(c)
	}
	c = mergeRows(c)
	t.n, t.h, t.w, t.c, t.k = c.N, c.H, c.W, c.C, c.K
	t.r, t.s, t.strideH, t.strideW, t.top, t.left = c.R, c.S, c.StrideH, c.StrideW, c.PadH, c.PadW
	t.outH, t.outW, t.pixel = c.OutH(), c.OutW(), floats(c.K, t.halfY)
	t.row, t.image = t.outW*t.pixel, t.outH*t.outW*t.pixel
	t.weights = weightPacker{c: c, w: weights}
	t.compute()
}

// compute packs the weights and computes all images.
func (t *correlation) compute() {
	flops := 2 * float64(t.n*t.outH*t.outW) * float64(t.k*t.r*t.s*t.c)
	t.small = flops < smallWork
	if t.e.byWinograd(t.weights.c, t.outH, t.outW) {
		t.e.calls.winograd.run(t)
		return
	}
	ks := t.e.products
	t.ks, t.run = ks, ks.steps(t.s*t.c)
	t.x, t.weights.w = t.e.emulate(roundedA, t.x), t.e.emulate(roundedB, t.weights.w)
	t.cut()
	if t.groups > 0 {
		t.byPanels()
		return
	}
	t.packed = t.e.scratch.all(sharedB, ks.panels(t.k)*t.panelFloats())
	if t.weaves() {
		t.dispatch(ceilDiv(t.r*t.s*t.c, weaveTask), (*weaveWeights)(t))
	} else {
		t.dispatch(ks.panels(t.k)*t.r, (*packWeights)(t))
	}
	t.dispatch(t.n*t.bands, t)
}

func (t *correlation) dispatch(n int, work tasker) {
	if t.small {
		for i := range n {
			work.task(0, i)
		}
		return
	}
	t.e.dispatch(n, work)
}

// task computes a band of output rows of one image, panel by panel.
func (t *correlation) task(worker, i int) {
	w, oh0 := &t.e.scratch.workers[worker], i%t.bands*t.band
	oh1 := min(oh0+t.band, t.outH)
	in := t.input(w, i/t.bands, oh0, oh1)
	in.next = t.rowsOfTask(i + t.e.pool.threads)
	t.bandPanels(w, &in, t.packed, i/t.bands, oh0, oh1, 0, t.ks.panels(t.k))
}

// bandPanels computes panels [p0, p1), whose weights packed starts with, of
// output rows [oh0, oh1) of an image.
func (t *correlation) bandPanels(w *worker, in *imageRows, packed []float32, image, oh0, oh1, p0, p1 int) {
	w.args = kernelArgs{
		steps: t.run, bStep: 4 * t.ks.nr,
		aRow: t.ks.bytes(t.strideW * t.c), aSkip: t.ks.bytes(in.pitch) - 4*t.run,
	}
	for p := p0; p < p1; p++ {
		for oh := oh0; oh < oh1; oh++ {
			t.outputRow(w, in, packed[(p-p0)*t.panelFloats():], image, oh, p)
		}
	}
}

// panelFloats is the size of a panel of weights.
func (t *correlation) panelFloats() int { return t.r * t.run * t.ks.nr }

// input is what of an image output rows [oh0, oh1) read.
func (t *correlation) input(w *worker, image, oh0, oh1 int) imageRows {
	if t.ks.pairs != nil && !t.halfX {
		return t.inputPairs(w, t.x[image*t.h*t.w*t.c:], oh0, oh1)
	}
	if !t.pad {
		return t.rowsOf(image)
	}
	channels := floats(t.c, t.halfX)
	ih0 := min(max(oh0*t.strideH-t.top, 0), t.h)
	ih1 := max(min((oh1-1)*t.strideH-t.top+t.r, t.h), ih0)
	buf := w.own(ownA, (ih1-ih0)*t.rowWidth*channels)
	in := padColumns(buf, t.x[image*t.h*t.w*channels:], ih0, ih1, t.w, channels, t.left, t.rowWidth)
	in.pitch = t.rowWidth * t.c
	return in
}

// outputRow computes a row of output pixels for panel p of the channels, whose
// weights panel starts with. Rows of the kernel that lie above or below the image
// are left out.
func (t *correlation) outputRow(w *worker, in *imageRows, panel []float32, image, oh, p int) {
	ks := t.ks
	nr := ks.nr
	ih := oh*t.strideH - t.top
	r0, r1 := max(-ih, 0), min(t.h-ih, t.r)
	o := output{ld: t.pixel, cols: min(nr, t.k-p*nr), add: t.add, relu: t.relu, half: t.halfY}
	if t.bias != nil {
		o.bias = t.bias[p*nr:]
	}
	at := t.first + image*t.image + oh*t.row + floats(p*nr, t.halfY)
	if r0 >= r1 {
		t.emptyRow(at, &o)
		return
	}
	k := &w.args
	k.segs, k.b = r1-r0, &panel[r0*t.run*nr]
	from := in.at(ih+r0, 0)
	tile := ks.evenTile(t.outW)
	for ow := 0; ow < t.outW; ow += tile {
		k.a = ks.at(in.data, from+ow*t.strideW*t.c)
		o.c = t.y[at+ow*t.pixel:]
		t.askAhead(k, in, o.c, ow/tile, p)
		w.run(ks.rows, nr, min(tile, t.outW-ow), &o)
	}
}

// emptyRow writes a row of output pixels that see nothing of the image.
func (t *correlation) emptyRow(at int, o *output) {
	for ow := range t.outW {
		finishRow(t.y[at+ow*t.pixel:][:o.cols], zeros[:], o)
	}
}
