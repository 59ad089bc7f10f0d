package main

import "github.com/mmcloughlin/avo/operand"

// pack writes the copy of a panel of two vectors' width: rows that are ld bytes
// apart in src and contiguous in dst. Rows of a large matrix lie on a page each,
// so a prefetch runs ahead.
func (t target) pack() {
	const ahead = 8 // rows
	t.fn(t.name+"Pack", "func(dst, src *float32, ld, rows int)")
	dst, src, ld, rows := t.GP64(), t.GP64(), t.GP64(), t.GP64()
	t.Load(t.Param("dst"), dst)
	t.Load(t.Param("src"), src)
	t.Load(t.Param("ld"), ld)
	t.Load(t.Param("rows"), rows)
	t.Label("row")
	for col := range 2 {
		t.VMOVUPS(operand.Mem{Base: src, Disp: col * t.bytes()}, t.vec[col])
	}
	for line := 0; line < 2*t.bytes(); line += 64 {
		t.PREFETCHT0(operand.Mem{Base: src, Disp: line, Index: ld, Scale: ahead})
	}
	for col := range 2 {
		t.VMOVUPS(t.vec[col], operand.Mem{Base: dst, Disp: col * t.bytes()})
	}
	t.ADDQ(ld, src)
	t.ADDQ(operand.U32(2*t.bytes()), dst)
	t.DECQ(rows)
	t.JNZ(operand.LabelRef("row"))
	t.VZEROUPPER()
	t.RET()
}
