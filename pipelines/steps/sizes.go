package steps

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// otherSize stands for photo sizes that no training photo has.
const otherSize = "other"

// newSizes numbers the sizes that the training photos had before they were brought to
// one: the most frequent first, and behind them all others as one.
func newSizes() pipelines.Op {
	return funcOp{
		op: op{name: "sizes", version: 1, in: []pipelines.Port{{Name: "images", Kind: kindImages}}, out: sizesOutputs()},
		run: func(_ context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			photos, err := sizedPhotos(in.Path("images"))
			if err != nil {
				return pipelines.Report{}, err
			}
			return writeSizes(env, photos, sizesOf(photos))
		},
	}
}

// newTestSizes numbers the sizes of the test photos as newSizes has numbered those of
// the training photos.
func newTestSizes() pipelines.Op {
	return funcOp{
		op: op{name: "test_sizes", version: 1, in: []pipelines.Port{{Name: "images", Kind: kindImages}, {Name: "sizes", Kind: kindSizes}}, out: sizesOutputs()},
		run: func(_ context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			photos, err := sizedPhotos(in.Path("images"))
			if err != nil {
				return pipelines.Report{}, err
			}
			known, err := readSizes(in.Path("sizes"))
			if err != nil {
				return pipelines.Report{}, err
			}
			return writeSizes(env, photos, known.names)
		},
	}
}

// sizesOutputs is the port of writeSizes: a folder.
func sizesOutputs() []pipelines.Port {
	return []pipelines.Port{{Name: "sizes", Kind: kindSizes, File: "sizes"}}
}

// writeSizes writes the sizes and which of them each photo has.
func writeSizes(env pipelines.Env, photos []features.SizedPhoto, names []string) (pipelines.Report, error) {
	dir := env.Path("sizes")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return pipelines.Report{}, err
	}
	rows := sizeNumbers(photos, names)
	others := 0
	for _, s := range rows {
		if s == len(names)-1 {
			others++
		}
	}
	report := pipelines.Report{Metrics: map[string]float64{"sizes": float64(len(names) - 1), "other_sizes": float64(others)},
		Notes: map[string]string{"sizes": strings.Join(names, ", ")}}
	f := frame{names: []string{"row", "size"}, ints: [][]int64{wide(count(len(rows))), wide(rows)}}
	if err := f.write(filepath.Join(dir, "rows.arrow")); err != nil {
		return report, err
	}
	return report, writeJSON(filepath.Join(dir, "sizes.json"), names)
}

// photoSizes are the sizes that photos had, and which of them each row had.
type photoSizes struct {
	names []string // otherSize is the last
	rows  []int
}

// readSizes reads what writeSizes wrote to the folder dir.
func readSizes(dir string) (s photoSizes, err error) {
	if err := readJSON(filepath.Join(dir, "sizes.json"), &s.names); err != nil {
		return s, err
	}
	f, err := readFrame(filepath.Join(dir, "rows.arrow"), "size")
	if err == nil {
		s.rows = narrow(f.ints[0])
	}
	return s, err
}

func sizeName(p features.SizedPhoto) string { return fmt.Sprintf("%dx%d", p.Width, p.Height) }

// sizesOf are the sizes of photos, the most frequent first, and otherSize.
func sizesOf(photos []features.SizedPhoto) []string {
	counts := map[string]int{}
	for _, p := range photos {
		counts[sizeName(p)]++
	}
	var sizes []string
	for s := range counts {
		sizes = append(sizes, s)
	}
	slices.SortFunc(sizes, func(a, b string) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return append(sizes, otherSize)
}

// sizeNumbers is the place of each photo's size among sizes, whose last is of others.
func sizeNumbers(photos []features.SizedPhoto, sizes []string) []int {
	number := map[string]int{}
	for i, s := range sizes {
		number[s] = i
	}
	out := make([]int, len(photos))
	for i, p := range photos {
		n, ok := number[sizeName(p)]
		if !ok {
			n = len(sizes) - 1
		}
		out[i] = n
	}
	return out
}

// otherEvery is how many photos of a size a net must have learnt from to be told of the
// size; every one of so many is told to be of another, so that it learns what to do
// without. A size that it has never been told would throw it off: the column is
// normalised by what it was in training.
const otherEvery = 8

// learnt says which sizes a net is told that learns from rows, the others being
// otherSize to it, and what it is told of those rows.
func (s photoSizes) learnt(rows []int) (knows []bool, told []int) {
	counts := make([]int, len(s.names))
	for _, row := range rows {
		counts[s.rows[row]]++
	}
	knows = make([]bool, len(s.names))
	for i, n := range counts {
		knows[i] = n >= otherEvery
	}
	other := len(s.names) - 1
	told = s.as(knows)
	clear(counts)
	for _, row := range rows {
		size := s.rows[row]
		if counts[size]%otherEvery == 0 {
			told[row] = other
		}
		counts[size]++
	}
	return knows, told
}

// as is the size of each row for a net that is told the sizes that it knows.
func (s photoSizes) as(knows []bool) []int {
	out := make([]int, len(s.rows))
	for i, size := range s.rows {
		if out[i] = size; !knows[size] {
			out[i] = len(s.names) - 1
		}
	}
	return out
}
