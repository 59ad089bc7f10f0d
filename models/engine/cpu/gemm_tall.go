package cpu

// maxPacked is the most of B, in elements, that is packed at a time: 16 MiB.
const maxPacked = 4 << 20

// tall computes a product of many rows, in rounds over N if B is very large.
func (c *gemmCall) tall() {
	ks := c.ks
	width := max(maxPacked/c.steps/ks.nr, 1) * ks.nr
	for c.n0 = 0; c.n0 < c.g.N; c.n0 = c.n1 {
		c.n1 = min(c.n0+width, c.g.N)
		panels := ks.panels(c.n1 - c.n0)
		c.packed = c.e.scratch.all(sharedB, panels*c.steps*ks.nr)
		c.dispatch(panels, (*packPanels)(c))
		c.dispatch(c.blocks, (*tallRows)(c))
	}
}

// packPanels is the task that packs a whole panel.
type packPanels gemmCall

func (t *packPanels) task(worker, p int) {
	c := (*gemmCall)(t)
	nr := c.ks.nr
	j := c.n0 + p*nr
	c.packB(&c.e.scratch.workers[worker], c.packed[p*c.steps*nr:], j, min(nr, c.n1-j), 0, c.steps)
}

// tallRows is the task that computes a block of rows.
type tallRows gemmCall

func (t *tallRows) task(worker, block int) {
	c := (*gemmCall)(t)
	ks, w := c.ks, &c.e.scratch.workers[worker]
	nr := ks.nr
	tiles := ceilDiv(c.g.M, c.tile)
	i0 := block * tiles / c.blocks * c.tile
	rows := min((block+1)*tiles/c.blocks*c.tile, c.g.M) - i0
	var o output
	for k := 0; k < c.steps; k += c.kc {
		kc := min(c.kc, c.steps-k)
		a := w.own(ownA, max(rows*(kc+rowPad), kc*(rows+rowPad)))
		stride := c.packA(a, i0, rows, k, kc)
		w.args = kernelArgs{steps: kc, segs: 1, bStep: 4 * nr}
		for p := range ks.panels(c.n1 - c.n0) {
			w.args.b = &c.packed[(p*c.steps+k)*nr]
			for i := 0; i < rows; i += c.tile {
				c.aTile(&w.args, a, i, stride)
				c.aim(&o, i0+i, c.n0+p*nr, k, kc)
				c.askAhead(&w.args, &o, i/c.tile, rows-i)
				w.run(c.kernels, nr, min(c.tile, rows-i), &o)
			}
		}
	}
}

// askAhead lets the call for a tile ask for where the next ones write, a column of
// lines in one call and the other in the next: a store waits for its line. rows are
// those of the task that are left.
func (c *gemmCall) askAhead(k *kernelArgs, o *output, tile, rows int) {
	k.ahead, k.aheadStep = nil, 0
	at := c.tile*o.ld + tile%2*lineFloats
	if !o.stream && rows >= c.tile+k.steps && at < len(o.c) {
		k.ahead, k.aheadStep = &o.c[at], 4*o.ld
	}
}
