package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// storeHalves is store for C in bfloat16: a row of the tile is one vector.
func (k *kernel) storeHalves(cRow, flag reg.GPVirtual) {
	low, high := k.target.b(0), k.target.b(1)
	k.unless("add", flag, "halvesAdded")
	k.eachHalf(cRow, func(c operand.Mem, row int) {
		for col, v := range []reg.VecPhysical{low, high} {
			k.VPMOVZXWD(operand.Mem{Base: c.Base, Disp: 32 * col}, v)
			k.VPSLLD(operand.U8(16), v, v)
			sum := k.acc(k.m, 0, row, col)
			k.VADDPS(v, sum, sum)
		}
	})
	k.Label("halvesAdded")
	k.unless("relu", flag, "writeHalves")
	k.clamp()
	k.Label("writeHalves")
	k.eachHalf(cRow, func(c operand.Mem, row int) {
		k.encode(vcvtne2ps2bf16, low, k.acc(k.m, 0, row, 1), k.acc(k.m, 0, row, 0))
		k.VMOVDQU16(low, c)
	})
	k.VZEROUPPER()
	k.RET()
}

// eachHalf calls f with where each row of C in bfloat16 lies.
func (k *kernel) eachHalf(cRow reg.GPVirtual, f func(c operand.Mem, row int)) {
	c := k.loadArg("c")
	for row := range k.m {
		f(operand.Mem{Base: c}, row)
		if row+1 < k.m {
			k.ADDQ(cRow, c)
		}
	}
}

// pairPeak is peak of pairs: each turn adds 1*1 - 1*1 to all accumulators twice.
func (t target) pairPeak() {
	t.fn(t.name+"Peak", "func(turns int)")
	turns := t.GP64()
	t.Load(t.Param("turns"), turns)
	n := 2 * t.mr
	for i, bits := range []uint32{0x3f803f80, 0x3f80bf80} { // 1 and 1, -1 and 1
		r, x := t.GP32(), t.XMM()
		t.MOVL(operand.U32(bits), r)
		t.VMOVD(r, x)
		t.VBROADCASTSS(x, t.vec[n+i])
	}
	for i := range n {
		t.zero(t.vec[i])
	}
	t.Label("turn")
	for range 2 {
		for i := range n {
			t.multiplyAdd(t.vec[n], t.vec[n+1], t.vec[i])
		}
	}
	t.DECQ(turns)
	t.JNZ(operand.LabelRef("turn"))
	t.VZEROUPPER()
	t.RET()
}

// weave writes the rounding of a matrix to pairs of what is one above the other:
// rows 2i and 2i+1 of src, ld bytes apart, become row i of dst, dstRow bytes
// apart, of as many columns, 16 a vector. Columns are multiplied by factors first,
// if there are any.
func (t target) weave() {
	order := t.StaticGlobal(t.name + "Order")
	t.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range uint16(32) {
		t.AppendDatum(operand.U16(i/2 + i%2*16))
	}
	t.fn(t.name+"Weave", "func(dst, src, factors *float32, dstRow, ld, rows, vectors int)")
	dst, src, dstRow, ld, rows := t.GP64(), t.GP64(), t.GP64(), t.GP64(), t.GP64()
	factors, factor := t.GP64(), t.GP64()
	t.Load(t.Param("factors"), factors)
	t.Load(t.Param("dst"), dst)
	t.Load(t.Param("src"), src)
	t.Load(t.Param("dstRow"), dstRow)
	t.Load(t.Param("ld"), ld)
	t.Load(t.Param("rows"), rows)
	to, from, count := t.GP64(), t.GP64(), t.GP64()
	even, odd, pairs, permutation := t.vec[0], t.vec[1], t.vec[2], t.vec[3]
	t.VMOVDQU16(order, permutation)

	t.Label("row")
	t.MOVQ(dst, to)
	t.MOVQ(src, from)
	t.MOVQ(factors, factor)
	t.Load(t.Param("vectors"), count)
	t.Label("vector")
	t.VMOVUPS(operand.Mem{Base: from}, even)
	t.VMOVUPS(operand.Mem{Base: from, Index: ld, Scale: 1}, odd)
	t.TESTQ(factor, factor)
	t.JZ(operand.LabelRef("multiplied"))
	t.VMULPS(operand.Mem{Base: factor}, even, even)
	t.VMULPS(operand.Mem{Base: factor}, odd, odd)
	t.ADDQ(operand.U8(64), factor)
	t.Label("multiplied")
	t.encode(vcvtne2ps2bf16, pairs, odd, even)
	t.VPERMW(pairs, permutation, pairs)
	t.VMOVDQU16(pairs, operand.Mem{Base: to})
	t.ADDQ(operand.U8(64), from)
	t.ADDQ(operand.U8(64), to)
	t.DECQ(count)
	t.JNZ(operand.LabelRef("vector"))
	t.ADDQ(dstRow, dst)
	t.LEAQ(operand.Mem{Base: src, Index: ld, Scale: 2}, src)
	t.DECQ(rows)
	t.JNZ(operand.LabelRef("row"))
	t.VZEROUPPER()
	t.RET()
}

// round writes the rounding of n numbers, at least 32, in their order. The last
// vector overlaps the one before.
func (t target) round() {
	t.fn(t.name+"Round", "func(dst, src *float32, n int)")
	dst, src, left := t.GP64(), t.GP64(), t.GP64()
	t.Load(t.Param("dst"), dst)
	t.Load(t.Param("src"), src)
	t.Load(t.Param("n"), left)
	at := t.GP64()
	t.XORQ(at, at)
	t.SUBQ(operand.U8(32), left)
	low, high, out := t.vec[0], t.vec[1], t.vec[2]
	one := func() {
		t.VMOVUPS(operand.Mem{Base: src, Index: at, Scale: 4}, low)
		t.VMOVUPS(operand.Mem{Base: src, Index: at, Scale: 4, Disp: 64}, high)
		t.encode(vcvtne2ps2bf16, out, high, low)
		t.VMOVDQU16(out, operand.Mem{Base: dst, Index: at, Scale: 2})
	}
	t.Label("vector")
	t.CMPQ(at, left)
	t.JGE(operand.LabelRef("last"))
	one()
	t.ADDQ(operand.U8(32), at)
	t.JMP(operand.LabelRef("vector"))
	t.Label("last")
	t.MOVQ(left, at)
	one()
	t.VZEROUPPER()
	t.RET()
}
