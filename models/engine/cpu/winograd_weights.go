package cpu

const (
	// weightsRound is about how many points of the image, in elements, are made at
	// a time: 4 MiB.
	weightsRound = 1 << 20

	// leastRound is the fewest tiles of a round: adding to the sums costs as much
	// for few as for many.
	leastRound = 224

	// leastPart is the fewest tiles worth sums of their own.
	leastPart = 64

	// weightsTasks is the number of tasks aimed at: each part of the tiles has its
	// own sums, which all are read and written in a round.
	weightsTasks = 8
)

// winogradWeights is a gradient of the weights by Winograd's algorithm, which is
// the transpose of the convolution's: at each point
//
//	S[c, k] = sum over tiles of V[tile, c] * D[tile, k]
//
// with the image's points V and those of the output's gradient, D, and the nine
// gradients of a pair of channels are taken back from its 36 sums. Tiles are
// done in rounds, so that V stays in the caches; a task is a panel of output
// channels and, when panels are few, a part of the round's tiles.
type winogradWeights struct {
	t        *weightsCall
	in, grad tileSource
	points   int // elements between points of the sums
	parts    int
	lo, hi   int // tiles of the current round
	v        []float32
	sums     []float32 // [panel][part][point][channel][nr]
}

func (c *winogradWeights) run(t *weightsCall) {
	ks, d := t.e.kernels, t.c
	cut := cutTiles(d.N, d.OutH(), d.OutW())
	*c = winogradWeights{t: t, points: oddLines(d.C * ks.nr)}
	c.in = tileSource{
		tiling: cut, x: t.x, h: d.H, w: d.W, c: d.C, top: d.PadH, left: d.PadW,
		size: 6, transform: ks.tiles.input, pointRows: d.C + rowPad,
	}
	c.grad = tileSource{
		tiling: cut, x: t.dy, h: d.OutH(), w: d.OutW(), c: d.K,
		size: tileOut, transform: ks.tiles.gradient, pointRows: ks.nr,
	}
	tiles, panels := cut.tiles(), ks.panels(d.K)
	round := max(weightsRound/(points*c.in.pointRows), leastRound)
	rounds := (tiles + round - 1) / round
	round = (tiles + rounds - 1) / rounds
	c.parts = max(min(weightsTasks/panels, round/leastPart), 1)
	c.in.pointSize = oddLines(round * c.in.pointRows)
	c.grad.pointSize = oddLines((round + c.parts - 1) / c.parts * ks.nr)
	c.v = t.e.scratch.all(sharedA, points*c.in.pointSize)
	if rounds > 1 || c.parts > 1 {
		c.sums = t.e.scratch.all(partials, panels*c.parts*points*c.points)
	}
	for c.lo = 0; c.lo < tiles; c.lo = c.hi {
		c.hi = min(c.lo+round, tiles)
		t.dispatch((c.hi-c.lo+inputTiles-1)/inputTiles, (*weightsInputs)(c))
		t.dispatch(panels*c.parts, c)
	}
	if c.parts > 1 {
		t.dispatch(panels, (*weightsFold)(c))
	}
	*c = winogradWeights{} // drop the operands
}

// weightsInputs is the task that transforms some tiles of the image.
type weightsInputs winogradWeights

func (n *weightsInputs) task(worker, i int) {
	c := (*winogradWeights)(n)
	lo := c.lo + i*inputTiles
	c.in.read(&c.t.e.scratch.workers[worker], c.v[i*inputTiles*c.in.pointRows:], lo, min(lo+inputTiles, c.hi), 0, c.in.c)
}

// task adds what a part of the round's tiles gives to the sums of a panel.
func (c *winogradWeights) task(worker, i int) {
	ks, w := c.t.e.kernels, &c.t.e.scratch.workers[worker]
	p, part, tiles := i/c.parts, i%c.parts, c.hi-c.lo
	lo, hi := part*tiles/c.parts, (part+1)*tiles/c.parts
	nr := ks.nr
	d := w.own(ownB, points*c.grad.pointSize)
	c.grad.read(w, d, c.lo+lo, c.lo+hi, p*nr, min(nr, c.grad.c-p*nr))
	sums := c.sums
	if sums == nil {
		sums = w.own(ownC, points*c.points)
	} else {
		sums = sums[i*points*c.points:]
	}
	w.args = kernelArgs{steps: hi - lo, segs: 1, bStep: 4 * nr, aRow: 4 * c.in.pointRows}
	o, tile := output{ld: nr, cols: nr, add: c.lo > 0}, ks.evenTile(c.in.c)
	for point := range points {
		w.args.b = &d[point*c.grad.pointSize]
		v := c.v[point*c.in.pointSize+lo*c.in.pointRows:]
		var next lookAhead
		if point+1 < points {
			next = aheadRows(v[c.in.pointSize:], c.in.pointRows, c.in.c)
		}
		for j := 0; j < c.in.c; j += tile {
			w.args.a = &v[j]
			o.c = sums[point*c.points+j*nr:]
			next.next(&w.args)
			w.run(ks.columns, nr, min(tile, c.in.c-j), &o)
		}
	}
	if c.parts == 1 && c.hi == c.in.tiles() {
		c.fold(w, sums, p)
	}
}

// weightsFold is the task that adds the parts' sums of a panel, in order, and
// takes them back from their points.
type weightsFold winogradWeights

func (f *weightsFold) task(worker, p int) {
	c := (*winogradWeights)(f)
	size := points * c.points
	sums := c.sums[p*c.parts*size:][:c.parts*size]
	add := c.t.e.vectors().add
	for part := 1; part < c.parts; part++ {
		add(sums[:size], sums[:size], sums[part*size:(part+1)*size])
	}
	c.fold(&c.t.e.scratch.workers[worker], sums, p)
}

// fold writes the gradients of panel p.
func (c *winogradWeights) fold(w *worker, sums []float32, p int) {
	ks, k, d := c.t.e.kernels, &w.tile, c.t.c
	nr, cols := ks.nr, min(ks.nr, d.K-p*ks.nr)
	_ = c.t.dw[(9*d.C-1)*d.K+p*nr+cols-1]
	k.tmp = &w.own(ownTile, tmpFloats)[0]
	k.src, k.srcRow, k.srcCol, k.srcNext = &sums[0], 4*6*c.points, 4*c.points, 4*nr
	k.dst, k.dstRow, k.dstCol, k.dstNext = &c.t.dw[p*nr], 4*3*d.C*d.K, 4*d.C*d.K, 4*d.K
	k.tiles, k.channels, k.bias = d.C, cols, nil
	ks.tiles.fold(k)
}
