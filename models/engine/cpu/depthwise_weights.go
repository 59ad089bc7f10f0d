package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// depthwiseWeights is the running gradient of the weights of a depthwise
// convolution: each tap is the sum over pixels of x, moved by the tap, times dy. A
// task is a block of bands of output rows; a band stays in the L2 cache while all
// taps go over it. Blocks have sums of their own, which are added in order.
type depthwiseWeights struct {
	e           *Engine
	c           engine.Conv
	x, dy       []float32
	band, bands int // output rows of a band, bands of an image
	blocks      int
	sums        []float32 // [blocks, R, S, C]
}

// DepthwiseBackwardWeights computes dw from x and dy.
func (e *Engine) DepthwiseBackwardWeights(c engine.Conv, x, dy, dw engine.T) error {
	o, _, c := e.depthwise("depthwise backward weights", c)
	t, size := &e.calls.depthwiseWeights, c.R*c.S*c.C
	*t = depthwiseWeights{e: e, c: c, x: o.get("x", x, inputSize(c)), dy: o.get("dy", dy, outputSize(c))}
	sum := o.get("dw", dw, size)
	if o.err != nil {
		return o.err
	}
	const most = 16 // blocks
	t.band = min(max(blockFloats/(c.W*c.C), 1), c.OutH())
	t.bands = (c.OutH() + t.band - 1) / t.band
	t.blocks = min(c.N*t.bands, most)
	t.sums = e.scratch.all(partials, t.blocks*size)
	e.overBlocks(t.blocks, len(t.x)+len(t.dy), t)
	copy(sum, t.sums[:size])
	for b := 1; b < t.blocks; b++ {
		e.vectors().add(sum, sum, t.sums[b*size:][:size])
	}
	return nil
}

// task sums over a block.
func (t *depthwiseWeights) task(worker, block int) {
	c, units := t.c, t.c.N*t.bands
	sum := t.sums[block*c.R*c.S*c.C:][:c.R*c.S*c.C]
	clear(sum)
	rows := windowAxis{out: c.OutH(), in: c.H, stride: c.StrideH, pad: c.PadH}
	cols := windowAxis{out: c.OutW(), in: c.W, stride: c.StrideW, pad: c.PadW}
	k := &t.e.scratch.workers[worker].window
	*k = windowArgs{
		xRow: 4 * c.StrideH * c.W * c.C, xCol: 4 * c.StrideW * c.C, wRow: 4 * c.OutW() * c.C, wCol: 4 * c.C,
		windows: 1, channels: c.C, add: 1,
	}
	for u := block * units / t.blocks; u < (block+1)*units/t.blocks; u++ {
		image, from := u/t.bands, u%t.bands*t.band
		for tap := range c.R * c.S {
			r, s := tap/c.S, tap%c.S
			oh0, oh1 := rows.outputs(r)
			ow0, ow1 := cols.outputs(s)
			oh0, oh1 = max(oh0, from), min(oh1, from+t.band)
			if oh0 >= oh1 || ow0 >= ow1 {
				continue
			}
			k.rows, k.cols = oh1-oh0, ow1-ow0
			k.x = &t.x[((image*c.H+oh0*c.StrideH-c.PadH+r)*c.W+ow0*c.StrideW-c.PadW+s)*c.C]
			k.w = &t.dy[((image*c.OutH()+oh0)*c.OutW()+ow0)*c.C]
			k.y = &sum[tap*c.C]
			t.e.kernels.depthwise.window(k)
		}
	}
}

// outputs are those [lo, hi) for which a tap lies inside.
func (a windowAxis) outputs(tap int) (lo, hi int) {
	lo = max((a.pad-tap+a.stride-1)/a.stride, 0)
	last := a.in - 1 + a.pad - tap
	if last < 0 {
		return 0, 0
	}
	return lo, min(last/a.stride+1, a.out)
}
