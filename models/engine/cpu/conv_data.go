package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// backward sets the call up for dx from w and dy and runs it; t.x is dy and t.y
// is dx. Input pixel (h, w) was met by the kernel rows r for which h + pad - r is
// a multiple of the stride. So the pixels of one phase (h mod stride, w mod
// stride) are a correlation of stride 1 of dy with every stride-th row and
// column of the kernel, turned around: no multiplication by zeros between the
// pixels of dy.
func (t *correlation) backward(c engine.Conv, weights []float32) {
	t.n, t.h, t.w, t.c, t.k = c.N, c.OutH(), c.OutW(), c.K, c.C
	t.strideH, t.strideW = 1, 1
	t.image, t.row, t.pixel = c.H*c.W*c.C, c.StrideH*c.W*c.C, c.StrideW*c.C
	t.weights = weightPacker{c: c, w: weights, backward: true}
	if !t.add && (c.R < c.StrideH || c.S < c.StrideW) {
		t.e.overBlocks(c.N*c.H, len(t.y), (*clearUnmet)(t)) // some pixels were met by no weight
	}
	for ph := range min(c.StrideH, c.H) {
		rows := phaseOf(ph, c.H, c.R, c.StrideH, c.PadH)
		for pw := range min(c.StrideW, c.W) {
			cols := phaseOf(pw, c.W, c.S, c.StrideW, c.PadW)
			if rows.taps == 0 || cols.taps == 0 {
				continue
			}
			t.outH, t.r, t.top, t.weights.r0 = rows.size, rows.taps, rows.pad, rows.first
			t.outW, t.s, t.left, t.weights.s0 = cols.size, cols.taps, cols.pad, cols.first
			t.first = (ph*c.W + pw) * c.C
			t.compute()
		}
	}
}

// clearUnmet is the task that zeroes what no weight met in a row of dx.
type clearUnmet correlation

func (u *clearUnmet) task(_, i int) {
	t, c := (*correlation)(u), u.weights.c
	row := t.y[i*c.W*c.C:][:c.W*c.C]
	if (i%c.H+c.PadH)%c.StrideH >= c.R {
		clear(row)
		return
	}
	for w := range c.W {
		if (w+c.PadW)%c.StrideW >= c.S {
			clear(row[w*c.C:][:c.C])
		}
	}
}

// phase is one direction of the correlation that gives the pixels of a phase.
type phase struct {
	size  int // pixels
	taps  int // rows of the kernel that meet them
	first int // the first of those rows
	pad   int // zeros before dy; negative: rows of dy that are skipped
}

func phaseOf(p, size, kernel, stride, pad int) phase {
	first := (p + pad) % stride
	if first >= kernel {
		return phase{}
	}
	taps := (kernel - first + stride - 1) / stride
	return phase{
		size: (size - p + stride - 1) / stride, taps: taps, first: first,
		pad: taps - 1 - (p+pad-first)/stride,
	}
}
