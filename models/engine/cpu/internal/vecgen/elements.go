package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// over writes a loop over n elements: body is emitted for four vectors at a time,
// for one, and for the rest of the last. at is the offset in bytes of the body's
// element from the start of each slice.
func (t target) over(n reg.GPVirtual, body func(at operand.Mem, k mask)) {
	at := t.GP64()
	t.XORQ(at, at)
	for _, vectors := range []int{4, 1} {
		loop, done := fmt.Sprintf("by%d", vectors), fmt.Sprintf("by%dDone", vectors)
		t.Label(loop)
		t.CMPQ(n, operand.U32(uint32(vectors*t.lanes)))
		t.JL(operand.LabelRef(done))
		for i := range vectors {
			body(operand.Mem{Index: at, Scale: 1, Disp: i * t.bytes()}, mask{})
		}
		t.ADDQ(operand.U32(uint32(vectors*t.bytes())), at)
		t.SUBQ(operand.U32(uint32(vectors*t.lanes)), n)
		t.JMP(operand.LabelRef(loop))
		t.Label(done)
	}
	t.TESTQ(n, n)
	t.JZ(operand.LabelRef("end"))
	body(operand.Mem{Index: at, Scale: 1}, t.lead(n))
	t.Label("end")
	t.end()
}

// in is the element at an offset from a slice's start.
func in(base reg.Register, at operand.Mem) operand.Mem {
	at.Base = base
	return at
}

// pointwise writes the loops that do an operation or two an element.
func (t target) pointwise() {
	t.fn("ReLU", "func(y, x []float32)")
	y, x, zero := t.ptr("y"), t.ptr("x"), t.zero(t.vec())
	t.over(t.size("y"), func(at operand.Mem, k mask) {
		v := t.load(in(x, at), k)
		t.VMAXPS(v, zero, v) // of a NaN and 0 the NaN
		t.store(v, in(y, at), k)
	})

	t.fn("ReLUBackward", "func(dx, y, dy []float32)")
	dx, y, dy, zero := t.ptr("dx"), t.ptr("y"), t.ptr("dy"), t.zero(t.vec())
	t.over(t.size("dx"), func(at operand.Mem, k mask) {
		gate, g := t.load(in(y, at), k), t.load(in(dy, at), k)
		t.whereAbove(gate, zero, g)
		t.store(g, in(dx, at), k)
	})

	t.fn("Add", "func(out, a, b []float32)")
	out, a, b := t.ptr("out"), t.ptr("a"), t.ptr("b")
	t.over(t.size("out"), func(at operand.Mem, k mask) {
		v, w := t.load(in(a, at), k), t.load(in(b, at), k)
		t.VADDPS(w, v, v)
		t.store(v, in(out, at), k)
	})
}
