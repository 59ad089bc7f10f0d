package main

import (
	"github.com/mmcloughlin/avo/operand"
)

// sumRows is the weighted sum of pairs of rows, 16 bytes a block.
func (f *file) sumRows() {
	p := f.begin("avx2SumRows", "func(dst *byte, rows **byte, weights *int16, pairs, blocks int)", "dst", "rows", "weights", "pairs", "blocks")
	f.Doc("avx2SumRows is sumRowsPlain for 16*blocks bytes and 2*pairs rows.")
	dst, rows, weights, pairs, blocks := p[0], p[1], p[2], p[3], p[4]
	half := f.all("rowsHalf", 1<<(weightBits-1))
	x := f.GP64()
	f.XORQ(x, x)

	f.Label("block")
	lo, hi := f.YMM(), f.YMM()
	f.VMOVDQA(half, lo)
	f.VMOVDQA(half, hi)
	r, w, n := f.GP64(), f.GP64(), f.GP64()
	f.MOVQ(rows, r)
	f.MOVQ(weights, w)
	f.MOVQ(pairs, n)

	f.Label("pair")
	pa, pb := f.GP64(), f.GP64()
	f.MOVQ(at(r, 0), pa)
	f.MOVQ(at(r, 8), pb)
	a, b, both, t := f.YMM(), f.YMM(), f.YMM(), f.YMM()
	f.VPMOVZXBW(operand.Mem{Base: pa, Index: x, Scale: 1}, a)
	f.VPMOVZXBW(operand.Mem{Base: pb, Index: x, Scale: 1}, b)
	f.VPBROADCASTD(at(w, 0), both)
	f.VPUNPCKLWD(b, a, t)
	f.VPMADDWD(both, t, t)
	f.VPADDD(t, lo, lo)
	f.VPUNPCKHWD(b, a, t)
	f.VPMADDWD(both, t, t)
	f.VPADDD(t, hi, hi)
	f.ADDQ(operand.U8(16), r)
	f.ADDQ(operand.U8(4), w)
	f.DECQ(n)
	f.JNZ(operand.LabelRef("pair"))

	f.VPSRAD(operand.U8(weightBits), lo, lo)
	f.VPSRAD(operand.U8(weightBits), hi, hi)
	f.VPACKSSDW(hi, lo, lo)
	f.VPACKUSWB(lo, lo, lo)
	f.VPERMQ(operand.U8(0x08), lo, lo)
	f.VMOVDQU(lo.AsX(), operand.Mem{Base: dst, Index: x, Scale: 1})
	f.ADDQ(operand.U8(16), x)
	f.DECQ(blocks)
	f.JNZ(operand.LabelRef("block"))
	f.VZEROUPPER()
	f.RET()
}

// across is a row's filter, 8 outputs a group: their inputs are gathered four at a
// time.
func (f *file) across() {
	p := f.begin("avx2Across", "func(dst, row *byte, first *int32, weights *int16, fours, groups int)", "dst", "row", "first", "weights", "fours", "groups")
	f.Doc("avx2Across is axis.applyPlain for 8*groups outputs. first are places in row; weights",
		"has for each group and each four taps those of taps 0 and 2 of the 8 outputs, then those of 1 and 3.")
	dst, row, first, weights, fours, groups := p[0], p[1], p[2], p[3], p[4], p[5]
	half, even := f.all("acrossHalf", 1<<(weightBits-1)), f.all("acrossEven", 0x00ff00ff)

	f.Label("group")
	sum, place := f.YMM(), f.YMM()
	f.VMOVDQA(half, sum)
	f.VMOVDQU(at(first, 0), place)
	r, n := f.GP64(), f.GP64()
	f.MOVQ(row, r)
	f.MOVQ(fours, n)

	f.Label("four")
	mask, v, t := f.YMM(), f.YMM(), f.YMM()
	f.VPCMPEQD(mask, mask, mask)
	f.VPXOR(v, v, v)
	f.VPGATHERDD(mask, operand.Mem{Base: r, Index: place, Scale: 1}, v)
	f.VPAND(even, v, t)
	f.VPMADDWD(at(weights, 0), t, t)
	f.VPADDD(t, sum, sum)
	f.VPSRLW(operand.U8(8), v, v)
	f.VPMADDWD(at(weights, 32), v, v)
	f.VPADDD(v, sum, sum)
	f.ADDQ(operand.U8(64), weights)
	f.ADDQ(operand.U8(4), r)
	f.DECQ(n)
	f.JNZ(operand.LabelRef("four"))

	f.VPSRAD(operand.U8(weightBits), sum, sum)
	f.VPACKSSDW(sum, sum, sum)
	f.VPACKUSWB(sum, sum, sum)
	high := f.XMM()
	f.VEXTRACTI128(operand.U8(1), sum, high)
	f.VMOVD(sum.AsX(), at(dst, 0))
	f.VMOVD(high, at(dst, 4))
	f.ADDQ(operand.U8(32), first)
	f.ADDQ(operand.U8(8), dst)
	f.DECQ(groups)
	f.JNZ(operand.LabelRef("group"))
	f.VZEROUPPER()
	f.RET()
}
