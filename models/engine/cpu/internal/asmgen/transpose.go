package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose writes a transposition of 8 rows of 8*blocks columns, a block of 8x8
// in registers at a time. Strides are in bytes.
func (f *file) transpose() {
	f.fn("avx2Transpose8", "func(dst, src *float32, dstRow, srcRow, blocks int)")
	dst, src, dstRow, srcRow, blocks := f.GP64(), f.GP64(), f.GP64(), f.GP64(), f.GP64()
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("src"), src)
	f.Load(f.Param("dstRow"), dstRow)
	f.Load(f.Param("srcRow"), srcRow)
	f.Load(f.Param("blocks"), blocks)
	srcRow3, srcMid := f.GP64(), f.GP64()
	f.LEAQ(operand.Mem{Base: srcRow, Index: srcRow, Scale: 2}, srcRow3)
	f.LEAQ(operand.Mem{Base: src, Index: srcRow, Scale: 4}, srcMid)

	f.Label("block")
	var v [8]reg.VecVirtual
	f.Comment("Half a row and half of the row four below share a register.")
	for i := range v {
		v[i] = f.YMM()
		top, low := at(src, srcRow, srcRow3, i%4), at(srcMid, srcRow, srcRow3, i%4)
		top.Disp, low.Disp = 16*(i/4), 16*(i/4)
		f.VMOVUPS(top, v[i].AsX())
		f.VINSERTF128(operand.U8(1), low, v[i], v[i])
	}
	out := f.GP64()
	f.MOVQ(dst, out)
	for half := range 2 {
		f.transpose4(v[4*half:4*half+4], out, dstRow)
	}
	f.ADDQ(operand.U8(32), src)
	f.ADDQ(operand.U8(32), srcMid)
	f.LEAQ(operand.Mem{Base: dst, Index: dstRow, Scale: 8}, dst)
	f.DECQ(blocks)
	f.JNZ(operand.LabelRef("block"))
	f.VZEROUPPER()
	f.RET()
}

// transpose4 transposes 4x4 in each half of four registers and writes them as
// four rows of dst.
func (f *file) transpose4(v []reg.VecVirtual, out, dstRow reg.GPVirtual) {
	var u [4]reg.VecVirtual
	for i := range u {
		u[i] = f.YMM()
	}
	f.VUNPCKLPS(v[1], v[0], u[0])
	f.VUNPCKHPS(v[1], v[0], u[1])
	f.VUNPCKLPS(v[3], v[2], u[2])
	f.VUNPCKHPS(v[3], v[2], u[3])
	for i := range 4 {
		pick := operand.U8(0x44) // the low pairs of both
		if i%2 == 1 {
			pick = operand.U8(0xee) // the high pairs
		}
		f.VSHUFPS(pick, u[2+i/2], u[i/2], v[i])
		f.VMOVUPS(v[i], operand.Mem{Base: out})
		f.ADDQ(dstRow, out)
	}
}

// at is row i of 0 to 3.
func at(base, row, row3 reg.GPVirtual, i int) operand.Mem {
	switch i {
	case 0:
		return operand.Mem{Base: base}
	case 3:
		return operand.Mem{Base: base, Index: row3, Scale: 1}
	}
	return operand.Mem{Base: base, Index: row, Scale: uint8(i)}
}
