package cpu

// Winograd's algorithm F(4x4,3x3) computes 4x4 pixels of a 3x3 convolution of
// stride 1 from 6x6 pixels with 36 multiplications a channel instead of 144: it
// takes image and weights to 36 points (tiles.go), multiplies there, and takes
// the result back. At each point the products are a matrix product,
//
//	M[tile, k] = sum over c of V[tile, c] * U[c, k],
//
// which the micro-kernels do: the transformation of the weights writes their
// panels, that of the image their rows, and that of the result reads a panel of
// tiles as the kernel wrote it, adds bias and ReLU and writes the pixels. The
// gradient of the input is the same with the weights turned around.
//
// There are two ways to go about it, as in a product (gemm.go). When the weights'
// points are few enough to stay in the caches, they are made once, and a task is
// a block of tiles, start to end (tall). When they are many, the image's points
// are made for a round of tiles, and a task is a group of panels of output
// channels, whose weights it transforms by itself, so that they never leave the
// cache (wide). What is cut how depends on the shape only.
const (
	// tallFilter is the most points of weights, in elements, that are made once: 5
	// MiB.
	tallFilter = 5 << 18

	// blockPoints is about how many points of the image a block of tiles has: they
	// stay in the L2 cache while the task goes over the panels.
	blockPoints = 96 << 10

	// roundPoints is the most points of the image, in elements, that are made at a
	// time: 8 MiB, which the L3 cache holds while the tasks go over the panels.
	roundPoints = 2 << 20

	// groupPoints is the most points of weights, in elements, of a group of more than
	// one panel: the image's are read once a group, the weights are transformed once
	// for each part of the tiles, and few groups would make many parts.
	groupPoints = 5 << 16

	// panelTiles is how many tiles are multiplied with a group of panels before the
	// results are taken back from their points.
	panelTiles = 112

	// wideTasks is the number of tasks aimed at when wide: each transforms its
	// weights anew.
	wideTasks = 8

	// inputTiles is the tiles that a task transforms.
	inputTiles = 8
)

// winogradCall is a correlation that runs by Winograd's algorithm.
type winogradCall struct {
	t      *correlation
	in     tileSource
	filter int // elements between points of a panel of weights
	block  int // tiles of a task, when tall
	lo, hi int // tiles of the current round, when wide
	group  int // panels of a group, when wide
	groups int
	parts  int // tasks a group, when wide
	u, v   []float32
}

func (c *winogradCall) run(t *correlation) {
	ks := t.e.kernels
	*c = winogradCall{t: t, filter: oddLines(t.c * ks.nr)}
	c.in = tileSource{
		tiling: cutTiles(t.n, t.outH, t.outW), x: t.x, h: t.h, w: t.w, c: t.c, top: t.top, left: t.left,
		size: 6, transform: ks.tiles.input, pointRows: t.c + rowPad,
	}
	if points*c.filter*ks.panels(t.k) <= tallFilter {
		c.tall()
	} else {
		c.wide()
	}
	*c = winogradCall{} // drop the operands
}

func (c *winogradCall) tall() {
	t, ks, tiles := c.t, c.t.e.kernels, c.in.tiles()
	block := max(blockPoints/(points*c.in.pointRows)/ks.mr, 2) * ks.mr
	blocks := (tiles + block - 1) / block
	c.block = (tiles + blocks - 1) / blocks
	c.in.pointSize = oddLines(c.block * c.in.pointRows)
	c.u = t.e.scratch.all(sharedB, ks.panels(t.k)*points*c.filter)
	t.dispatch(ks.panels(t.k), (*winogradFilters)(c))
	t.dispatch((tiles+c.block-1)/c.block, (*winogradBlocks)(c))
}

func (c *winogradCall) wide() {
	t, ks := c.t, c.t.e.kernels
	tiles, panels := c.in.tiles(), ks.panels(t.k)
	most := max(roundPoints/(points*c.in.pointRows), ks.mr)
	rounds := (tiles + most - 1) / most
	round := (tiles + rounds - 1) / rounds
	c.in.pointSize = oddLines(round * c.in.pointRows)
	c.v = t.e.scratch.all(sharedA, points*c.in.pointSize)
	c.group = min(max(groupPoints/(points*c.filter), 1), panels)
	c.groups = (panels + c.group - 1) / c.group
	c.group = (panels + c.groups - 1) / c.groups
	c.parts = max(min(wideTasks/c.groups, round/(2*ks.mr)), 1)
	for c.lo = 0; c.lo < tiles; c.lo = c.hi {
		c.hi = min(c.lo+round, tiles)
		t.dispatch((c.hi-c.lo+inputTiles-1)/inputTiles, (*winogradInputs)(c))
		t.dispatch(c.groups*c.parts, (*winogradPanels)(c))
	}
}

// winogradFilters is the task that transforms a panel of weights.
type winogradFilters winogradCall

func (f *winogradFilters) task(worker, p int) {
	c := (*winogradCall)(f)
	c.transformFilter(&c.t.e.scratch.workers[worker], c.u[p*points*c.filter:], p)
}

// winogradBlocks is the task that computes a block of tiles, panel by panel.
type winogradBlocks winogradCall

func (b *winogradBlocks) task(worker, i int) {
	c := (*winogradCall)(b)
	ks, w := c.t.e.kernels, &c.t.e.scratch.workers[worker]
	lo, hi := i*c.block, min((i+1)*c.block, c.in.tiles())
	v := w.own(ownA, points*c.in.pointSize)
	c.in.read(w, v, lo, hi, 0, c.t.c)
	for p := range ks.panels(c.t.k) {
		c.panels(w, c.u[p*points*c.filter:], v, lo, hi, p, p+1)
	}
}

// winogradInputs is the task that transforms some tiles of the image.
type winogradInputs winogradCall

func (n *winogradInputs) task(worker, i int) {
	c := (*winogradCall)(n)
	lo := c.lo + i*inputTiles
	c.in.read(&c.t.e.scratch.workers[worker], c.v[i*inputTiles*c.in.pointRows:], lo, min(lo+inputTiles, c.hi), 0, c.t.c)
}

// winogradPanels is the task that computes a group of panels for a part of the
// round's tiles.
type winogradPanels winogradCall

func (n *winogradPanels) task(worker, i int) {
	c := (*winogradCall)(n)
	w := &c.t.e.scratch.workers[worker]
	group, part, tiles := i/c.parts, i%c.parts, c.hi-c.lo
	p0 := group * c.group
	p1 := min(p0+c.group, c.t.e.kernels.panels(c.t.k))
	u := w.own(ownB, c.group*points*c.filter)
	for p := p0; p < p1; p++ {
		c.transformFilter(w, u[(p-p0)*points*c.filter:], p)
	}
	lo, hi := part*tiles/c.parts, (part+1)*tiles/c.parts
	blocks := max((hi-lo+panelTiles-1)/panelTiles, 1)
	each := (hi - lo + blocks - 1) / blocks
	for ; lo < hi; lo += each {
		c.panels(w, u, c.v[lo*c.in.pointRows:], c.lo+lo, c.lo+min(lo+each, hi), p0, p1)
	}
}

// transformFilter takes panel p of the weights to its points: [point][channel][nr].
func (c *winogradCall) transformFilter(w *worker, u []float32, p int) {
	t, ks, k := c.t, c.t.e.kernels, &w.tile
	nr, cols := ks.nr, min(ks.nr, c.t.k-p*ks.nr)
	taps, next := t.weights.w, t.k
	if t.weights.backward {
		taps, next = w.own(ownTaps, 9*t.c*nr), nr
		for tap := range 9 {
			t.packTap(taps[tap*t.c*nr:], p, tap)
		}
		k.src = &taps[0]
	} else {
		k.src = &taps[p*nr]
	}
	_ = u[(points-1)*c.filter+t.c*nr-1]
	k.srcRow, k.srcCol, k.srcNext = 4*3*t.c*next, 4*t.c*next, 4*next
	k.dst, k.dstRow, k.dstCol, k.dstNext = &u[0], 4*6*c.filter, 4*c.filter, 4*nr
	k.tiles, k.channels, k.bias = t.c, cols, nil
	k.tmp = &w.own(ownTile, tmpFloats)[0]
	if t.scale == nil {
		ks.tiles.filter(k)
		return
	}
	k.scale = &t.scale[p*nr]
	ks.tiles.filterScale(k)
	k.scale = nil // the portable transformations look at it
}

// panels computes panels [p0, p1) of the channels, whose weights u starts with,
// for tiles [lo, hi), whose points v starts with.
func (c *winogradCall) panels(w *worker, u, v []float32, lo, hi, p0, p1 int) {
	t, ks, tiles := c.t, c.t.e.kernels, hi-lo
	nr, size, tile := ks.nr, oddLines(tiles*ks.nr), ks.evenTile(tiles)
	m := w.own(ownC, (p1-p0)*points*size)
	w.args = kernelArgs{steps: t.c, segs: 1, bStep: 4 * nr, aRow: 4 * c.in.pointRows}
	o := output{ld: nr, cols: nr}
	for point := range points {
		for p := range p1 - p0 {
			w.args.b = &u[(p*points+point)*c.filter]
			for i := 0; i < tiles; i += tile {
				w.args.a = &v[point*c.in.pointSize+i*c.in.pointRows]
				o.c = m[(p*points+point)*size+i*nr:]
				w.run(ks.rows, nr, min(tile, tiles-i), &o)
			}
		}
	}
	for p := p0; p < p1; p++ {
		c.write(w, m[(p-p0)*points*size:], size, lo, hi, p)
	}
}
