package main

import (
	"go/constant"
	"go/types"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tiles writes the transformations of Winograd's algorithm, see tileSet.
func (t target) tiles() {
	w := winograd{target: t}
	w.constants()
	for _, f := range []transform{
		{name: "TileInput", in: 6, out: 6, uses: []string{"a", "b", "aa", "bb", "sum", "product"}, matrix: w.input, ahead: true},
		{name: "TileFilter", in: 3, out: 6, uses: []string{"n0", "na", "naa", "naaa", "nb", "nbb", "nbbb"}, matrix: w.filter},
		{name: "TileFilterScale", in: 3, out: 6, uses: []string{"n0", "na", "naa", "naaa", "nb", "nbb", "nbbb"}, matrix: w.filter, scale: true},
		{name: "TileOutput", in: 6, out: 4, uses: []string{"a", "b", "aa", "bb", "aaa", "bbb"}, matrix: w.output, finish: true},
		{name: "TileOutputAdd", in: 6, out: 4, uses: []string{"a", "b", "aa", "bb", "aaa", "bbb"}, matrix: w.output, finish: true, add: true},
		{name: "TileGradient", in: 4, out: 6, uses: []string{"a", "b", "aa", "bb"}, matrix: w.gradient},
		{name: "TileFold", in: 6, out: 3, uses: []string{"n0", "na", "naa", "naaa", "nb", "nbb", "nbbb"}, matrix: w.fold},
	} {
		w.transform(f)
	}
}

// winograd is a target with the constants of the matrices.
type winograd struct {
	target
	values map[string]float64
	table  map[string]operand.Mem
	c      map[string]operand.Op // of the running function
}

// constants takes the points from the engine and lays out what follows from them.
func (w *winograd) constants() {
	point := func(name string) float64 {
		v, _ := constant.Float64Val(w.pkg.Scope().Lookup(name).(*types.Const).Val())
		return v
	}
	a, b := point("pointA"), point("pointB")
	na, nb := 1/(2*a*a*(a*a-b*b)), 1/(2*b*b*(b*b-a*a))
	w.values = map[string]float64{
		"a": a, "b": b, "aa": a * a, "bb": b * b, "aaa": a * a * a, "bbb": b * b * b,
		"sum": a*a + b*b, "product": a * a * b * b, "n0": 1 / (a * a * b * b),
		"na": na, "naa": na * a, "naaa": na * a * a, "nb": nb, "nbb": nb * b, "nbbb": nb * b * b,
	}
	w.table = map[string]operand.Mem{}
	for _, name := range []string{"a", "b", "aa", "bb", "aaa", "bbb", "sum", "product", "n0", "na", "naa", "naaa", "nb", "nbb", "nbbb"} {
		w.table[name] = w.StaticGlobal(w.name + "Tile_" + name)
		w.DataAttributes(attr.RODATA | attr.NOPTR)
		for range w.lanes {
			w.AppendDatum(operand.U32(math.Float32bits(float32(w.values[name]))))
		}
	}
}

// transform is F of dst = F src F^T: matrix computes the out values of F times a
// column of in values, and may overwrite them.
type transform struct {
	name    string
	in, out int
	uses    []string // constants
	matrix  func(in []reg.VecVirtual) []reg.VecVirtual
	scale   bool // multiply what is read by a factor a channel
	finish  bool // add the bias and apply the floor
	add     bool // add what memory holds before the floor
	ahead   bool // fetch the next tile's pixels, which memory may be slow to give
}

// tileStep is the columns of the next tile that this one does not have.
const tileStep = 4

// transform writes one function: for each tile, for each vector of channels, F
// times the columns into tmp, then F times the rows of that into dst.
func (w *winograd) transform(f transform) {
	w.fn(f.name, "func(args *tileArgs)")
	l := tileLoop{winograd: w, transform: f, args: w.Dereference(w.Param("args"))}
	w.c = map[string]operand.Op{}
	for _, name := range f.uses {
		w.c[name] = w.table[name]
		if w.wide() { // it has registers to spare
			v := w.vec()
			w.VMOVUPS(w.table[name], v)
			w.c[name] = v
		}
	}
	if f.finish {
		l.floor = w.spread(l.args.Field("floor"))
	}
	l.src, l.dst, l.tmp, l.at = l.get("src"), l.get("dst"), l.get("tmp"), w.GP64()
	tiles, left := l.get("tiles"), w.GP64()
	w.Label("tile")
	w.MOVQ(l.arg("channels"), left)
	w.XORQ(l.at, l.at)
	w.Label("vector")
	w.CMPQ(left, operand.U32(uint32(w.lanes)))
	w.JL(operand.LabelRef("rest"))
	l.columns(mask{})
	l.rows(mask{})
	w.ADDQ(operand.U32(uint32(w.bytes())), l.at)
	w.SUBQ(operand.U32(uint32(w.lanes)), left)
	w.JMP(operand.LabelRef("vector"))
	w.Label("rest")
	w.TESTQ(left, left)
	w.JZ(operand.LabelRef("next"))
	rest := w.lead(left)
	l.columns(rest)
	l.rows(rest)
	w.Label("next")
	w.ADDQ(l.arg("srcNext"), l.src)
	w.ADDQ(l.arg("dstNext"), l.dst)
	w.DECQ(tiles)
	w.JNZ(operand.LabelRef("tile"))
	w.end()
}

// tileLoop is a transformation while it is written.
type tileLoop struct {
	*winograd
	transform
	args          gotypes.Component
	src, dst, tmp reg.GPVirtual
	at            reg.GPVirtual // offset of the vector of channels
	floor         reg.VecVirtual
}

// arg is a field of the arguments in memory, get in a register.
func (l *tileLoop) arg(field string) operand.Mem {
	b, err := l.args.Field(field).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

func (l *tileLoop) get(field string) reg.GPVirtual {
	r := l.GP64()
	l.MOVQ(l.arg(field), r)
	return r
}

// between is a place in tmp: value i of column j.
func (l *tileLoop) between(i, j int) operand.Mem {
	return operand.Mem{Base: l.tmp, Disp: (i*l.in + j) * l.bytes()}
}

// columns writes F times the columns of src.
func (l *tileLoop) columns(k mask) {
	s, p := l.stride(l.arg("srcRow")), l.GP64()
	l.LEAQ(operand.Mem{Base: l.src, Index: l.at, Scale: 1}, p)
	var factors reg.VecVirtual
	if l.scale {
		factors = l.load(operand.Mem{Base: l.get("scale"), Index: l.at, Scale: 1}, k)
	}
	for j := range l.in {
		in := make([]reg.VecVirtual, l.in)
		for i := range in {
			in[i] = l.load(s.at(p, i), k)
			if l.scale {
				l.VMULPS(factors, in[i], in[i])
			}
		}
		if l.ahead && j >= l.in-tileStep {
			next := l.get("srcNext")
			l.LEAQ(operand.Mem{Base: p, Index: next, Scale: 1}, next)
			for i := range in {
				l.PREFETCHT0(s.at(next, i))
			}
		}
		if j+1 < l.in {
			l.ADDQ(l.arg("srcCol"), p)
		}
		for i, v := range l.matrix(in) {
			l.VMOVUPS(v, l.between(i, j))
		}
	}
}

// rows writes F times the rows of what columns left.
func (l *tileLoop) rows(k mask) {
	s, p := l.stride(l.arg("dstCol")), l.GP64()
	l.LEAQ(operand.Mem{Base: l.dst, Index: l.at, Scale: 1}, p)
	for i := range l.out {
		in := l.vecs(l.in)
		for j, v := range in {
			l.VMOVUPS(l.between(i, j), v)
		}
		for j, v := range l.matrix(in) {
			if l.finish {
				l.VADDPS(l.target.arg(operand.Mem{Base: l.get("bias"), Index: l.at, Scale: 1}, k), v, v)
				if l.add {
					l.VADDPS(l.target.arg(s.at(p, j), k), v, v)
				}
				l.VMAXPS(v, l.floor, v) // of a NaN and the floor the NaN
			}
			l.store(v, s.at(p, j), k)
		}
		if i+1 < l.out {
			l.ADDQ(l.arg("dstRow"), p)
		}
	}
}

// stride reaches up to five strides from a pointer.
type stride struct{ one, three, five reg.GPVirtual }

func (t target) stride(m operand.Mem) stride {
	s := stride{t.GP64(), t.GP64(), t.GP64()}
	t.MOVQ(m, s.one)
	t.LEAQ(operand.Mem{Base: s.one, Index: s.one, Scale: 2}, s.three)
	t.LEAQ(operand.Mem{Base: s.one, Index: s.one, Scale: 4}, s.five)
	return s
}

func (s stride) at(p reg.GPVirtual, n int) operand.Mem {
	m := operand.Mem{Base: p}
	switch n {
	case 0:
	case 3:
		m.Index, m.Scale = s.three, 1
	case 5:
		m.Index, m.Scale = s.five, 1
	default:
		m.Index, m.Scale = s.one, uint8(n)
	}
	return m
}
