package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rows is a loop over a matrix in the order of memory, a vector at a time. What
// belongs to a column comes from the nearest cache.
type rows struct {
	target
	params   []string // slices of a value a column
	matrices []string // slices of the matrix's size; the first rules the rows
}

// write emits the loop; body is emitted for a vector and for the rest of a row.
// param and matrix find the vector's place in a slice.
func (r rows) write(body func(param, matrix at, k mask)) {
	ptr := map[string]reg.Register{}
	for _, name := range append(append([]string{}, r.params...), r.matrices...) {
		ptr[name] = r.ptr(name)
	}
	place := func(offset reg.GPVirtual) func(string) operand.Mem {
		return func(name string) operand.Mem {
			return operand.Mem{Base: ptr[name], Index: offset, Scale: 1}
		}
	}
	column, pos := r.GP64(), r.GP64() // offsets in bytes
	whole, rest, end := r.size(r.params[0]), r.GP64(), r.size(r.matrices[0])
	r.MOVQ(whole, rest)
	r.ANDQ(operand.U32(uint32(r.lanes-1)), rest)
	r.SUBQ(rest, whole)
	r.SHLQ(operand.U8(2), whole)
	r.SHLQ(operand.U8(2), end)
	bits := r.GP64()
	r.MOVQ(rest, bits)
	k := r.lead(bits)
	r.SHLQ(operand.U8(2), rest)
	r.XORQ(pos, pos)

	r.Label("row")
	r.XORQ(column, column)
	r.Label("vector")
	r.CMPQ(column, whole)
	r.JGE(operand.LabelRef("rest"))
	body(place(column), place(pos), mask{})
	r.ADDQ(operand.U32(uint32(r.bytes())), column)
	r.ADDQ(operand.U32(uint32(r.bytes())), pos)
	r.JMP(operand.LabelRef("vector"))
	r.Label("rest")
	r.TESTQ(rest, rest)
	r.JZ(operand.LabelRef("next"))
	body(place(column), place(pos), k)
	r.ADDQ(rest, pos)
	r.Label("next")
	r.CMPQ(pos, end)
	r.JL(operand.LabelRef("row"))
	r.end()
}

// arg is a value in memory as an operand: in place, or loaded where a mask
// keeps the rest of the vector from being read.
func (t target) arg(m operand.Mem, k mask) operand.Op {
	if k.op == nil {
		return m
	}
	return t.load(m, k)
}
