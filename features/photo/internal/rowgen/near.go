package main

import "github.com/mmcloughlin/avo/operand"

// near is across for outputs whose inputs lie close together: of each four outputs within
// 16 bytes, which one load and one shuffle bring where they belong.
func (f *file) near() {
	p := f.begin("avx2Near", "func(dst, row *byte, starts *int32, shuffles *byte, weights *int16, fours, groups int)",
		"dst", "row", "starts", "shuffles", "weights", "fours", "groups")
	f.Doc("avx2Near is avx2Across where the first inputs of 4 outputs are at most 12 apart. starts are the",
		"places in row of outputs 0 and 4 of the 8, shuffles the bytes that the others take from there.")
	dst, row, starts, shuffles, weights, fours, groups := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	half, even := f.all("nearHalf", 1<<(weightBits-1)), f.all("nearEven", 0x00ff00ff)

	f.Label("group")
	sum, shuffle := f.YMM(), f.YMM()
	f.VMOVDQA(half, sum)
	f.VMOVDQU(at(shuffles, 0), shuffle)
	left, right, n := f.GP64(), f.GP64(), f.GP64()
	f.MOVLQSX(at(starts, 0), left)
	f.MOVLQSX(at(starts, 4), right)
	f.ADDQ(row, left)
	f.ADDQ(row, right)
	f.MOVQ(fours, n)

	f.Label("four")
	v, t := f.YMM(), f.YMM()
	f.VBROADCASTI128(at(left, 0), v)
	f.VINSERTI128(operand.U8(1), at(right, 0), v, v)
	f.VPSHUFB(shuffle, v, v)
	f.VPAND(even, v, t)
	f.VPMADDWD(at(weights, 0), t, t)
	f.VPADDD(t, sum, sum)
	f.VPSRLW(operand.U8(8), v, v)
	f.VPMADDWD(at(weights, 32), v, v)
	f.VPADDD(v, sum, sum)
	f.ADDQ(operand.U8(64), weights)
	f.ADDQ(operand.U8(4), left)
	f.ADDQ(operand.U8(4), right)
	f.DECQ(n)
	f.JNZ(operand.LabelRef("four"))

	f.VPSRAD(operand.U8(weightBits), sum, sum)
	f.VPACKSSDW(sum, sum, sum)
	f.VPACKUSWB(sum, sum, sum)
	high := f.XMM()
	f.VEXTRACTI128(operand.U8(1), sum, high)
	f.VMOVD(sum.AsX(), at(dst, 0))
	f.VMOVD(high, at(dst, 4))
	f.ADDQ(operand.U8(8), starts)
	f.ADDQ(operand.U8(32), shuffles)
	f.ADDQ(operand.U8(8), dst)
	f.DECQ(groups)
	f.JNZ(operand.LabelRef("group"))
	f.VZEROUPPER()
	f.RET()
}
