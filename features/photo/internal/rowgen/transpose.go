package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose is 8x8 words in each lane.
func (t *transform) transpose(r [8]reg.VecVirtual) (out [8]reg.VecVirtual) {
	stage := func(in [8]reg.VecVirtual, apart int, low, high func(...operand.Op)) (out [8]reg.VecVirtual) {
		n := 0
		for i := range 8 {
			if i&apart != 0 {
				continue
			}
			lo := t.vector()
			low(in[i+apart], in[i], lo)
			high(in[i+apart], in[i], in[i+apart])
			out[n], out[n+1] = lo, in[i+apart]
			n += 2
		}
		return out
	}
	// Each stage takes lines that are 4 apart and leaves them next to each other.
	r = stage(r, 4, t.VPUNPCKLWD, t.VPUNPCKHWD)
	r = stage(r, 4, t.VPUNPCKLWD, t.VPUNPCKHWD)
	return stage(r, 4, t.VPUNPCKLWD, t.VPUNPCKHWD)
}

// bytes is columns of words to pixels: two rows in each register, of each lane.
func (t *transform) bytes(c [8]reg.VecVirtual) (rows [4]reg.VecVirtual) {
	g := t.ConstData(t.name+"Middle", operand.U32(0x80808080))
	middle := t.vector()
	var w [4]reg.VecVirtual // columns 0 1, 2 3, 4 5, 6 7
	for i := range 2 {
		p, q := c[4*i], c[4*i+1]
		t.VPACKSSWB(c[4*i+2], p, p)
		t.VPACKSSWB(c[4*i+3], q, q)
		w[2*i], w[2*i+1] = t.vector(), p
		t.VPUNPCKLBW(q, p, w[2*i])
		t.VPUNPCKHBW(q, p, w[2*i+1])
	}
	t.VPBROADCASTD(g, middle)
	var d [4]reg.VecVirtual // rows 0 to 3 of the left four columns, 4 to 7, and of the right
	for i := range 2 {
		d[2*i], d[2*i+1] = t.vector(), t.vector()
		t.VPUNPCKLWD(w[2*i+1], w[2*i], d[2*i])
		t.VPUNPCKHWD(w[2*i+1], w[2*i], d[2*i+1])
	}
	for i := range 2 {
		rows[2*i], rows[2*i+1] = t.vector(), t.vector()
		t.VPUNPCKLDQ(d[2+i], d[i], rows[2*i])
		t.VPUNPCKHDQ(d[2+i], d[i], rows[2*i+1])
	}
	for _, r := range rows {
		t.VPADDB(middle, r, r)
	}
	return rows
}
