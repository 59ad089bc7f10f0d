// Command rowgen writes the loops over rows of pixels of features/photo for AVX2.
// Run it by
//
//	go generate ./features/photo
//
// and commit what it writes; a test generates again and compares. The loops do
// exactly what their plain forms in resize.go and colour.go do, for whole blocks.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

const weightBits = 14 // as in resize.go

func main() {
	flags := flag.NewFlagSet("rowgen", flag.ExitOnError) // the global set holds avo's
	out := flags.String("out", ".", "folder to write to")
	_ = flags.Parse(os.Args[1:]) // ends the process on an error
	c := &file{build.NewContext()}
	c.ConstraintExpr("amd64")
	c.sumRows()
	c.across()
	c.near()
	c.colours()
	c.idct(false)
	c.idct(true)
	c.values()
	if err := write(c.Context, *out); err != nil {
		log.Fatal(err)
	}
}

// write prints rows_amd64.s and its declarations.
func write(c *build.Context, dir string) error {
	ir, err := c.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(ir); err != nil {
		return err
	}
	cfg := printer.Config{Name: "rowgen", Pkg: "photo"}
	for ext, p := range map[string]printer.Printer{".s": printer.NewGoAsm(cfg), ".go": printer.NewStubs(cfg)} {
		text, err := p.Print(ir)
		if err != nil {
			return err
		}
		if err := onlyAVX2(text); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "rows_amd64"+ext), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

var (
	function = regexp.MustCompile(`^TEXT ·(\w+)`)
	beyond   = regexp.MustCompile(`\b[XY](1[6-9]|2\d|3[01])\b`)
)

// onlyAVX2 refuses functions for AVX2 that use registers which only AVX-512 has: that is what
// avo does when the others do not suffice.
func onlyAVX2(text []byte) error {
	name := ""
	for line := range strings.Lines(string(text)) {
		if m := function.FindStringSubmatch(line); m != nil {
			name = m[1]
		}
		if !strings.HasPrefix(name, "avx512") && beyond.MatchString(line) {
			return fmt.Errorf("%s needs more than 16 registers: %s", name, line)
		}
	}
	return nil
}

// file collects the functions.
type file struct{ *build.Context }

// begin starts a function and loads its parameters.
func (f *file) begin(name, signature string, params ...string) []reg.GPVirtual {
	f.Function(name)
	f.Attributes(build.NOSPLIT)
	f.SignatureExpr(signature)
	f.Pragma("noescape")
	regs := make([]reg.GPVirtual, len(params))
	for i, p := range params {
		regs[i] = f.GP64()
		f.Load(f.Param(p), regs[i])
	}
	return regs
}

// all is a register with v in each of its 32-bit lanes.
func (f *file) all(name string, v uint32) reg.VecVirtual {
	y := f.YMM()
	f.VPBROADCASTD(f.ConstData(name, operand.U32(v)), y)
	return y
}

// repeated is a constant of n times v in memory.
func (f *file) repeated(name string, v uint32, n int) operand.Mem {
	g := f.StaticGlobal(name)
	f.DataAttributes(build.RODATA | build.NOPTR)
	for range n {
		f.AppendDatum(operand.U32(v))
	}
	return g
}

func at(base reg.Register, disp int) operand.Mem { return operand.Mem{Base: base, Disp: disp} }

// sumRows is the weighted sum of pairs of rows, 16 bytes a block.
func (f *file) sumRows() {
	p := f.begin("avx2SumRows", "func(dst *byte, rows **byte, weights *int16, pairs, blocks int)", "dst", "rows", "weights", "pairs", "blocks")
	f.Doc("avx2SumRows is sumRowsPlain for 16*blocks bytes and 2*pairs rows.")
	dst, rows, weights, pairs, blocks := p[0], p[1], p[2], p[3], p[4]
	half := f.all("rowsHalf", 1<<(weightBits-1))
	x := f.GP64()
	f.XORQ(x, x)

	f.Label("block")
	lo, hi := f.YMM(), f.YMM()
	f.VMOVDQA(half, lo)
	f.VMOVDQA(half, hi)
	r, w, n := f.GP64(), f.GP64(), f.GP64()
	f.MOVQ(rows, r)
	f.MOVQ(weights, w)
	f.MOVQ(pairs, n)

	f.Label("pair")
	pa, pb := f.GP64(), f.GP64()
	f.MOVQ(at(r, 0), pa)
	f.MOVQ(at(r, 8), pb)
	a, b, both, t := f.YMM(), f.YMM(), f.YMM(), f.YMM()
	f.VPMOVZXBW(operand.Mem{Base: pa, Index: x, Scale: 1}, a)
	f.VPMOVZXBW(operand.Mem{Base: pb, Index: x, Scale: 1}, b)
	f.VPBROADCASTD(at(w, 0), both)
	f.VPUNPCKLWD(b, a, t)
	f.VPMADDWD(both, t, t)
	f.VPADDD(t, lo, lo)
	f.VPUNPCKHWD(b, a, t)
	f.VPMADDWD(both, t, t)
	f.VPADDD(t, hi, hi)
	f.ADDQ(operand.U8(16), r)
	f.ADDQ(operand.U8(4), w)
	f.DECQ(n)
	f.JNZ(operand.LabelRef("pair"))

	f.VPSRAD(operand.U8(weightBits), lo, lo)
	f.VPSRAD(operand.U8(weightBits), hi, hi)
	f.VPACKSSDW(hi, lo, lo)
	f.VPACKUSWB(lo, lo, lo)
	f.VPERMQ(operand.U8(0x08), lo, lo)
	f.VMOVDQU(lo.AsX(), operand.Mem{Base: dst, Index: x, Scale: 1})
	f.ADDQ(operand.U8(16), x)
	f.DECQ(blocks)
	f.JNZ(operand.LabelRef("block"))
	f.VZEROUPPER()
	f.RET()
}

// across is a row's filter, 8 outputs a group: their inputs are gathered four at a
// time.
func (f *file) across() {
	p := f.begin("avx2Across", "func(dst, row *byte, first *int32, weights *int16, fours, groups int)", "dst", "row", "first", "weights", "fours", "groups")
	f.Doc("avx2Across is axis.applyPlain for 8*groups outputs. first are places in row; weights",
		"has for each group and each four taps those of taps 0 and 2 of the 8 outputs, then those of 1 and 3.")
	dst, row, first, weights, fours, groups := p[0], p[1], p[2], p[3], p[4], p[5]
	half, even := f.all("acrossHalf", 1<<(weightBits-1)), f.all("acrossEven", 0x00ff00ff)

	f.Label("group")
	sum, place := f.YMM(), f.YMM()
	f.VMOVDQA(half, sum)
	f.VMOVDQU(at(first, 0), place)
	r, n := f.GP64(), f.GP64()
	f.MOVQ(row, r)
	f.MOVQ(fours, n)

	f.Label("four")
	mask, v, t := f.YMM(), f.YMM(), f.YMM()
	f.VPCMPEQD(mask, mask, mask)
	f.VPXOR(v, v, v)
	f.VPGATHERDD(mask, operand.Mem{Base: r, Index: place, Scale: 1}, v)
	f.VPAND(even, v, t)
	f.VPMADDWD(at(weights, 0), t, t)
	f.VPADDD(t, sum, sum)
	f.VPSRLW(operand.U8(8), v, v)
	f.VPMADDWD(at(weights, 32), v, v)
	f.VPADDD(v, sum, sum)
	f.ADDQ(operand.U8(64), weights)
	f.ADDQ(operand.U8(4), r)
	f.DECQ(n)
	f.JNZ(operand.LabelRef("four"))

	f.VPSRAD(operand.U8(weightBits), sum, sum)
	f.VPACKSSDW(sum, sum, sum)
	f.VPACKUSWB(sum, sum, sum)
	high := f.XMM()
	f.VEXTRACTI128(operand.U8(1), sum, high)
	f.VMOVD(sum.AsX(), at(dst, 0))
	f.VMOVD(high, at(dst, 4))
	f.ADDQ(operand.U8(32), first)
	f.ADDQ(operand.U8(8), dst)
	f.DECQ(groups)
	f.JNZ(operand.LabelRef("group"))
	f.VZEROUPPER()
	f.RET()
}

// colours is YCbCr to RGB, 16 pixels a block.
func (f *file) colours() {
	p := f.begin("avx2YCbCr", "func(dst, y, cb, cr *byte, blocks int)", "dst", "y", "cb", "cr", "blocks")
	f.Doc("avx2YCbCr is joinYCbCrPlain for 16*blocks pixels.")
	dst, py, pcb, pcr, blocks := p[0], p[1], p[2], p[3], p[4]
	pair := func(lo, hi int16) uint32 { return uint32(uint16(lo)) | uint32(uint16(hi))<<16 }
	half := f.repeated("coloursHalf", 1<<13, 8)
	middle := f.all("coloursMiddle", pair(128, 128))
	red, blue := f.repeated("coloursRed", pair(16384, 22970), 8), f.repeated("coloursBlue", pair(16384, 29032), 8)
	green, green2 := f.repeated("coloursGreen", pair(16384, -5638), 8), f.repeated("coloursGreen2", pair(-11700, 0), 8)
	var order [4]reg.VecVirtual
	for i, m := range interleaving() {
		order[i] = f.YMM()
		g := f.StaticGlobal("coloursOrder" + string(rune('0'+i)))
		f.DataAttributes(build.RODATA | build.NOPTR)
		f.AppendDatum(operand.U64(m[0]))
		f.AppendDatum(operand.U64(m[1]))
		f.VBROADCASTI128(g, order[i])
	}

	f.Label("pixels")
	y, cb, cr, zero := f.YMM(), f.YMM(), f.YMM(), f.YMM()
	f.VPMOVZXBW(at(py, 0), y)
	f.VPMOVZXBW(at(pcb, 0), cb)
	f.VPMOVZXBW(at(pcr, 0), cr)
	f.VPSUBW(middle, cb, cb)
	f.VPSUBW(middle, cr, cr)
	f.VPXOR(zero, zero, zero)
	channel := func(c reg.VecVirtual, weights operand.Mem, c2 reg.VecVirtual, weights2 operand.Mem) reg.VecVirtual {
		var part [2]reg.VecVirtual
		for i := range part {
			part[i] = f.YMM()
			f.unpack(i, c, y, part[i])
			f.VPMADDWD(weights, part[i], part[i])
			if c2 != nil {
				t := f.YMM()
				f.unpack(i, zero, c2, t)
				f.VPMADDWD(weights2, t, t)
				f.VPADDD(t, part[i], part[i])
			}
			f.VPADDD(half, part[i], part[i])
			f.VPSRAD(operand.U8(14), part[i], part[i])
		}
		f.VPACKSSDW(part[1], part[0], part[0])
		return part[0]
	}
	r := channel(cr, red, nil, operand.Mem{})
	g := channel(cb, green, cr, green2)
	f.VPACKUSWB(g, r, r)
	b := channel(cb, blue, nil, operand.Mem{})
	f.VPACKUSWB(b, b, b)
	f.Comment("Each half of r has 8 reds and 8 greens, each half of b 8 blues twice.")
	for i, disp := range []int{0, 16} {
		u, v := f.YMM(), f.YMM()
		f.VPSHUFB(order[2*i], r, u)
		f.VPSHUFB(order[2*i+1], b, v)
		f.VPOR(v, u, u)
		high := f.XMM()
		f.VEXTRACTI128(operand.U8(1), u, high)
		if i == 0 {
			f.VMOVDQU(u.AsX(), at(dst, disp))
			f.VMOVDQU(high, at(dst, 24+disp))
		} else {
			f.VMOVQ(u.AsX(), at(dst, disp))
			f.VMOVQ(high, at(dst, 24+disp))
		}
	}
	for _, ptr := range []reg.GPVirtual{py, pcb, pcr} {
		f.ADDQ(operand.U8(16), ptr)
	}
	f.ADDQ(operand.U8(48), dst)
	f.DECQ(blocks)
	f.JNZ(operand.LabelRef("pixels"))
	f.VZEROUPPER()
	f.RET()
}

func (f *file) unpack(high int, b, a, out reg.VecVirtual) {
	if high == 1 {
		f.VPUNPCKHWD(b, a, out)
		return
	}
	f.VPUNPCKLWD(b, a, out)
}

// interleaving is which bytes make the 24 of 8 pixels: of reds and greens for the
// first 16, of blues for the first 16, and the same for the other 8.
func interleaving() (m [4][2]uint64) {
	for i := range m {
		for k := range 16 {
			pick, at := uint64(0x80), 16*(i/2)+k
			px, ch := at/3, at%3
			if at < 24 && (ch == 2) == (i%2 == 1) {
				pick = uint64(px + 8*(ch%2))
			}
			m[i][k/8] |= pick << (8 * (k % 8))
		}
	}
	return m
}
