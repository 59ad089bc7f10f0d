package cpu

const (
	// bandBytes is about how much of an image a task works on: it stays in the L2
	// cache with a panel of weights while the task goes over it panel by panel.
	bandBytes = 128 << 10

	// leastBand is the fewest output pixels of a band, if the image has them: so
	// often is a weight used that a task reads.
	leastBand = 96

	// groupBytes is the most of the packed weights of a group of panels, if it is
	// more than one: they stay in the L2 cache while a task goes over the images.
	groupBytes = 512 << 10

	// leastGroups is the fewest groups worth a task each.
	leastGroups = 8
)

// correlationCut says what a task of a correlation is. It is a band of output
// rows, which goes over all weights: they are packed once, in a pass of their own.
// Or it is a group of panels of weights, which goes over all images: it packs its
// weights itself, just before it uses them. The one reads the weights once a band,
// the other the images once a group.
type correlationCut struct {
	band, bands   int // output rows of a band, bands of an image
	groups, group int // groups of panels, panels of a group; 0: a task is a band
	rowWidth      int // columns that a row of outputs reads
	pad           bool
}

func (t *correlation) cut() {
	ks, pixels := t.ks, t.outH*t.outW
	used := 4 * min(t.h*t.w, pixels*t.r*t.s) * floats(t.c, t.halfX) // bytes of an image
	bands := max(min(ceilDiv(used, bandBytes), ceilDiv(pixels, leastBand)), ceilDiv(aimTasks, t.n))
	t.correlationCut = correlationCut{band: ceilDiv(t.outH, bands)}
	t.bands = ceilDiv(t.outH, t.band)
	t.rowWidth = (t.outW-1)*t.strideW + t.s
	t.pad = t.left > 0 || t.rowWidth-t.left > t.w

	panels, panel := ks.panels(t.k), 4*t.panelFloats()
	group := min(max(groupBytes/panel, 1), panels)
	groups := ceilDiv(panels, group)
	// Packing all weights writes them to memory and reads them back. Kernels of pairs
	// read bands that are rounded for them.
	if weights := panels * panel; ks.pairs == nil && groups >= leastGroups && weights+groups*t.n*used < (t.n*t.bands+3)*weights {
		t.group = ceilDiv(panels, groups)
		t.groups = ceilDiv(panels, t.group)
	}
}

// byPanels computes all images, a group of panels a task.
func (t *correlation) byPanels() {
	if t.pad {
		t.gathered = t.e.gatherRows(t.x, t.n, t.h, t.w, t.c, t.left, t.rowWidth)
	}
	t.dispatch(t.groups, (*panelGroup)(t))
}

// panelGroup is the task that computes a group of panels.
type panelGroup correlation

func (g *panelGroup) task(worker, i int) {
	t := (*correlation)(g)
	w := &t.e.scratch.workers[worker]
	p0 := i * t.group
	p1 := min(p0+t.group, t.ks.panels(t.k))
	packed := w.own(ownB, t.group*t.panelFloats())
	for j := range (p1 - p0) * t.r {
		t.packRow(packed[j*t.run*t.ks.nr:], p0+j/t.r, j%t.r)
	}
	for image := range t.n {
		in := t.rowsOf(image)
		for oh := 0; oh < t.outH; oh += t.band {
			t.bandPanels(w, &in, packed, image, oh, min(oh+t.band, t.outH), p0, p1)
		}
	}
}

// rowsOf is an image that can be read in place.
func (t *correlation) rowsOf(image int) imageRows {
	if t.pad {
		return imageRows{data: t.gathered[image*t.h*t.rowWidth*t.c:], pitch: t.rowWidth * t.c}
	}
	size := t.h * t.w * floats(t.c, t.halfX)
	return imageRows{data: t.x[image*size:][:size], pitch: t.w * t.c, origin: -t.left * t.c}
}
