package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// As in idct.go.
const (
	factorBits = 13
	passBits   = 2

	f0298 = 2446
	f0390 = 3196
	f0541 = 4433
	f0765 = 6270
	f0899 = 7373
	f1175 = 9633
	f1501 = 12299
	f1847 = 15137
	f1961 = 16069
	f2053 = 16819
	f2562 = 20995
	f3072 = 25172
)

// transform is what the two passes of idct share: lines of 8 words, of a block in each
// lane of 16 bytes.
type transform struct {
	*file
	name string
	wide bool          // of 64 bytes, in registers; else of 32 in memory, as there are too few
	in   [8]operand.Op // lines
	high [8]operand.Op // results that wait for the others
	made map[string]operand.Mem
}

// idct is two blocks at a time, or with wide four.
func (f *file) idct(wide bool) {
	t, name, blocks := &transform{file: f, name: "idct", wide: wide, made: map[string]operand.Mem{}}, "avx2IDCT", 2
	if wide {
		t.name, name, blocks = "idctWide", "avx512IDCT", 4
	}
	p := f.begin(name, "func(dst *byte, stride int, values, factors *int16, groups int)", "dst", "stride", "values", "factors", "groups")
	f.Doc(fmt.Sprintf("%s is idctPlain for %d*groups blocks beside each other.", name, blocks))
	dst, stride, values, factors, groups := p[0], p[1], p[2], p[3], p[4]
	if !wide {
		local := f.AllocLocal(16 * 32)
		for i := range 8 {
			t.in[i], t.high[i] = local.Offset(32*i), local.Offset(256+32*i)
		}
	}
	three := f.GP64()
	f.LEAQ(operand.Mem{Base: stride, Index: stride, Scale: 2}, three)

	f.Label("blocks")
	for i := range 8 {
		t.put(i, t.line(at(values, 16*i), at(factors, 16*i)))
	}
	for i, c := range t.transpose(t.pass("Columns", factorBits-passBits)) {
		t.put(i, c)
	}
	below := f.GP64()
	f.LEAQ(operand.Mem{Base: dst, Index: stride, Scale: 4}, below)
	for i, r := range t.bytes(t.pass("Rows", factorBits+passBits+3)) {
		base, to := dst, [2]operand.Mem{{Scale: 0}, {Index: stride, Scale: 1}}
		if i >= 2 {
			base = below
		}
		if i%2 == 1 {
			to = [2]operand.Mem{{Index: stride, Scale: 2}, {Index: three, Scale: 1}}
		}
		to[0].Base, to[1].Base = base, base
		t.store(r, to)
	}
	f.ADDQ(operand.U32(uint32(128*blocks)), values)
	f.ADDQ(operand.U8(uint8(8*blocks)), dst)
	f.DECQ(groups)
	f.JNZ(operand.LabelRef("blocks"))
	f.VZEROUPPER()
	f.RET()
}

// vector is a register.
func (t *transform) vector() reg.VecVirtual {
	if t.wide {
		return t.ZMM()
	}
	return t.YMM()
}

// put keeps a line.
func (t *transform) put(i int, v reg.VecVirtual) {
	if t.wide {
		t.in[i] = v
		return
	}
	t.VMOVDQU(v, t.in[i])
}

// get is a copy of a line.
func (t *transform) get(i int) reg.VecVirtual {
	r := t.vector()
	if t.wide {
		t.VMOVDQA64(t.in[i], r)
	} else {
		t.VMOVDQU(t.in[i], r)
	}
	return r
}

// line is a row of values of each block, times factors.
func (t *transform) line(values, factors operand.Mem) reg.VecVirtual {
	v, q := t.vector(), t.vector()
	if !t.wide {
		t.VBROADCASTI128(values, v) // writes all of it: so it is not live before
		t.VINSERTI128(operand.U8(1), values.Offset(128), v, v)
		t.VBROADCASTI128(factors, q)
	} else {
		t.VBROADCASTI32X4(values, v)
		for i := 1; i < 4; i++ {
			t.VINSERTI32X4(operand.U8(uint8(i)), values.Offset(128*i), v, v)
		}
		t.VBROADCASTI32X4(factors, q)
	}
	t.VPMULLW(q, v, v)
	return v
}

// store writes two rows of all blocks.
func (t *transform) store(r reg.VecVirtual, to [2]operand.Mem) {
	if !t.wide {
		t.VPERMQ(operand.U8(0xd8), r, r)
		t.VMOVDQU(r.AsX(), to[0])
		t.VEXTRACTI128(operand.U8(1), r, to[1])
		return
	}
	lanes, ok := t.made["Lanes"]
	if !ok {
		lanes = t.StaticGlobal(t.name + "Lanes")
		t.DataAttributes(build.RODATA | build.NOPTR)
		for _, q := range []uint64{0, 2, 4, 6, 1, 3, 5, 7} {
			t.AppendDatum(operand.U64(q))
		}
		t.made["Lanes"] = lanes
	}
	order := t.vector()
	t.VMOVDQU64(lanes, order)
	t.VPERMQ(r, order, r)
	t.VMOVDQU(r.AsY(), to[0])
	t.VEXTRACTI64X4(operand.U8(1), r, to[1])
}

// words is a constant: two words by turns.
func (t *transform) words(name string, lo, hi int16) operand.Mem {
	if m, ok := t.made[name]; ok {
		return m
	}
	return t.constant(name, uint32(uint16(lo))|uint32(uint16(hi))<<16)
}

func (t *transform) constant(name string, v uint32) operand.Mem {
	g := t.repeated(t.name+name, v, map[bool]int{false: 8, true: 16}[t.wide])
	t.made[name] = g
	return g
}

// pass is idctLine down the lines, rounded and shifted, as words.
func (t *transform) pass(name string, shift uint8) (out [8]reg.VecVirtual) {
	round := t.constant("Half"+name, 1<<(shift-1))
	for _, high := range []bool{true, false} {
		even := t.even(high, round)
		for i, o := range t.odd(high) { // the odd part of outputs 3, 2, 1, 0
			sum, difference := t.vector(), t.vector()
			e := even[3-i]
			t.VPADDD(o, e, sum)
			t.VPSUBD(o, e, difference)
			out[3-i], out[4+i] = sum, difference
			for _, k := range []int{3 - i, 4 + i} {
				t.VPSRAD(operand.U8(shift), out[k], out[k])
				switch {
				case high && t.wide:
					t.high[k] = out[k]
				case high:
					t.VMOVDQU(out[k], t.high[k])
				default:
					t.VPACKSSDW(t.high[k], out[k], out[k])
				}
			}
		}
	}
	return out
}

// even is the part of lines 0, 2, 4 and 6, of the lower or higher four words.
func (t *transform) even(high bool, round operand.Mem) [4]reg.VecVirtual {
	pair := t.pair(2, 6, high)
	e3 := t.vector()
	t.VPMADDWD(t.words("E3", f0541+f0765, f0541), pair, e3)
	e2 := pair
	t.VPMADDWD(t.words("E2", f0541, f0541-f1847), pair, e2)
	e0, e1, zero := t.get(0), t.vector(), t.vector()
	if t.wide {
		t.VPXORQ(zero, zero, zero)
	} else {
		t.VPXOR(zero, zero, zero)
	}
	t.VPSUBW(t.in[4], e0, e1)
	t.VPADDW(t.in[4], e0, e0)
	for _, e := range []reg.VecVirtual{e0, e1} {
		t.interleave(e, zero, e, high)
		t.VPSRAD(operand.U8(16-factorBits), e, e)
		t.VPADDD(round, e, e)
	}
	t0, t1 := t.vector(), t.vector()
	t.VPADDD(e3, e0, t0)
	t.VPSUBD(e3, e0, e0)
	t.VPADDD(e2, e1, t1)
	t.VPSUBD(e2, e1, e1)
	return [4]reg.VecVirtual{t0, t1, e1, e0}
}

// odd is the part of lines 1, 3, 5 and 7.
func (t *transform) odd(high bool) (o [4]reg.VecVirtual) {
	z, z4 := t.get(7), t.get(5)
	t.VPADDW(t.in[3], z, z)
	t.VPADDW(t.in[1], z4, z4)
	t.interleave(z4, z, z, high)
	y := [2]reg.VecVirtual{t.vector(), z}
	t.VPMADDWD(t.words("Y3", f1175-f1961, f1175), z, y[0])
	t.VPMADDWD(t.words("Y4", f1175, f1175-f0390), z, y[1])
	for i, s := range []struct {
		a, b   int
		lo, hi int16
		y      int
	}{{7, 1, f0298 - f0899, -f0899, 0}, {5, 3, f2053 - f2562, -f2562, 1}, {5, 3, -f2562, f3072 - f2562, 0}, {7, 1, -f0899, f1501 - f0899, 1}} {
		o[i] = t.pair(s.a, s.b, high)
		t.VPMADDWD(t.words("O"+string(rune('0'+i)), s.lo, s.hi), o[i], o[i])
		t.VPADDD(y[s.y], o[i], o[i])
	}
	return o
}

// pair is two lines, word by word.
func (t *transform) pair(a, b int, high bool) reg.VecVirtual {
	r := t.get(a)
	t.interleave(t.in[b], r, r, high)
	return r
}

func (t *transform) interleave(b operand.Op, a, out reg.VecVirtual, high bool) {
	if high {
		t.VPUNPCKHWD(b, a, out)
		return
	}
	t.VPUNPCKLWD(b, a, out)
}
