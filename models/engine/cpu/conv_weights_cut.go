package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

const (
	// bandPixels is about how many output pixels a kernel call sums over: their dy,
	// 24 KiB a panel, stays in the L1 cache while the task goes over its runs.
	bandPixels = 192

	// groupColumns is how many columns of dw a task aims at: so often is an element
	// of the image used that it reads.
	groupColumns = 128

	// leastRuns is the fewest runs of a task: so often is an element of dy used.
	leastRuns = 128

	// leastPixels is the fewest pixels of a block: for fewer, adding up partial
	// gradients takes too much of the time.
	leastPixels = 784

	// maxPartials is the most memory, in elements, for partial gradients.
	maxPartials = 4 << 20

	// foldFloats is about how many gradients a task adds up: 64 KiB.
	foldFloats = 1 << 14
)

// weightsCut says how a gradient of the weights is cut into tasks. Tiles of dw
// come first: they need no sums of their own. Only where they are too few, and
// pixels are many, are the pixels cut into blocks.
type weightsCut struct {
	outH, outW     int
	runs           int // rows of dw: R*S*C
	groups, panels int // groups of panels, panels of a group
	parts          int // parts of the runs
	blocks         int // blocks of the bands
	band, bands    int // output rows of a band, bands of an image
	rowWidth       int // columns that a row of outputs reads
	pad            bool
	foldRuns       int // runs that a task adds up
}

func cutWeights(c engine.Conv, ks *kernelSet) weightsCut {
	t := weightsCut{outH: c.OutH(), outW: c.OutW(), runs: c.R * c.S * c.C}
	bands := (t.outH*t.outW + bandPixels - 1) / bandPixels
	t.band = (t.outH + bands - 1) / bands
	t.bands = (t.outH + t.band - 1) / t.band
	t.rowWidth = (t.outW-1)*c.StrideW + c.S
	t.pad = c.PadW > 0 || t.rowWidth > c.W

	panels := ks.panels(c.K)
	t.groups = (panels*ks.nr + groupColumns - 1) / groupColumns
	t.panels = (panels + t.groups - 1) / t.groups
	t.groups = (panels + t.panels - 1) / t.panels
	size := t.runs * panels * ks.nr
	blocks := max(min(c.N*t.outH*t.outW/leastPixels, maxPartials/size, c.N*t.bands), 1)
	t.parts = max(min(ceilDiv(aimTasks, t.groups*blocks), t.runs/leastRuns), 1)
	t.blocks = min(ceilDiv(aimTasks, t.groups*t.parts), blocks)
	t.foldRuns = max(foldFloats/(panels*ks.nr), 1)
	return t
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// onePixelRows is a 1x1 convolution, for which rows mean nothing, and whose
// skipped pixels are gone, as one of an image whose rows are one pixel each: it
// can be cut anywhere.
func onePixelRows(c engine.Conv) engine.Conv {
	c.H, c.W, c.N, c.StrideH, c.StrideW = c.N*c.OutH()*c.OutW(), 1, 1, 1, 1
	return c
}
