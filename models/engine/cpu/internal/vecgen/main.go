// Command vecgen writes the loops over elements and columns of engine/cpu for
// AVX-512 and AVX2: what vectorSet in vector.go lists. Run it by
//
//	go generate ./models/engine/cpu
//
// and commit what it writes; a test of the engine generates again and compares.
// Start with elements.go for loops over elements, columns.go for loops over
// columns; target.go hides what differs between the instruction sets.
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

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

func main() {
	flags := flag.NewFlagSet("vecgen", flag.ExitOnError) // the global set holds avo's
	dir := flags.String("dir", ".", "folder of the engine: factors.go is read there")
	out := flags.String("out", ".", "folder to write to")
	_ = flags.Parse(os.Args[1:]) // ends the process on an error
	if err := generate(*dir, *out); err != nil {
		log.Fatal(err)
	}
}

func generate(dir, out string) error {
	pkg, err := factorsPackage(filepath.Join(dir, "factors.go"))
	if err != nil {
		return err
	}
	for _, t := range []target{{name: "avx512", lanes: 16}, {name: "avx2", lanes: 8}} {
		t.Context, t.pkg = build.NewContext(), pkg
		t.tables()
		t.pointwise()
		t.updates()
		t.dropout()
		t.pools()
		t.columnLoops()
		if err := t.write(out, "vector_"+t.name); err != nil {
			return err
		}
	}
	return nil
}

// factorsPackage type-checks the one file that defines the factors of an update, so that the
// assembly takes the fields' offsets from the Go type.
func factorsPackage(path string) (*types.Package, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, 0)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: importer.Default(), Sizes: gotypes.Sizes}
	return conf.Check("cpu", fset, []*ast.File{f}, nil)
}

// write compiles what was emitted and writes the assembly and its declarations.
func (t target) write(dir, name string) error {
	ir, err := t.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(ir); err != nil {
		return err
	}
	cfg := printer.Config{Name: "vecgen", Pkg: "cpu"}
	for ext, p := range map[string]printer.Printer{".s": printer.NewGoAsm(cfg), ".go": printer.NewStubs(cfg)} {
		text, err := p.Print(ir)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name+"_amd64"+ext), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
