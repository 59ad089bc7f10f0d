package main

import (
	"go/types"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// target is an instruction set: AVX-512 with 32 registers of 16 lanes and mask
// registers, or AVX2 with 16 registers of 8 lanes and masks in vectors.
type target struct {
	*build.Context
	pkg   *types.Package
	name  string
	lanes int

	ones, counts operand.Mem // see tables
}

func (t target) wide() bool { return t.lanes == 16 }
func (t target) bytes() int { return 4 * t.lanes }

// fn starts a function that neither grows the stack nor lets its arguments escape.
func (t target) fn(name, signature string) {
	t.Function(t.name + name)
	t.Attributes(attr.NOSPLIT)
	t.Pragma("noescape")
	s, err := gotypes.ParseSignatureInPackage(t.pkg, signature)
	if err != nil {
		panic(err)
	}
	t.Signature(s)
}

// end leaves a function.
func (t target) end() {
	t.VZEROUPPER()
	t.RET()
}

// vec is a fresh vector register, vecs a few.
func (t target) vec() reg.VecVirtual {
	if t.wide() {
		return t.ZMM()
	}
	return t.YMM()
}

func (t target) vecs(n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = t.vec()
	}
	return v
}

// ptr is the start of a slice argument.
func (t target) ptr(name string) reg.Register { return t.Load(t.Param(name).Base(), t.GP64()) }

// size is the length of a slice argument.
func (t target) size(name string) reg.GPVirtual {
	n := t.GP64()
	t.Load(t.Param(name).Len(), n)
	return n
}

// spread fills a vector with a float32 argument.
func (t target) spread(c gotypes.Component) reg.VecVirtual {
	b, err := c.Resolve()
	if err != nil {
		panic(err)
	}
	v := t.vec()
	t.VBROADCASTSS(b.Addr, v)
	return v
}

// spread64 fills a vector with a 64-bit value from a general register.
func (t target) spread64(r reg.GPVirtual) reg.VecVirtual {
	v := t.vec()
	if t.wide() {
		t.VPBROADCASTQ(r, v)
		return v
	}
	t.VMOVQ(r, v.AsX())
	t.VPBROADCASTQ(v.AsX(), v)
	return v
}

// constant64 is spread64 of a constant.
func (t target) constant64(c uint64) reg.VecVirtual {
	r := t.GP64()
	t.MOVQ(operand.U64(c), r)
	return t.spread64(r)
}

func (t target) zero(v reg.VecVirtual) reg.VecVirtual {
	if t.wide() {
		t.VPXORD(v, v, v)
	} else {
		t.VXORPS(v, v, v)
	}
	return v
}

// mask selects the first lanes of a vector, for the rest of a row or slice. The
// zero mask selects all of them.
type mask struct{ op operand.Op }

// lead is the mask of the first n lanes, 0 < n < lanes; n is overwritten.
func (t target) lead(n reg.GPVirtual) mask {
	if t.wide() {
		bits := t.GP32()
		t.MOVL(operand.U32(1<<16-1), bits)
		t.BZHIL(n.As32(), bits, bits)
		k := t.K()
		t.KMOVW(bits, k)
		return mask{k}
	}
	t.SHLQ(operand.U8(2), n)
	table, m := t.GP64(), t.YMM()
	t.LEAQ(t.ones.Offset(t.bytes()), table)
	t.SUBQ(n, table)
	t.VMOVUPS(operand.Mem{Base: table}, m)
	return mask{m}
}

// load reads a vector; lanes outside the mask become zero.
func (t target) load(m operand.Mem, k mask) reg.VecVirtual {
	v := t.vec()
	switch {
	case k.op == nil:
		t.VMOVUPS(m, v)
	case t.wide():
		t.VMOVUPS_Z(m, k.op, v)
	default:
		t.VMASKMOVPS(m, k.op, v)
	}
	return v
}

// store writes the lanes of a vector that the mask selects.
func (t target) store(v reg.VecVirtual, m operand.Mem, k mask) {
	switch {
	case k.op == nil:
		t.VMOVUPS(v, m)
	case t.wide():
		t.VMOVUPS(v, k.op, m)
	default:
		t.VMASKMOVPS(v, k.op, m)
	}
}

// whereAbove zeroes the lanes of v in which gate is not above zero.
func (t target) whereAbove(gate, zero, v reg.VecVirtual) {
	const above = operand.U8(0x1e) // greater than, false for NaN
	if t.wide() {
		k := t.K()
		t.VCMPPS(above, zero, gate, k)
		t.VMOVAPS_Z(v, k, v)
		return
	}
	t.VCMPPS(above, zero, gate, gate)
	t.VANDPS(gate, v, v)
}

// tables are the constants in memory of the loops: those of lead, and the first
// steps of dropout's counter.
func (t *target) tables() {
	t.leads("")
	t.counts = t.StaticGlobal(t.name + "Counts")
	t.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range t.lanes {
		t.AppendDatum(operand.U64(times(golden, uint64(i))))
	}
}

// leads is what lead needs in memory: a run of ones and one of zeros. A file has
// its own, named for it.
func (t *target) leads(file string) {
	if t.wide() {
		return
	}
	t.ones = t.StaticGlobal(t.name + file + "Lead")
	t.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 2 * t.lanes {
		t.AppendDatum(operand.U32(uint32(i/t.lanes) - 1))
	}
}
