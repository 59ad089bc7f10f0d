package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// As in huffman.go and entropy.go.
const (
	fastBits = 10
	unrolled = 4 // symbols of at most fastBits bits to a look at the stream, which shows 56
)

// values reads the symbols of a block as long as they are in the tables.
func (f *file) values() {
	p := f.begin("bmi2Values", "func(cursor *uint64, data *byte, values *int16, dc, ac *uint32, order *byte, k int) int",
		"cursor", "data", "values", "dc", "ac", "order", "k")
	f.Doc("bmi2Values is entropy.short: the symbols of a block from place k on, up to the end of the",
		"block or a symbol that is not in the tables.")
	cursor, data, values, table, ac, order, k := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	place, stream, have := f.GP64(), f.GP64(), f.GP64()
	f.MOVQ(at(cursor, 0), place)
	f.MOVQ(at(cursor, 8), stream)
	f.MOVQ(at(cursor, 16), have)
	f.refill(data, place, stream, have)
	f.TESTQ(k, k)
	f.JNZ(operand.LabelRef("more"))
	f.symbol(table, values, order, k, stream, have)

	f.Label("more")
	f.refill(data, place, stream, have)
	for range unrolled {
		f.symbol(ac, values, order, k, stream, have)
		f.CMPQ(k, operand.U32(64))
		f.JAE(operand.LabelRef("end"))
	}
	f.JMP(operand.LabelRef("more"))

	f.Label("end")
	f.MOVQ(place, at(cursor, 0))
	f.MOVQ(stream, at(cursor, 8))
	f.MOVQ(have, at(cursor, 16))
	f.Store(k, f.ReturnIndex(0))
	f.RET()
}

// refill shows the next 56 bits or more.
func (f *file) refill(data, place, stream, have reg.GPVirtual) {
	next, more := f.GP64(), f.GP64()
	f.MOVQ(operand.Mem{Base: data, Index: place, Scale: 1}, next)
	f.BSWAPQ(next)
	f.SHRXQ(have, next, next)
	f.ORQ(next, stream)
	f.MOVQ(operand.U32(63), more)
	f.SUBQ(have, more)
	f.SHRQ(operand.U8(3), more)
	f.ADDQ(more, place)
	f.ORQ(operand.U8(56), have)
}

// symbol takes one, or ends.
func (f *file) symbol(table, values, order, k, stream, have reg.GPVirtual) {
	entry, bits, step := f.GP64(), f.GP64(), f.GP64()
	f.MOVQ(stream, entry)
	f.SHRQ(operand.U8(64-fastBits), entry)
	f.MOVL(operand.Mem{Base: table, Index: entry, Scale: 4}, entry.As32())
	f.MOVBLZX(entry.As8(), bits.As32())
	f.TESTL(bits.As32(), bits.As32())
	f.JZ(operand.LabelRef("end"))
	f.SHLXQ(bits, stream, stream)
	f.SUBQ(bits, have)
	f.MOVL(entry.As32(), step.As32())
	f.SHRL(operand.U8(8), step.As32())
	f.MOVBLZX(step.As8(), step.As32())
	f.ADDQ(step, k)
	f.SHRL(operand.U8(16), entry.As32())
	f.MOVBLZX(operand.Mem{Base: order, Disp: -1, Index: k, Scale: 1}, bits.As32())
	f.MOVW(entry.As16(), operand.Mem{Base: values, Index: bits, Scale: 2})
}
