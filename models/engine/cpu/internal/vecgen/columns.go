package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// columns is a loop over a matrix that adds up its columns. A narrow matrix is
// taken a few columns at a time: what belongs to a column stays in registers while
// the loop runs down the rows. A wide one is taken in the order in which it lies
// in memory, which is read fastest so, and what belongs to a column comes from the
// nearest cache.
// Either way a column is added up row by row, so that the sums are the same bytes.
type columns struct {
	target
	width    int      // vectors at a time, at most
	params   []string // slices of a value a column, read
	sums     []string // slices of a value a column, zeroed, added to, written
	matrices []string // slices of the matrix's size; the first rules the rows
}

// group is the part of the columns that a run down the rows does: for each
// vector of it the values of params and sums.
type group struct {
	params, sums []reg.VecVirtual
}

// write emits the loop; body is emitted for each vector of a row. Columns are
// taken in groups of width vectors, then of fewer, then the rest of a vector.
func (c columns) write(body func(g group, matrix at, k mask)) {
	ptr := map[string]reg.Register{}
	for _, name := range c.matrices {
		ptr[name] = c.ptr(name)
	}
	one := append(append([]string{}, c.params...), c.sums...)[0]
	left, end := c.size(one), c.size(c.matrices[0])
	row, column, at := c.GP64(), c.GP64(), c.GP64()
	c.MOVQ(left, row)
	c.SHLQ(operand.U8(2), row)
	c.SHLQ(operand.U8(2), end)
	c.XORQ(column, column)
	c.CMPQ(left, operand.U32(uint32(c.width*c.lanes)))
	c.JG(operand.LabelRef("wide"))

	down := func(label string, vectors int, k mask) {
		groups := c.enter(column, vectors, k)
		c.MOVQ(column, at)
		c.Label(label)
		for i, g := range groups {
			body(g, func(m string) operand.Mem {
				return operand.Mem{Base: ptr[m], Index: at, Scale: 1, Disp: i * c.bytes()}
			}, k)
		}
		c.ADDQ(row, at)
		c.CMPQ(at, end)
		c.JL(operand.LabelRef(label))
		c.leave(groups, column, k)
	}
	for vectors := c.width; vectors >= 1; vectors /= 2 {
		label := fmt.Sprintf("columns%d", vectors*c.lanes)
		c.Label(label)
		c.CMPQ(left, operand.U32(uint32(vectors*c.lanes)))
		c.JL(operand.LabelRef(label + "Done"))
		down(label+"Rows", vectors, mask{})
		c.ADDQ(operand.U32(uint32(vectors*c.bytes())), column)
		c.SUBQ(operand.U32(uint32(vectors*c.lanes)), left)
		c.JMP(operand.LabelRef(label))
		c.Label(label + "Done")
	}
	c.TESTQ(left, left)
	c.JZ(operand.LabelRef("end"))
	down("restRows", 1, c.lead(left))
	c.Label("end")
	c.end()

	c.Label("wide")
	c.across(ptr, row, end, body)
	c.end()
}

// across is the loop over a wide matrix. The sums are zeroed, then added to in
// memory.
func (c columns) across(ptr map[string]reg.Register, row, end reg.GPVirtual, body func(g group, matrix at, k mask)) {
	for _, name := range append(append([]string{}, c.params...), c.sums...) {
		ptr[name] = c.ptr(name)
	}
	column, pos, whole, rest := c.GP64(), c.GP64(), c.GP64(), c.GP64()
	zero := c.zero(c.vec())
	place := func(name string, offset reg.GPVirtual, i int) operand.Mem {
		return operand.Mem{Base: ptr[name], Index: offset, Scale: 1, Disp: i * c.bytes()}
	}
	c.MOVQ(row, whole)
	c.MOVQ(row, rest)
	c.ANDQ(operand.U32(uint32(c.bytes()-1)), rest)
	c.SUBQ(rest, whole)
	bits := c.GP64()
	c.MOVQ(rest, bits)
	c.SHRQ(operand.U8(2), bits)
	tail := c.lead(bits)
	run := func(label string, vectors int, do func(i int, k mask)) { // over the whole vectors of a row
		c.Label(label)
		left := c.GP64()
		c.MOVQ(whole, left)
		c.SUBQ(column, left)
		c.CMPQ(left, operand.U32(uint32(vectors*c.bytes())))
		c.JL(operand.LabelRef(label + "Done"))
		for i := range vectors {
			do(i, mask{})
		}
		c.ADDQ(operand.U32(uint32(vectors*c.bytes())), column)
		c.ADDQ(operand.U32(uint32(vectors*c.bytes())), pos)
		c.JMP(operand.LabelRef(label))
		c.Label(label + "Done")
	}
	each := func(label string, do func(i int, k mask)) { // over a row
		c.XORQ(column, column)
		run(label+"By4", 4, do)
		run(label+"By1", 1, do)
		c.TESTQ(rest, rest)
		c.JZ(operand.LabelRef(label + "Next"))
		do(0, tail)
		c.ADDQ(rest, pos)
		c.Label(label + "Next")
	}
	each("zero", func(i int, k mask) {
		for _, name := range c.sums {
			c.store(zero, place(name, column, i), k)
		}
	})
	c.XORQ(pos, pos)
	c.Label("wideRow")
	each("wide", func(i int, k mask) {
		var g group
		for _, name := range c.params {
			g.params = append(g.params, c.load(place(name, column, i), k))
		}
		for _, name := range c.sums {
			g.sums = append(g.sums, c.load(place(name, column, i), k))
		}
		body(g, func(m string) operand.Mem { return place(m, pos, i) }, k)
		for j, name := range c.sums {
			c.store(g.sums[j], place(name, column, i), k)
		}
	})
	c.CMPQ(pos, end)
	c.JL(operand.LabelRef("wideRow"))
}

// enter loads what belongs to the columns from column on.
func (c columns) enter(column reg.GPVirtual, vectors int, k mask) []group {
	groups := make([]group, vectors)
	for _, name := range c.params {
		p := c.ptr(name)
		for i := range groups {
			groups[i].params = append(groups[i].params, c.load(operand.Mem{Base: p, Index: column, Scale: 1, Disp: i * c.bytes()}, k))
		}
	}
	for i := range groups {
		groups[i].sums = c.vecs(len(c.sums))
		for _, v := range groups[i].sums {
			c.zero(v)
		}
	}
	return groups
}

// leave writes the sums.
func (c columns) leave(groups []group, column reg.GPVirtual, k mask) {
	for j, name := range c.sums {
		p := c.ptr(name)
		for i, g := range groups {
			c.store(g.sums[j], operand.Mem{Base: p, Index: column, Scale: 1, Disp: i * c.bytes()}, k)
		}
	}
}

// fit is the number of vectors at a time for which a group's registers, and a
// few more for the body, are there: 4, 2 or 1.
func (t target) fit(each, more int) int {
	all, n := 2*t.lanes, 4
	for n > 1 && n*each+more > all {
		n /= 2
	}
	return n
}
