// Command gen makes the digits that are embedded in the sandbox:
//
//	go run ./kaggle/sandbox/digits/gen MNIST_DIR kaggle/sandbox/digits/digits.gz
//
// MNIST_DIR holds MNIST's four IDX files, gzipped or not. It draws 10,000
// labelled and 5,000 hidden images out of the 70,000, stratified by digit,
// disjoint, with a fixed seed: the same files give the same bytes (of the
// images; gzip's own bytes may differ between Go versions).
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/digits"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want MNIST_DIR and the file to write, got %d arguments", len(args))
	}
	all, err := digits.ReadMNIST(args[0])
	if err != nil {
		return err
	}
	part, err := digits.Subset(all)
	if err != nil {
		return err
	}
	return atomicfile.Write(args[1], 0o644, func(w io.Writer) error { return digits.Pack(w, part) })
}
