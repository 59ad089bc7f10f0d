package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// windows writes a loop over a row of 2x2 windows and their channels. pairs are
// slices of two pixels a window, singles of one. body gets a function that finds
// a pixel of a pair (0 or 1) and one that finds a single.
func (t target) windows(pairs, singles []string, body func(pair func(name string, pixel int) operand.Mem, single func(name string) operand.Mem, k mask)) {
	ptr := map[string]reg.Register{}
	for _, name := range append(pairs, singles...) {
		ptr[name] = t.ptr(name)
	}
	left, pixel, channels := t.size("y"), t.GP64(), t.GP64()
	t.Load(t.Param("channels"), channels)
	t.MOVQ(channels, pixel)
	t.SHLQ(operand.U8(2), pixel)
	pair := func(name string, i int) operand.Mem {
		m := operand.Mem{Base: ptr[name]}
		if i == 1 {
			m.Index, m.Scale = pixel, 1
		}
		return m
	}
	single := func(name string) operand.Mem { return operand.Mem{Base: ptr[name]} }
	advance := func(by operand.Op, names ...string) {
		for _, name := range names {
			t.ADDQ(by, ptr[name])
		}
	}
	n := t.GP64()
	t.Label("window")
	t.TESTQ(left, left)
	t.JZ(operand.LabelRef("end"))
	t.SUBQ(channels, left)
	t.MOVQ(channels, n)

	t.Label("channels")
	t.CMPQ(n, operand.U32(uint32(t.lanes)))
	t.JL(operand.LabelRef("rest"))
	body(pair, single, mask{})
	advance(operand.U32(uint32(t.bytes())), append(pairs, singles...)...)
	t.SUBQ(operand.U32(uint32(t.lanes)), n)
	t.JMP(operand.LabelRef("channels"))

	t.Label("rest")
	t.TESTQ(n, n)
	t.JZ(operand.LabelRef("next"))
	rest := t.GP64()
	t.MOVQ(n, rest)
	body(pair, single, t.lead(rest))
	t.SHLQ(operand.U8(2), n)
	advance(n, append(pairs, singles...)...)

	t.Label("next")
	t.Comment("The channels of the window's other pixels are done as well.")
	advance(pixel, pairs...)
	t.JMP(operand.LabelRef("window"))
	t.Label("end")
	t.end()
}

func (t target) pools() {
	t.fn("MaxPool2", "func(y, x0, x1 []float32, channels int)")
	t.windows([]string{"x0", "x1"}, []string{"y"}, func(pair func(string, int) operand.Mem, single func(string) operand.Mem, k mask) {
		a, b, c, d := t.load(pair("x0", 0), k), t.load(pair("x0", 1), k), t.load(pair("x1", 0), k), t.load(pair("x1", 1), k)
		v := t.vec()
		t.VMAXPS(b, a, v)
		t.VMAXPS(c, v, v)
		t.VMAXPS(d, v, v)
		t.keepNaN(a, b, v)
		t.keepNaN(c, d, v)
		t.store(v, single("y"), k)
	})

	t.fn("MaxPool2Backward", "func(dx0, dx1, x0, x1, y, dy []float32, channels int)")
	t.windows([]string{"dx0", "dx1", "x0", "x1"}, []string{"y", "dy"}, func(pair func(string, int) operand.Mem, single func(string) operand.Mem, k mask) {
		top, g := t.load(single("y"), k), t.load(single("dy"), k)
		for i, row := range []string{"0", "1"} {
			for pixel := range 2 {
				x := t.load(pair("x"+row, pixel), k)
				t.store(t.take(x, top, g, i+pixel < 2), pair("dx"+row, pixel), k)
			}
		}
	})
}

// keepNaN makes v NaN in the lanes where x or y is: VMAXPS has lost it if the other
// operand came second. x or y may be overwritten.
func (t target) keepNaN(x, y, v reg.VecVirtual) {
	const unordered = operand.U8(3)
	if t.wide() {
		k := t.K()
		t.VCMPPS(unordered, y, x, k)
		t.VADDPS(y, x, k, v)
		return
	}
	t.VCMPPS(unordered, y, x, x)
	t.VORPS(x, v, v)
}

// take is g in the lanes where x equals top. If more follow, g becomes zero there.
func (t target) take(x, top, g reg.VecVirtual, more bool) reg.VecVirtual {
	const equal = operand.U8(0)
	if !t.wide() {
		t.VCMPPS(equal, top, x, x)
		taken := t.vec()
		t.VANDPS(g, x, taken)
		if more {
			t.VANDNPS(g, x, g)
		}
		return taken
	}
	k := t.K()
	t.VCMPPS(equal, top, x, k)
	t.VMOVAPS_Z(g, k, x)
	if more {
		t.KNOTW(k, k)
		t.VMOVAPS_Z(g, k, g)
	}
	return x
}
