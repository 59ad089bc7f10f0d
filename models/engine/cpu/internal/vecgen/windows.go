package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// pixels finds a vector of a pixel's channels in a slice: the i-th from the
// loop's current one.
type pixels = func(name string, i int) operand.Mem

// windowLoop is a loop over windows of any size in a row of them, a few vectors
// of channels at a time, which stay in registers while the loop runs over the
// pixels of the window. Its arguments are rows and cols of a window in pixels
// and, in elements, line from one row of an image to the next, step from one
// window to the next, and channels.
type windowLoop struct {
	target
	images  []string // slices that begin at the first window's first pixel
	singles []string // slices of one pixel a window; the length of y rules
	width   int      // vectors at a time, at most
}

// write emits the loop; body is emitted for each number of vectors. single finds
// what belongs to the window, first its first pixel; each emits a loop over all
// its pixels.
func (w windowLoop) write(body func(vectors int, single pixels, each func(func(image pixels)), k mask)) {
	ptr := map[string]reg.Register{}
	for _, name := range append(append([]string{}, w.images...), w.singles...) {
		ptr[name] = w.ptr(name)
	}
	left, pixel, line := w.size("y"), w.distanceTo("channels"), w.distanceTo("line")
	w.SHLQ(operand.U8(2), left)
	channel, n := w.GP64(), w.GP64()
	place := func(offset reg.GPVirtual) pixels {
		return func(name string, i int) operand.Mem {
			return operand.Mem{Base: ptr[name], Index: offset, Scale: 1, Disp: i * w.bytes()}
		}
	}
	block := func(label string, vectors int, k mask) {
		body(vectors, place(channel), func(do func(pixels)) {
			row, at, rows, cols := w.GP64(), w.GP64(), w.GP64(), w.GP64()
			w.Load(w.Param("rows"), rows)
			w.MOVQ(channel, row)
			w.Label(label + "Row")
			w.Load(w.Param("cols"), cols)
			w.MOVQ(row, at)
			w.Label(label + "Pixel")
			do(place(at))
			w.ADDQ(pixel, at)
			w.DECQ(cols)
			w.JNZ(operand.LabelRef(label + "Pixel"))
			w.ADDQ(line, row)
			w.DECQ(rows)
			w.JNZ(operand.LabelRef(label + "Row"))
		}, k)
	}
	w.Label("window")
	w.TESTQ(left, left)
	w.JZ(operand.LabelRef("end"))
	w.SUBQ(pixel, left)
	w.XORQ(channel, channel)
	w.MOVQ(pixel, n)
	for _, vectors := range []int{w.width, 1} {
		label, size := fmt.Sprintf("by%d", vectors), operand.U32(uint32(vectors*w.bytes()))
		w.Label(label)
		w.CMPQ(n, size)
		w.JL(operand.LabelRef(label + "Done"))
		block(label, vectors, mask{})
		w.ADDQ(size, channel)
		w.SUBQ(size, n)
		w.JMP(operand.LabelRef(label))
		w.Label(label + "Done")
	}
	w.TESTQ(n, n)
	w.JZ(operand.LabelRef("next"))
	w.SHRQ(operand.U8(2), n)
	block("rest", 1, w.lead(n))
	w.Label("next")
	step := w.distanceTo("step")
	for _, name := range w.images {
		w.ADDQ(step, ptr[name])
	}
	for _, name := range w.singles {
		w.ADDQ(pixel, ptr[name])
	}
	w.JMP(operand.LabelRef("window"))
	w.Label("end")
	w.end()
}

// distanceTo is an argument counted in elements, in bytes.
func (t target) distanceTo(name string) reg.GPVirtual {
	r := t.GP64()
	t.Load(t.Param(name), r)
	t.SHLQ(operand.U8(2), r)
	return r
}

func (t target) windowPools() {
	t.fn("MaxPool", "func(y, x []float32, rows, cols, line, step, channels int)")
	windowLoop{t, []string{"x"}, []string{"y"}, 4}.write(
		func(vectors int, single pixels, each func(func(pixels)), k mask) {
			top := make([]reg.VecVirtual, vectors)
			for i := range top {
				top[i] = t.load(single("x", i), k)
			}
			each(func(image pixels) {
				for i := range top {
					t.raise(top[i], t.load(image("x", i), k))
				}
			})
			for i := range top {
				t.store(top[i], single("y", i), k)
			}
		})

	t.fn("MaxPoolBackward", "func(dx, x, y, dy []float32, rows, cols, line, step, channels int)")
	windowLoop{t, []string{"dx", "x"}, []string{"y", "dy"}, 4}.write(
		func(vectors int, single pixels, each func(func(pixels)), k mask) {
			var top, g []reg.VecVirtual
			for i := range vectors {
				top, g = append(top, t.load(single("y", i), k)), append(g, t.load(single("dy", i), k))
			}
			each(func(image pixels) {
				for i := range top {
					taken := t.take(t.load(image("x", i), k), top[i], g[i], true)
					t.VADDPS(t.arg(image("dx", i), k), taken, taken)
					t.store(taken, image("dx", i), k)
				}
			})
		})
}

// raise makes top the larger of top and v, or NaN if either is. v may be
// overwritten.
func (t target) raise(top, v reg.VecVirtual) {
	const unordered = operand.U8(3)
	t.VMAXPS(top, v, top) // of two of which one is NaN it is top
	if t.wide() {
		k := t.K()
		t.VCMPPS(unordered, v, v, k)
		t.VMOVAPS(v, k, top)
		return
	}
	t.VCMPPS(unordered, v, v, v)
	t.VORPS(v, top, top)
}
