package main

import (
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

// transform is what the two passes of idct share.
type transform struct {
	*file
	in   [8]operand.Mem // lines of 8 words, of a block in each lane
	high [8]operand.Mem // results that wait for the others
	made map[string]operand.Mem
}

// idct is two blocks at a time, one in each lane.
func (f *file) idct() {
	p := f.begin("avx2IDCT", "func(dst *byte, stride int, values, factors *int16, pairs int)", "dst", "stride", "values", "factors", "pairs")
	f.Doc("avx2IDCT is idctPlain for 2*pairs blocks beside each other.")
	dst, stride, values, factors, pairs := p[0], p[1], p[2], p[3], p[4]
	local := f.AllocLocal(16 * 32)
	t := &transform{file: f, made: map[string]operand.Mem{}}
	for i := range 8 {
		t.in[i], t.high[i] = local.Offset(32*i), local.Offset(256+32*i)
	}
	three := f.GP64()
	f.LEAQ(operand.Mem{Base: stride, Index: stride, Scale: 2}, three)

	f.Label("blocks")
	for i := range 8 {
		v, q := f.YMM(), f.YMM()
		f.VBROADCASTI128(at(values, 16*i), v) // writes all of it: so it is not live before
		f.VINSERTI128(operand.U8(1), at(values, 128+16*i), v, v)
		f.VBROADCASTI128(at(factors, 16*i), q)
		f.VPMULLW(q, v, v)
		f.VMOVDQU(v, t.in[i])
	}
	for i, c := range f.transpose(t.pass("Columns", factorBits-passBits)) {
		f.VMOVDQU(c, t.in[i])
	}
	rows := f.bytes(t.pass("Rows", factorBits+passBits+3))
	below := f.GP64()
	f.LEAQ(operand.Mem{Base: dst, Index: stride, Scale: 4}, below)
	for i, r := range rows {
		base, to := dst, [2]operand.Mem{{Scale: 0}, {Index: stride, Scale: 1}}
		if i >= 2 {
			base = below
		}
		if i%2 == 1 {
			to = [2]operand.Mem{{Index: stride, Scale: 2}, {Index: three, Scale: 1}}
		}
		to[0].Base, to[1].Base = base, base
		f.VPERMQ(operand.U8(0xd8), r, r)
		f.VMOVDQU(r.AsX(), to[0])
		f.VEXTRACTI128(operand.U8(1), r, to[1])
	}
	f.ADDQ(operand.U32(256), values)
	f.ADDQ(operand.U8(16), dst)
	f.DECQ(pairs)
	f.JNZ(operand.LabelRef("blocks"))
	f.VZEROUPPER()
	f.RET()
}

// words is a constant of 32 bytes: two words by turns.
func (t *transform) words(name string, lo, hi int16) operand.Mem {
	if m, ok := t.made[name]; ok {
		return m
	}
	return t.constant(name, uint32(uint16(lo))|uint32(uint16(hi))<<16)
}

func (t *transform) constant(name string, v uint32) operand.Mem {
	g := t.StaticGlobal("idct" + name)
	t.DataAttributes(build.RODATA | build.NOPTR)
	for range 8 {
		t.AppendDatum(operand.U32(v))
	}
	t.made[name] = g
	return g
}

// pass is idctLine down the lines, rounded and shifted, as words.
func (t *transform) pass(name string, shift uint8) (out [8]reg.VecVirtual) {
	round := t.constant("Half"+name, 1<<(shift-1))
	for _, high := range []bool{true, false} {
		even := t.even(high, round)
		for i, o := range t.odd(high) { // the odd part of outputs 3, 2, 1, 0
			sum, difference := t.YMM(), t.YMM()
			e := even[3-i]
			t.VPADDD(o, e, sum)
			t.VPSUBD(o, e, difference)
			for k, v := range map[int]reg.VecVirtual{3 - i: sum, 4 + i: difference} {
				out[k] = v
			}
			for _, k := range []int{3 - i, 4 + i} {
				t.VPSRAD(operand.U8(shift), out[k], out[k])
				if high {
					t.VMOVDQU(out[k], t.high[k])
				} else {
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
	e3 := t.YMM()
	t.VPMADDWD(t.words("E3", f0541+f0765, f0541), pair, e3)
	e2 := pair
	t.VPMADDWD(t.words("E2", f0541, f0541-f1847), pair, e2)
	e0, e1, zero := t.YMM(), t.YMM(), t.YMM()
	t.VPXOR(zero, zero, zero)
	t.VMOVDQU(t.in[0], e0)
	t.VPSUBW(t.in[4], e0, e1)
	t.VPADDW(t.in[4], e0, e0)
	for _, e := range []reg.VecVirtual{e0, e1} {
		t.interleave(e, zero, e, high)
		t.VPSRAD(operand.U8(16-factorBits), e, e)
		t.VPADDD(round, e, e)
	}
	t0, t1 := t.YMM(), t.YMM()
	t.VPADDD(e3, e0, t0)
	t.VPSUBD(e3, e0, e0)
	t.VPADDD(e2, e1, t1)
	t.VPSUBD(e2, e1, e1)
	return [4]reg.VecVirtual{t0, t1, e1, e0}
}

// odd is the part of lines 1, 3, 5 and 7.
func (t *transform) odd(high bool) (o [4]reg.VecVirtual) {
	z, z4 := t.YMM(), t.YMM()
	t.VMOVDQU(t.in[7], z)
	t.VPADDW(t.in[3], z, z)
	t.VMOVDQU(t.in[5], z4)
	t.VPADDW(t.in[1], z4, z4)
	t.interleave(z4, z, z, high)
	y := [2]reg.VecVirtual{t.YMM(), z}
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
	r := t.YMM()
	t.VMOVDQU(t.in[a], r)
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

// transpose is 8x8 words in each lane.
func (f *file) transpose(r [8]reg.VecVirtual) (out [8]reg.VecVirtual) {
	stage := func(in [8]reg.VecVirtual, apart int, low, high func(...operand.Op)) (out [8]reg.VecVirtual) {
		n := 0
		for i := range 8 {
			if i&apart != 0 {
				continue
			}
			lo := f.YMM()
			low(in[i+apart], in[i], lo)
			high(in[i+apart], in[i], in[i+apart])
			out[n], out[n+1] = lo, in[i+apart]
			n += 2
		}
		return out
	}
	// Each stage takes lines that are 4 apart and leaves them next to each other.
	r = stage(r, 4, f.VPUNPCKLWD, f.VPUNPCKHWD)
	r = stage(r, 4, f.VPUNPCKLWD, f.VPUNPCKHWD)
	return stage(r, 4, f.VPUNPCKLWD, f.VPUNPCKHWD)
}

// bytes is columns of words to pixels: two rows in each register, of each lane.
func (f *file) bytes(c [8]reg.VecVirtual) (rows [4]reg.VecVirtual) {
	g := f.ConstData("idctMiddle", operand.U32(0x80808080))
	middle := f.YMM()
	var w [4]reg.VecVirtual // columns 0 1, 2 3, 4 5, 6 7
	for i := range 2 {
		p, q := c[4*i], c[4*i+1]
		f.VPACKSSWB(c[4*i+2], p, p)
		f.VPACKSSWB(c[4*i+3], q, q)
		w[2*i], w[2*i+1] = f.YMM(), p
		f.VPUNPCKLBW(q, p, w[2*i])
		f.VPUNPCKHBW(q, p, w[2*i+1])
	}
	f.VPBROADCASTD(g, middle)
	var d [4]reg.VecVirtual // rows 0 to 3 of the left four columns, 4 to 7, and of the right
	for i := range 2 {
		d[2*i], d[2*i+1] = f.YMM(), f.YMM()
		f.VPUNPCKLWD(w[2*i+1], w[2*i], d[2*i])
		f.VPUNPCKHWD(w[2*i+1], w[2*i], d[2*i+1])
	}
	for i := range 2 {
		rows[2*i], rows[2*i+1] = f.YMM(), f.YMM()
		f.VPUNPCKLDQ(d[2+i], d[i], rows[2*i])
		f.VPUNPCKHDQ(d[2+i], d[i], rows[2*i+1])
	}
	for _, r := range rows {
		f.VPADDB(middle, r, r)
	}
	return rows
}
