// Command asmgen writes the assembly of engine/cpu: the micro-kernels of the
// matrix products for AVX-512 and AVX2, the register-only kernels that measure
// the machine's peak, and the transposition that packing needs. Run it by
//
//	go generate ./models/engine/cpu
//
// and commit what it writes; a test of the engine generates again and compares.
// Start with target.kernel in kernel.go.
package main

import (
	"flag"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"log"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
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
	pkg, err := argsPackage(filepath.Join(dir, "kernelargs.go"))
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
	f := newFile(pkg)
	f.transpose()
	return f.write(out, "transpose")
}

// argsPackage type-checks the one file that defines kernelArgs, so that the
// assembly takes the fields' offsets from the Go type.
func argsPackage(path string) (*types.Package, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, 0)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: importer.Default(), Sizes: gotypes.Sizes}
	return conf.Check("cpu", fset, []*ast.File{f}, nil)
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

func (f *file) write(dir, name string) error {
	ir, err := f.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(ir); err != nil {
		return err
	}
	cfg := printer.Config{Name: "asmgen", Pkg: "cpu"}
	asm, err := printer.NewGoAsm(cfg).Print(ir)
	if err != nil {
		return err
	}
	stubs, err := printer.NewStubs(cfg).Print(ir)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, name+"_amd64.s"), asm, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+"_amd64.go"), stubs, 0o644)
}
