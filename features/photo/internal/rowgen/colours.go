package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// colours is YCbCr to RGB, 16 pixels a block.
func (f *file) colours() {
	p := f.begin("avx2YCbCr", "func(dst, y, cb, cr *byte, blocks int)", "dst", "y", "cb", "cr", "blocks")
	f.Doc("avx2YCbCr is joinYCbCrPlain for 16*blocks pixels.")
	dst, py, pcb, pcr, blocks := p[0], p[1], p[2], p[3], p[4]
	pair := func(lo, hi int16) uint32 { return uint32(uint16(lo)) | uint32(uint16(hi))<<16 }
	half := f.repeated("coloursHalf", 1<<13, 8)
	middle := f.all("coloursMiddle", pair(128, 128))
	red, blue := f.repeated("coloursRed", pair(16384, 22970), 8), f.repeated("coloursBlue", pair(16384, 29032), 8)
	green, green2 := f.repeated("coloursGreen", pair(16384, -5638), 8), f.repeated("coloursGreen2", pair(-11700, 0), 8)
	var order [4]reg.VecVirtual
	for i, m := range interleaving() {
		order[i] = f.YMM()
		g := f.StaticGlobal("coloursOrder" + string(rune('0'+i)))
		f.DataAttributes(build.RODATA | build.NOPTR)
		f.AppendDatum(operand.U64(m[0]))
		f.AppendDatum(operand.U64(m[1]))
		f.VBROADCASTI128(g, order[i])
	}

	f.Label("pixels")
	y, cb, cr, zero := f.YMM(), f.YMM(), f.YMM(), f.YMM()
	f.VPMOVZXBW(at(py, 0), y)
	f.VPMOVZXBW(at(pcb, 0), cb)
	f.VPMOVZXBW(at(pcr, 0), cr)
	f.VPSUBW(middle, cb, cb)
	f.VPSUBW(middle, cr, cr)
	f.VPXOR(zero, zero, zero)
	channel := func(c reg.VecVirtual, weights operand.Mem, c2 reg.VecVirtual, weights2 operand.Mem) reg.VecVirtual {
		var part [2]reg.VecVirtual
		for i := range part {
			part[i] = f.YMM()
			f.unpack(i, c, y, part[i])
			f.VPMADDWD(weights, part[i], part[i])
			if c2 != nil {
				t := f.YMM()
				f.unpack(i, zero, c2, t)
				f.VPMADDWD(weights2, t, t)
				f.VPADDD(t, part[i], part[i])
			}
			f.VPADDD(half, part[i], part[i])
			f.VPSRAD(operand.U8(14), part[i], part[i])
		}
		f.VPACKSSDW(part[1], part[0], part[0])
		return part[0]
	}
	r := channel(cr, red, nil, operand.Mem{})
	g := channel(cb, green, cr, green2)
	f.VPACKUSWB(g, r, r)
	b := channel(cb, blue, nil, operand.Mem{})
	f.VPACKUSWB(b, b, b)
	f.Comment("Each half of r has 8 reds and 8 greens, each half of b 8 blues twice.")
	for i, disp := range []int{0, 16} {
		u, v := f.YMM(), f.YMM()
		f.VPSHUFB(order[2*i], r, u)
		f.VPSHUFB(order[2*i+1], b, v)
		f.VPOR(v, u, u)
		high := f.XMM()
		f.VEXTRACTI128(operand.U8(1), u, high)
		if i == 0 {
			f.VMOVDQU(u.AsX(), at(dst, disp))
			f.VMOVDQU(high, at(dst, 24+disp))
		} else {
			f.VMOVQ(u.AsX(), at(dst, disp))
			f.VMOVQ(high, at(dst, 24+disp))
		}
	}
	for _, ptr := range []reg.GPVirtual{py, pcb, pcr} {
		f.ADDQ(operand.U8(16), ptr)
	}
	f.ADDQ(operand.U8(48), dst)
	f.DECQ(blocks)
	f.JNZ(operand.LabelRef("pixels"))
	f.VZEROUPPER()
	f.RET()
}

func (f *file) unpack(high int, b, a, out reg.VecVirtual) {
	if high == 1 {
		f.VPUNPCKHWD(b, a, out)
		return
	}
	f.VPUNPCKLWD(b, a, out)
}

// interleaving is which bytes make the 24 of 8 pixels: of reds and greens for the
// first 16, of blues for the first 16, and the same for the other 8.
func interleaving() (m [4][2]uint64) {
	for i := range m {
		for k := range 16 {
			pick, at := uint64(0x80), 16*(i/2)+k
			px, ch := at/3, at%3
			if at < 24 && (ch == 2) == (i%2 == 1) {
				pick = uint64(px + 8*(ch%2))
			}
			m[i][k/8] |= pick << (8 * (k % 8))
		}
	}
	return m
}
