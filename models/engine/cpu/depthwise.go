package cpu

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// A depthwise convolution does little with each value, so what counts is memory:
// the kernel (windowArgs) keeps the channels of a window in registers and reads
// the image and the weights from the near caches. A task is a row of the output,
// which is cut into runs of windows that meet the same taps: the edges, and all
// between them. The gradient of the input is the same computation on dy, phase by
// phase, as in conv_data.go.

// DepthwiseForward computes y from x and w.
func (e *Engine) DepthwiseForward(c engine.Conv, x, w, y engine.T) error {
	o, t, c := e.depthwise("depthwise forward", c)
	t.x, t.w, t.y = o.get("x", x, inputSize(c)), o.get("w", w, c.R*c.S*c.C), o.get("y", y, outputSize(c))
	if o.err != nil {
		return o.err
	}
	t.rows = windowAxis{out: c.OutH(), in: c.H, taps: c.R, stride: c.StrideH, pad: c.PadH, wStep: 1}
	t.cols = windowAxis{out: c.OutW(), in: c.W, taps: c.S, stride: c.StrideW, pad: c.PadW, wStep: 1}
	t.row, t.pixel = c.OutW()*c.C, c.C
	t.image = t.rows.out * t.row
	t.run()
	return nil
}

// DepthwiseBackwardData computes dx from w and dy.
func (e *Engine) DepthwiseBackwardData(c engine.Conv, w, dy, dx engine.T) error {
	o, t, c := e.depthwise("depthwise backward data", c)
	t.w, t.x, t.y = o.get("w", w, c.R*c.S*c.C), o.get("dy", dy, outputSize(c)), o.get("dx", dx, inputSize(c))
	if o.err != nil {
		return o.err
	}
	t.row, t.pixel, t.image = c.StrideH*c.W*c.C, c.StrideW*c.C, c.H*c.W*c.C
	for ph := range min(c.StrideH, c.H) {
		t.rows = backwardAxis(phaseOf(ph, c.H, c.R, c.StrideH, c.PadH), c.OutH(), c.StrideH)
		for pw := range min(c.StrideW, c.W) {
			t.cols = backwardAxis(phaseOf(pw, c.W, c.S, c.StrideW, c.PadW), c.OutW(), c.StrideW)
			if t.rows.taps == 0 || t.cols.taps == 0 {
				t.rows.out, t.cols.out = (c.H-ph+c.StrideH-1)/c.StrideH, (c.W-pw+c.StrideW-1)/c.StrideW
			}
			t.first = (ph*c.W + pw) * c.C
			t.run()
		}
	}
	return nil
}

// windowAxis is one direction: output i meets input i*stride - pad + tap, where
// there is one, with row or column w0 + tap*wStep of the weights.
type windowAxis struct {
	out, in, taps, stride, pad int
	w0, wStep                  int
}

// backwardAxis turns the weights around, see phaseOf.
func backwardAxis(p phase, in, stride int) windowAxis {
	return windowAxis{out: p.size, in: in, taps: p.taps, stride: 1, pad: p.pad, w0: p.first + (p.taps-1)*stride, wStep: -stride}
}

// meet is the taps [lo, hi) of output i that lie inside; there may be none.
func (a windowAxis) meet(i int) (lo, hi int) {
	at := i*a.stride - a.pad
	return max(-at, 0), min(a.in-at, a.taps)
}

// alike is how many outputs from i on meet all taps, if i does, else 1.
func (a windowAxis) alike(i int) int {
	if lo, hi := a.meet(i); lo > 0 || hi < a.taps {
		return 1
	}
	return min((a.in+a.pad-a.taps)/a.stride+1, a.out) - i
}

// depthwiseCall is the running depthwise convolution.
type depthwiseCall struct {
	e          *Engine
	kernel     func(*windowArgs)
	c          engine.Conv
	x, w, y    []float32
	rows, cols windowAxis
	first      int // element of y where the first output is
	image      int // elements of y between images
	row, pixel int // between rows and between pixels
}

// depthwise checks a description and applies the default of the strides.
func (e *Engine) depthwise(op string, c engine.Conv) (operands, *depthwiseCall, engine.Conv) {
	o, t := e.operands(op), &e.calls.depthwise
	c.StrideH, c.StrideW = max(c.StrideH, 1), max(c.StrideW, 1)
	if err := c.CheckDepthwise(); err != nil {
		o.err = fmt.Errorf("%s: %w", op, err)
		c = engine.Conv{N: 1, H: 1, W: 1, C: 1, K: 1, R: 1, S: 1, StrideH: 1, StrideW: 1}
	}
	*t = depthwiseCall{e: e, kernel: e.kernels.depthwise.window, c: c}
	return o, t, c
}

func (t *depthwiseCall) run() { t.e.overBlocks(t.c.N*t.rows.out, len(t.x)+len(t.y), t) }

// task computes a row of outputs.
func (t *depthwiseCall) task(worker, i int) {
	c, image, oh := t.c.C, i/t.rows.out, i%t.rows.out
	r0, r1 := t.rows.meet(oh)
	line := t.cols.in * c // of x
	above := image*t.rows.in + oh*t.rows.stride - t.rows.pad
	k := &t.e.scratch.workers[worker].window
	*k = windowArgs{
		xNext: 4 * t.cols.stride * c, yNext: 4 * t.pixel, xRow: 4 * line, xCol: 4 * c,
		wRow: 4 * t.rows.wStep * t.c.S * c, wCol: 4 * t.cols.wStep * c, channels: c,
	}
	for ow := 0; ow < t.cols.out; {
		y := t.y[t.first+image*t.image+oh*t.row+ow*t.pixel:]
		s0, s1 := t.cols.meet(ow)
		if r0 >= r1 || s0 >= s1 {
			clear(y[:c])
			ow++
			continue
		}
		k.windows, k.rows, k.cols = t.cols.alike(ow), r1-r0, s1-s0
		k.x = &t.x[(above+r0)*line+(ow*t.cols.stride-t.cols.pad+s0)*c]
		k.w = &t.w[((t.rows.w0+r0*t.rows.wStep)*t.c.S+t.cols.w0+s0*t.cols.wStep)*c]
		k.y = &y[0]
		t.kernel(k)
		ow += k.windows
	}
}
