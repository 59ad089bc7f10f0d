// Package asmfile is what the generators of engine/cpu share: reading the Go
// types whose fields the assembly uses, and writing what avo has collected.
package asmfile

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// Package type-checks the one file at path as package cpu, so that the assembly
// takes the fields' offsets from the Go types.
func Package(path string) (*types.Package, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, 0)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: importer.Default(), Sizes: gotypes.Sizes}
	return conf.Check("cpu", fset, []*ast.File{f}, nil)
}

// Write compiles what c has collected and writes NAME_amd64.s and its
// declarations, NAME_amd64.go, into dir. generator is named in their headers.
func Write(c *build.Context, generator, dir, name string) error {
	ir, err := c.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(ir); err != nil {
		return err
	}
	cfg := printer.Config{Name: generator, Pkg: "cpu"}
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
