// Command rowgen writes the loops over rows of pixels of features/photo for AVX2 and AVX-512.
// Run it by
//
//	go generate ./features/photo
//
// and commit what it writes; a test generates again and compares. The loops do
// exactly what their plain forms in resize.go, colour.go, idct.go and entropy.go do.
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
