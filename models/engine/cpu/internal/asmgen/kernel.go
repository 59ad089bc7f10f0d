package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// layout says how a kernel finds the elements of A.
type layout int

const (
	rows    layout = iota // rows at a stride, steps contiguous
	columns               // rows contiguous, steps at a stride
)

func (l layout) String() string { return [...]string{"Rows", "Columns"}[l] }

func (t target) kernels() {
	for _, l := range []layout{rows, columns} {
		for m := 1; m <= t.mr; m++ {
			newKernel(t, l, m).emit()
		}
	}
}

// kernel is one micro-kernel while it is written: m rows of A in layout l.
type kernel struct {
	target
	l      layout
	m      int
	ways   int // partial sums of an element: enough to hide the latency of an FMA
	unroll int // steps a turn of the loop
	name   string

	args               gotypes.Component
	a, aFar            reg.GPVirtual // row 0 and row 7 of A
	aRow, aRow3, aRow5 reg.GPVirtual // one, three and five strides of A
	b, bStep           reg.GPVirtual
	count, segs        reg.GPVirtual
	ahead, aheadStep   reg.GPVirtual
}

// farRow is the row that aFar points to: with scaled indices of one, three and
// five strides, two bases reach all of 14 rows.
const farRow = 7

func newKernel(t target, l layout, m int) *kernel {
	k := &kernel{target: t, l: l, m: m, ways: 1, unroll: 2, name: fmt.Sprintf("%s%v%d", t.name, l, m)}
	if m < 4 {
		k.ways = [...]int{0, 4, 2, 2}[m]
	}
	if m < 6 {
		k.unroll = 4
	}
	return k
}

func (k *kernel) emit() {
	k.fn(k.name, "func(args *kernelArgs)")
	k.load()
	k.start()
	k.Label("segment")
	k.steps("steps", "unrolled", k.unroll)
	k.steps("rest", "single", 1)
	k.endSegment()
	k.foldWays()
	k.store()
}

// arg is a field of the arguments, as a memory operand.
func (k *kernel) arg(field string) operand.Mem {
	b, err := k.args.Field(field).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

func (k *kernel) loadArg(field string) reg.GPVirtual {
	r := k.GP64()
	k.MOVQ(k.arg(field), r)
	return r
}

func (k *kernel) load() {
	k.args = k.Dereference(k.Param("args"))
	k.a, k.aRow = k.loadArg("a"), k.loadArg("aRow")
	k.b, k.bStep = k.loadArg("b"), k.loadArg("bStep")
	k.segs, k.count = k.loadArg("segs"), k.GP64()
	k.ahead, k.aheadStep = k.loadArg("ahead"), k.loadArg("aheadStep")
	k.Comment("Without ahead, ask for a line that is there.")
	k.TESTQ(k.ahead, k.ahead)
	k.CMOVQEQ(k.b, k.ahead)
	if k.l == columns {
		return
	}
	if k.m > 3 {
		k.aRow3 = k.GP64()
		k.LEAQ(operand.Mem{Base: k.aRow, Index: k.aRow, Scale: 2}, k.aRow3)
	}
	if k.m > 5 {
		k.aRow5 = k.GP64()
		k.LEAQ(operand.Mem{Base: k.aRow, Index: k.aRow, Scale: 4}, k.aRow5)
	}
	if k.m > farRow {
		k.aFar = k.GP64()
		k.LEAQ(operand.Mem{Base: k.a, Index: k.aRow5, Scale: 1}, k.aFar)
		k.LEAQ(operand.Mem{Base: k.aFar, Index: k.aRow, Scale: 2}, k.aFar)
	}
}

// start sets the accumulators to the bias, or to zero, and asks for what C holds
// if that is to be added: its rows lie too far apart for the processor to foresee.
func (k *kernel) start() {
	cRow, flag := k.loadArg("cRow"), k.loadArg("add")
	k.TESTQ(flag, flag)
	k.JZ(operand.LabelRef("fetched"))
	k.eachRow(cRow, func(c operand.Mem, _ operand.Op) { k.PREFETCHT0(c) })
	k.Label("fetched")
	for way := range k.ways {
		for row := range k.m {
			for col := range 2 {
				k.zero(k.acc(k.m, way, row, col))
			}
		}
	}
	bias := k.loadArg("bias")
	k.TESTQ(bias, bias)
	k.JZ(operand.LabelRef("segment"))
	for col := range 2 {
		k.VMOVUPS(operand.Mem{Base: bias, Disp: col * k.bytes()}, k.acc(k.m, 0, 0, col))
	}
	for row := 1; row < k.m; row++ {
		for col := range 2 {
			k.VMOVAPS(k.acc(k.m, 0, 0, col), k.acc(k.m, 0, row, col))
		}
	}
}

// steps is a loop of turns of n steps: as many as fit the segment for the
// unrolled one, what they leave for the single one.
func (k *kernel) steps(label, loop string, n int) {
	k.MOVQ(k.arg("steps"), k.count)
	if n > 1 {
		k.SHRQ(operand.U8(log2(k.unroll)), k.count)
	} else {
		k.ANDQ(operand.U8(k.unroll-1), k.count)
	}
	k.JZ(operand.LabelRef(label + "Done"))
	k.Label(loop)
	for u := range n {
		k.step(u)
	}
	if k.l == rows {
		k.ADDQ(operand.U8(4*n), k.a)
		if k.m > farRow {
			k.ADDQ(operand.U8(4*n), k.aFar)
		}
	}
	k.DECQ(k.count)
	k.JNZ(operand.LabelRef(loop))
	k.Label(label + "Done")
}

// step is the outer product of a column of A and a row of B, number u of a turn.
func (k *kernel) step(u int) {
	for col := range 2 {
		k.VMOVUPS(operand.Mem{Base: k.b, Disp: col * k.bytes()}, k.target.b(col))
	}
	k.ADDQ(k.bStep, k.b)
	k.PREFETCHT1(operand.Mem{Base: k.ahead})
	k.ADDQ(k.aheadStep, k.ahead)
	for row := range k.m {
		s := k.spread(row)
		k.VBROADCASTSS(k.element(row, u), s)
		for col := range 2 {
			k.multiplyAdd(k.target.b(col), s, k.acc(k.m, u%k.ways, row, col))
		}
	}
	if k.l == columns {
		k.ADDQ(k.aRow, k.a)
	}
}

// element is where step u of a turn finds a row of A.
func (k *kernel) element(row, u int) operand.Mem {
	if k.l == columns {
		return operand.Mem{Base: k.a, Disp: 4 * row}
	}
	m := operand.Mem{Base: k.a, Disp: 4 * u}
	if row == farRow || row == 9 || row == 11 || row == 13 {
		m.Base, row = k.aFar, row-farRow
	}
	switch {
	case row == 0:
	case row == 1 || row == 2 || row == 4 || row == 8:
		m.Index, m.Scale = k.aRow, uint8(row)
	case row%3 == 0:
		m.Index, m.Scale = k.aRow3, uint8(row/3)
	default:
		m.Index, m.Scale = k.aRow5, uint8(row/5)
	}
	return m
}

func (k *kernel) endSegment() {
	k.ADDQ(k.arg("bSkip"), k.b)
	k.ADDQ(k.arg("aSkip"), k.a)
	if k.l == rows && k.m > farRow {
		k.ADDQ(k.arg("aSkip"), k.aFar)
	}
	k.DECQ(k.segs)
	k.JNZ(operand.LabelRef("segment"))
}

// foldWays adds the partial sums.
func (k *kernel) foldWays() {
	for n := k.ways / 2; n > 0; n /= 2 {
		for way := range n {
			k.tile(func(row, col int) {
				k.VADDPS(k.acc(k.m, way+n, row, col), k.acc(k.m, way, row, col), k.acc(k.m, way, row, col))
			})
		}
	}
}

// store adds what C holds, applies ReLU, as asked, writes the tile and returns.
func (k *kernel) store() {
	cRow, flag := k.loadArg("cRow"), k.GP64()
	if k.pairs {
		k.unless("half", flag, "floats")
		k.storeHalves(cRow, flag)
		k.Label("floats")
	}
	k.unless("add", flag, "added")
	k.eachRow(cRow, func(c operand.Mem, v operand.Op) { k.VADDPS(c, v, v) })
	k.Label("added")
	k.unless("relu", flag, "write")
	k.clamp()
	k.Label("write")
	k.MOVQ(k.arg("stream"), flag)
	k.TESTQ(flag, flag)
	k.JNZ(operand.LabelRef("stream"))
	k.eachRow(cRow, func(c operand.Mem, v operand.Op) { k.VMOVUPS(v, c) })
	k.VZEROUPPER()
	k.RET()
	k.Label("stream")
	k.eachRow(cRow, func(c operand.Mem, v operand.Op) { k.VMOVNTPS(v, c) })
	k.VZEROUPPER()
	k.RET()
}

// unless jumps to label if an argument is 0.
func (k *kernel) unless(field string, flag reg.GPVirtual, label string) {
	k.MOVQ(k.arg(field), flag)
	k.TESTQ(flag, flag)
	k.JZ(operand.LabelRef(label))
}

// clamp makes zeros of negative sums.
func (k *kernel) clamp() {
	zero := k.target.b(0)
	k.zero(zero)
	k.Comment("The operand that may be NaN comes second, so that NaN stays NaN.")
	k.tile(func(row, col int) {
		v := k.acc(k.m, 0, row, col)
		k.VMAXPS(v, zero, v)
	})
}

func (k *kernel) eachRow(cRow reg.GPVirtual, f func(c operand.Mem, v operand.Op)) {
	c := k.loadArg("c")
	k.tile(func(row, col int) {
		f(operand.Mem{Base: c, Disp: col * k.bytes()}, k.acc(k.m, 0, row, col))
		if col == 1 && row+1 < k.m {
			k.ADDQ(cRow, c)
		}
	})
}

func (k *kernel) tile(f func(row, col int)) {
	for row := range k.m {
		for col := range 2 {
			f(row, col)
		}
	}
}

func log2(n int) (bits int) {
	for ; n > 1; n /= 2 {
		bits++
	}
	return bits
}
