// Command vecgen writes the loops over elements and columns of engine/cpu for
// AVX-512 and AVX2: what vectorSet in vector.go lists, and the transformations of
// Winograd's algorithm: tileSet in tiles.go, and depthwise convolutions: depthwiseSet in depthwise_kernels.go. Run it by
//
//	go generate ./models/engine/cpu
//
// and commit what it writes; a test of the engine generates again and compares.
// Start with elements.go for loops over elements, columns.go for loops over
// columns, tiles.go and points.go for Winograd; target.go hides what differs between the instruction sets.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/build"

	"github.com/seed-a5aa75a0/podium/models/engine/cpu/internal/asmfile"
)

func main() {
	flags := flag.NewFlagSet("vecgen", flag.ExitOnError) // the global set holds avo's
	dir := flags.String("dir", ".", "folder of the engine: factors.go, tileargs.go and windowargs.go are read there")
	out := flags.String("out", ".", "folder to write to")
	_ = flags.Parse(os.Args[1:]) // ends the process on an error
	if err := generate(*dir, *out); err != nil {
		log.Fatal(err)
	}
}

func generate(dir, out string) error {
	factors, err := asmfile.Package(filepath.Join(dir, "factors.go"))
	if err != nil {
		return err
	}
	args, err := asmfile.Package(filepath.Join(dir, "tileargs.go"))
	if err != nil {
		return err
	}
	windows, err := asmfile.Package(filepath.Join(dir, "windowargs.go"))
	if err != nil {
		return err
	}
	for _, t := range []target{{name: "avx512", lanes: 16}, {name: "avx2", lanes: 8}} {
		t.Context, t.pkg = build.NewContext(), factors
		t.tables()
		t.pointwise()
		t.updates()
		t.dropout()
		t.pools()
		t.windowPools()
		t.columnLoops()
		if err := asmfile.Write(t.Context, "vecgen", out, "vector_"+t.name); err != nil {
			return err
		}
		t.Context, t.pkg = build.NewContext(), args
		t.leads("Tile")
		t.tiles()
		if err := asmfile.Write(t.Context, "vecgen", out, "tiles_"+t.name); err != nil {
			return err
		}
		t.Context, t.pkg = build.NewContext(), windows
		t.leads("Depthwise")
		t.depthwise()
		if err := asmfile.Write(t.Context, "vecgen", out, "depthwise_"+t.name); err != nil {
			return err
		}
	}
	return nil
}
