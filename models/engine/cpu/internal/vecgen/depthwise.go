package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// depthwise writes what nets of depthwise convolutions need, see depthwiseSet.
func (t target) depthwise() {
	t.fn("Window", "func(args *windowArgs)")
	l := channelLoop{target: t, args: t.Dereference(t.Param("args"))}
	l.x, l.y, l.w, l.left = l.get("x"), l.get("y"), l.get("w"), l.get("channels")
	for _, vectors := range []int{4, 1} {
		label, lanes := fmt.Sprintf("by%d", vectors), uint32(vectors*t.lanes)
		t.Label(label)
		t.CMPQ(l.left, operand.U32(lanes))
		t.JL(operand.LabelRef(label + "Done"))
		l.windows(label, vectors, mask{})
		for _, p := range []reg.GPVirtual{l.x, l.y, l.w} {
			t.ADDQ(operand.U32(4*lanes), p)
		}
		t.SUBQ(operand.U32(lanes), l.left)
		t.JMP(operand.LabelRef(label))
		t.Label(label + "Done")
	}
	t.TESTQ(l.left, l.left)
	t.JZ(operand.LabelRef("end"))
	l.windows("rest", 1, t.lead(l.left))
	t.Label("end")
	t.end()
	t.relu6()
}

// channelLoop is a loop over windows for a few vectors of channels, which stay in
// registers while it runs over the window's taps.
type channelLoop struct {
	target
	args    gotypes.Component
	x, y, w reg.GPVirtual // of the first window's first tap, at the vectors' channels
	left    reg.GPVirtual // channels
}

// field is one of the arguments in memory, get in a register.
func (l channelLoop) field(field string) operand.Mem {
	b, err := l.args.Field(field).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

func (l channelLoop) get(field string) reg.GPVirtual {
	r := l.GP64()
	l.MOVQ(l.field(field), r)
	return r
}

func (l channelLoop) copy(from reg.GPVirtual) reg.GPVirtual {
	r := l.GP64()
	l.MOVQ(from, r)
	return r
}

// windows emits the loop over the windows.
func (l channelLoop) windows(label string, vectors int, k mask) {
	x, y, n := l.copy(l.x), l.copy(l.y), l.get("windows")
	sums := l.vecs(vectors)
	at := func(p reg.GPVirtual, i int) operand.Mem { return operand.Mem{Base: p, Disp: i * l.bytes()} }
	l.Label(label + "Window")
	for _, v := range sums {
		l.zero(v)
	}
	l.CMPQ(l.field("add"), operand.Imm(0))
	l.JEQ(operand.LabelRef(label + "Fresh"))
	for i, v := range sums {
		l.into(v, at(y, i), k)
	}
	l.Label(label + "Fresh")
	xRow, wRow, rows := l.copy(x), l.copy(l.w), l.get("rows")
	l.Label(label + "Row")
	xTap, wTap, cols := l.copy(xRow), l.copy(wRow), l.get("cols")
	l.Label(label + "Tap")
	for i, v := range sums {
		l.VFMADD231PS(l.arg(at(wTap, i), k), l.load(at(xTap, i), k), v)
	}
	l.ADDQ(l.field("xCol"), xTap)
	l.ADDQ(l.field("wCol"), wTap)
	l.DECQ(cols)
	l.JNZ(operand.LabelRef(label + "Tap"))
	l.ADDQ(l.field("xRow"), xRow)
	l.ADDQ(l.field("wRow"), wRow)
	l.DECQ(rows)
	l.JNZ(operand.LabelRef(label + "Row"))
	for i, v := range sums {
		l.store(v, at(y, i), k)
	}
	l.ADDQ(l.field("xNext"), x)
	l.ADDQ(l.field("yNext"), y)
	l.DECQ(n)
	l.JNZ(operand.LabelRef(label + "Window"))
}

// into loads into a register that is there.
func (t target) into(v reg.VecVirtual, m operand.Mem, k mask) {
	switch {
	case k.op == nil:
		t.VMOVUPS(m, v)
	case t.wide():
		t.VMOVUPS_Z(m, k.op, v)
	default:
		t.VMASKMOVPS(m, k.op, v)
	}
}

// relu6 writes min(max(x, 0), 6) and its gradient, which is that of the values
// between.
func (t target) relu6() {
	six := func() reg.VecVirtual {
		r, v := t.GP32(), t.vec()
		t.MOVL(operand.U32(0x40c00000), r)
		if t.wide() {
			t.VPBROADCASTD(r, v)
			return v
		}
		t.VMOVD(r, v.AsX())
		t.VBROADCASTSS(v.AsX(), v)
		return v
	}
	t.fn("ReLU6", "func(y, x []float32)")
	y, x, zero, top := t.ptr("y"), t.ptr("x"), t.zero(t.vec()), six()
	t.over(t.size("y"), func(at operand.Mem, k mask) {
		v := t.load(in(x, at), k)
		t.VMAXPS(v, zero, v) // of a NaN and 0 the NaN
		t.VMINPS(v, top, v)
		t.store(v, in(y, at), k)
	})

	t.fn("ReLU6Backward", "func(dx, y, dy []float32)")
	dx, y, dy, zero, top := t.ptr("dx"), t.ptr("y"), t.ptr("dy"), t.zero(t.vec()), six()
	t.over(t.size("dx"), func(at operand.Mem, k mask) {
		gate, g, room := t.load(in(y, at), k), t.load(in(dy, at), k), t.vec()
		t.VSUBPS(gate, top, room) // 6 - y
		t.whereAbove(gate, zero, g)
		t.whereAbove(room, zero, g)
		t.store(g, in(dx, at), k)
	})
}
