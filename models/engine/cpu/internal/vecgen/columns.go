package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// columns is a loop over a matrix, a few columns at a time: what belongs to a
// column stays in registers while the loop runs down the rows.
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
	row, column := c.GP64(), c.GP64()
	c.MOVQ(left, row)
	c.SHLQ(operand.U8(2), row)
	c.SHLQ(operand.U8(2), end)
	c.XORQ(column, column)

	at := c.GP64()
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
