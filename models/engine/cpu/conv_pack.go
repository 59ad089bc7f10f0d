package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// weightPacker says which weights a correlation uses: those of the convolution
// as they are, or, for the gradient of the input, turned around with input and
// output channels swapped, starting at kernel row r0 and column s0, each
// stride-th.
type weightPacker struct {
	c        engine.Conv
	w        []float32
	backward bool
	r0, s0   int
}

// packWeights is the task that packs the weights of a kernel row for one panel of
// output channels: [panel][kernel row][kernel column, channel][nr].
type packWeights correlation

func (t *packWeights) task(worker, i int) {
	c := (*correlation)(t)
	dst, panel, row := c.packed[i*c.run*c.ks.nr:], i/c.r, i%c.r
	if c.ks.pairs != nil {
		c.packPairs(&c.e.scratch.workers[worker], dst, panel, row)
		return
	}
	c.packRow(dst, panel, row)
}

// packRow packs the weights of kernel row r for panel p.
func (c *correlation) packRow(dst []float32, p, r int) {
	for s := range c.s {
		c.packTap(dst[s*c.c*c.ks.nr:], p, r*c.s+s)
	}
}

// packTap packs the weights of a tap for panel p of output channels.
func (c *correlation) packTap(dst []float32, p, tap int) {
	ks := c.e.kernels
	cols := min(ks.nr, c.k-p*ks.nr)
	from := c.weights
	if !from.backward {
		ks.packPanel(dst, from.w[tap*c.c*c.k+p*ks.nr:], c.k, c.c, cols)
		c.scalePanel(c.e, dst, p*ks.nr, c.c)
		return
	}
	r := from.r0 + (c.r-1-tap/c.s)*from.c.StrideH
	s := from.s0 + (c.s-1-tap%c.s)*from.c.StrideW
	at := ((r*from.c.S+s)*from.c.C + p*ks.nr) * from.c.K
	ks.packTransposed(dst, from.w[at:], from.c.K, c.c, cols)
}
