package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The constants of SplitMix64, see engine.Keep.
const (
	golden     = 0x9e3779b97f4a7c15
	multiply1  = 0xbf58476d1ce4e5b9
	multiply2  = 0x94d049bb133111eb
	usedBits   = 24 // of a draw, from the top
	shiftFirst = 30
	shiftThen  = 27
)

// times is a product modulo 2^64.
func times(a, b uint64) uint64 { return a * b }

// dropout writes the draw of engine.Keep for a vector of elements, whose 64-bit
// counters fill two.
func (t target) dropout() {
	t.fn("Dropout", "func(y, x []float32, first, limit uint64, scale float32)")
	y, x, n := t.ptr("y"), t.ptr("x"), t.size("y")
	first, limit := t.GP64(), t.GP64()
	t.Load(t.Param("first"), first)
	t.Load(t.Param("limit"), limit)
	t.DECQ(limit) // AVX2 has greater than only
	draw := t.newDraw(limit)
	scale := t.spread(t.Param("scale"))

	start := t.spread64(first)
	table := t.GP64()
	t.LEAQ(t.counts, table)
	counters := t.vecs(2)
	for i, c := range counters {
		t.VPADDQ(operand.Mem{Base: table, Disp: i * t.bytes()}, start, c)
	}
	step := t.constant64(times(golden, uint64(t.lanes)))

	at := t.GP64()
	t.XORQ(at, at)
	body := func(k mask) {
		v := t.load(operand.Mem{Base: x, Index: at, Scale: 1}, k)
		t.VMULPS(scale, v, v)
		draw.keep(counters, v)
		t.store(v, operand.Mem{Base: y, Index: at, Scale: 1}, k)
	}
	t.Label("loop")
	t.CMPQ(n, operand.U32(uint32(t.lanes)))
	t.JL(operand.LabelRef("rest"))
	body(mask{})
	for _, c := range counters {
		t.VPADDQ(step, c, c)
	}
	t.ADDQ(operand.U32(uint32(t.bytes())), at)
	t.SUBQ(operand.U32(uint32(t.lanes)), n)
	t.JMP(operand.LabelRef("loop"))
	t.Label("rest")
	t.TESTQ(n, n)
	t.JZ(operand.LabelRef("end"))
	body(t.lead(n))
	t.Label("end")
	t.end()
}

// draw holds what a draw needs in registers.
type draw struct {
	target
	limit, mul1, mul2 reg.VecVirtual
	high1, high2      reg.VecVirtual // the multipliers' high halves, for AVX2
}

func (t target) newDraw(limit reg.GPVirtual) draw {
	d := draw{target: t, limit: t.spread64(limit), mul1: t.constant64(multiply1), mul2: t.constant64(multiply2)}
	if !t.wide() {
		d.high1, d.high2 = t.constant64(multiply1>>32), t.constant64(multiply2>>32)
	}
	return d
}

// keep zeroes the lanes of v that the draws of the counters drop.
func (d draw) keep(counters []reg.VecVirtual, v reg.VecVirtual) {
	if d.wide() {
		low, high, k := d.K(), d.K(), d.K()
		for i, half := range []reg.Register{low, high} {
			z := d.bits(counters[i])
			d.VPCMPQ(operand.U8(6), d.limit, z, half) // greater than
		}
		d.KUNPCKBW(low, high, k)
		d.VMOVAPS_Z(v, k, v)
		return
	}
	a, b := d.bits(counters[0]), d.bits(counters[1])
	d.VPCMPGTQ(d.limit, a, a)
	d.VPCMPGTQ(d.limit, b, b)
	d.Comment("Halves of the 64-bit masks, in the order of the elements.")
	d.VSHUFPS(operand.U8(0x88), b, a, a)
	d.VPERMPD(operand.U8(0xd8), a, a)
	d.VANDPS(a, v, v)
}

// bits is the top bits of the draw of each counter.
func (d draw) bits(counter reg.VecVirtual) reg.VecVirtual {
	z, t := d.vec(), d.vec()
	d.VPSRLQ(operand.U8(shiftFirst), counter, t)
	d.xor(counter, t, z)
	d.multiply(z, d.mul1, d.high1)
	d.VPSRLQ(operand.U8(shiftThen), z, t)
	d.xor(t, z, z)
	d.multiply(z, d.mul2, d.high2)
	d.VPSRLQ(operand.U8(64-usedBits), z, z)
	return z
}

func (d draw) xor(a, b, out reg.VecVirtual) {
	if d.wide() {
		d.VPXORQ(a, b, out)
	} else {
		d.VPXOR(a, b, out)
	}
}

// multiply is z *= m modulo 2^64; high is the high half of m.
func (d draw) multiply(z, m, high reg.VecVirtual) {
	if d.wide() {
		d.VPMULLQ(m, z, z)
		return
	}
	cross, other := d.vec(), d.vec()
	d.VPSRLQ(operand.U8(32), z, cross)
	d.VPMULUDQ(m, cross, cross)
	d.VPMULUDQ(high, z, other)
	d.VPADDQ(other, cross, cross)
	d.VPSLLQ(operand.U8(32), cross, cross)
	d.VPMULUDQ(m, z, z)
	d.VPADDQ(cross, z, z)
}
