package features_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-a5aa75a0/podium/features"
)

// folder is a temporary folder with the given file in it.
func folder(name, text string) (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "features-*")
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		panic(err)
	}
	return dir, func() { os.RemoveAll(dir) }
}

const digits = `label,pixel0,pixel1,pixel2,pixel3
7,0,255,0,255
1,0,0,128,0
7,0,250,0,251
1,9,0,130,0
`

func ExampleCSVToIPC() {
	dir, remove := folder("people.csv", "id,age,name,member\n1,34,Ann,true\n2,,\"Bo, jr\",false\n")
	defer remove()
	arrow := filepath.Join(dir, "people.arrow")
	info, err := features.CSVToIPC(context.Background(), filepath.Join(dir, "people.csv"), arrow, features.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range info.Schema.Fields() {
		fmt.Println(f.Name, f.Type.Name())
	}
	table, err := features.OpenTable(arrow)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer table.Close()
	ages, _ := table.Floats("age")
	fmt.Println(info.Rows, "rows, ages", ages)
	// Output:
	// id uint8
	// age uint8
	// name dictionary
	// member bool
	// 2 rows, ages [34 NaN]
}

// A column that must hold pixels is declared, and a value that is none is told
// with its place.
func ExampleCSVOptions_types() {
	dir, remove := folder("train.csv", strings.Replace(digits, "128", "I28", 1))
	defer remove()
	_, err := features.CSVToIPC(context.Background(), filepath.Join(dir, "train.csv"), filepath.Join(dir, "train.arrow"),
		features.CSVOptions{Types: []features.ColumnType{{Glob: "pixel*", Type: features.Uint8}}})
	fmt.Println(err)
	// Output: read train.csv: line 3, column "pixel2": want an integer in 0..255, got "I28"
}

func ExampleLoader() {
	dir, remove := folder("train.csv", digits)
	defer remove()
	ctx := context.Background()
	path := func(name string) string { return filepath.Join(dir, name) }
	if _, err := features.CSVToIPC(ctx, path("train.csv"), path("train.arrow"), features.CSVOptions{}); err != nil {
		fmt.Println(err)
		return
	}
	table, err := features.OpenTable(path("train.arrow"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer table.Close()
	if err := features.TableToImages(ctx, table, features.PixelOptions{Label: "label"}, path("images.arrow")); err != nil {
		fmt.Println(err)
		return
	}
	images, err := features.OpenImages(path("images.arrow"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer images.Close()
	loader := &features.Loader{Images: images, Classes: 10, Batch: 3}
	for batch, err := range loader.Epoch(ctx, 0) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(batch.N, "images, rows", batch.Rows, "first", batch.X[:4])
	}
	// Output:
	// 3 images, rows [0 1 2] first [0 1 0 1]
	// 1 images, rows [3] first [0.03529412 0 0.50980395 0]
}

func ExampleStratifiedKFold() {
	labels := []int{0, 0, 0, 0, 1, 1, 1, 1, 1, 1}
	folds, err := features.StratifiedKFold(labels, 2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	count := [2][2]int{}
	for row, fold := range folds {
		count[fold][labels[row]]++
	}
	fmt.Println("fold 0 holds", count[0], "of each class, fold 1", count[1])
	_, err = features.StratifiedKFold(labels, 5, 1)
	fmt.Println(err)
	// Output:
	// fold 0 holds [2 3] of each class, fold 1 [2 3]
	// want at least 5 rows of each class for 5 folds, got 4 of class 0
}

func ExampleAugment() {
	image := []byte{0, 0, 255, 0, 0}
	moved := make([]float32, len(image))
	features.Augment{}.Apply(moved, image, 1, 5, 1, 7, features.Normalize{Mean: []float32{0.5}, Std: []float32{0.5}})
	fmt.Println(moved)
	// Output: [-1 -1 1 -1 -1]
}

// Training rows 0 to 5, and two rows with pseudo-labels in every batch of six.
func ExampleMixture() {
	m := &features.Mixture{Sources: []features.Source{
		{Rows: []int{0, 1, 2, 3, 4, 5}, Share: 2. / 3},
		{Rows: []int{6, 7, 8, 9}, Share: 1. / 3},
	}}
	fmt.Println(m.Once(), m.Counts(6))
	// Output: 9 [4 2]
}
