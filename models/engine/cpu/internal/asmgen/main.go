// Command asmgen writes the assembly of engine/cpu: the micro-kernels of the
// matrix products for AVX-512, AVX512-BF16 and AVX2, the register-only kernels that
// measure the machine's peak, and the rounding and transposition that packing
// needs. Run it by
//
//	go generate ./models/engine/cpu
//
// and commit what it writes; a test of the engine generates again and compares.
// Start with target.kernel in kernel.go.
package main

import (
	"flag"
	"go/types"
	"log"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"

	"github.com/seed-a5aa75a0/podium/models/engine/cpu/internal/asmfile"
)

func main() {
	flags := flag.NewFlagSet("asmgen", flag.ExitOnError) // the global set holds avo's
	dir := flags.String("dir", ".", "folder of the engine: kernelargs.go is read there")
	out := flags.String("out", ".", "folder to write to")
	_ = flags.Parse(os.Args[1:]) // ends the process on an error
	if err := generate(*dir, *out); err != nil {
		log.Fatal(err)
	}
}

func generate(dir, out string) error {
	pkg, err := asmfile.Package(filepath.Join(dir, "kernelargs.go"))
	if err != nil {
		return err
	}
	for _, t := range []target{avx512(), avx2()} {
		t.file = newFile(pkg)
		t.kernels()
		t.peak()
		t.pack()
		if err := t.file.write(out, "gemm_"+t.name); err != nil {
			return err
		}
	}
	b := bf16()
	b.file = newFile(pkg)
	b.kernels()
	b.pairPeak()
	b.weave()
	b.round()
	if err := b.file.write(out, "gemm_bf16"); err != nil {
		return err
	}
	f := newFile(pkg)
	f.transpose()
	return f.write(out, "transpose")
}

// file is one assembly file and its Go declarations.
type file struct {
	*build.Context
	pkg *types.Package
}

func newFile(pkg *types.Package) *file { return &file{build.NewContext(), pkg} }

// fn starts a function that neither grows the stack nor lets its arguments escape.
func (f *file) fn(name, signature string) {
	f.Function(name)
	f.Attributes(attr.NOSPLIT)
	f.Pragma("noescape")
	s, err := gotypes.ParseSignatureInPackage(f.pkg, signature)
	if err != nil {
		panic(err)
	}
	f.Signature(s)
}

func (f *file) write(dir, name string) error { return asmfile.Write(f.Context, "asmgen", dir, name) }
