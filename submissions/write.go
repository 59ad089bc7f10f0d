package submissions

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
)

// WriteLabels writes a file of two columns, id and label, in the order of rows. header is the sample's first line. Rows are streamed; on an
// error no file is left and one that was there is untouched.
func WriteLabels(path string, header []string, rows iter.Seq2[string, string]) error {
	if len(header) != 2 {
		return fmt.Errorf("write %s: a label file has 2 columns, the header has %d", path, len(header))
	}
	return write(path, header, func(yield func(string, []string) error) error {
		cell := make([]string, 1)
		for id, label := range rows {
			cell[0] = label
			if err := yield(id, cell); err != nil {
				return err
			}
		}
		return nil
	})
}

// WriteProba writes a file of an id and one probability a column, in the order
// of rows, with the fewest digits that give back the same float32. Every row
// must have len(header)-1 values in [0, 1]. Rows are streamed; on an error no
// file is left and one that was there is untouched.
func WriteProba(path string, header []string, rows iter.Seq2[string, []float32]) error {
	if len(header) < 2 {
		return fmt.Errorf("write %s: a probability file has at least 2 columns, the header has %d", path, len(header))
	}
	return write(path, header, func(yield func(string, []string) error) error {
		cells := make([]string, len(header)-1)
		for id, proba := range rows {
			if len(proba) != len(cells) {
				return fmt.Errorf("id %q: want %d probabilities, got %d", id, len(cells), len(proba))
			}
			for i, p := range proba {
				if math.IsNaN(float64(p)) || p < 0 || p > 1 {
					return fmt.Errorf("id %q, column %q: want a probability in [0, 1], got %v", id, header[i+1], p)
				}
				cells[i] = strconv.FormatFloat(float64(p), 'g', -1, 32)
			}
			if err := yield(id, cells); err != nil {
				return err
			}
		}
		return nil
	})
}

// write streams the header and what produce yields into a file made whole.
func write(path string, header []string, produce func(yield func(id string, cells []string) error) error) error {
	err := atomicfile.Write(path, 0o644, func(w io.Writer) error {
		out := csv.NewWriter(w)
		if err := out.Write(header); err != nil {
			return err
		}
		record := make([]string, 0, len(header))
		err := produce(func(id string, cells []string) error {
			if id == "" {
				return fmt.Errorf("a row has an empty id")
			}
			record = append(append(record[:0], id), cells...)
			return out.Write(record)
		})
		if err != nil {
			return err
		}
		out.Flush()
		return out.Error()
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// LabelRows pairs ids with labels for WriteLabels: with the names of the classes,
// or, where names is nil, their numbers. Lengths that differ panic.
func LabelRows(ids []string, labels []int, names []string) iter.Seq2[string, string] {
	if len(ids) != len(labels) {
		panic(fmt.Sprintf("submissions: %d ids, %d labels", len(ids), len(labels)))
	}
	return func(yield func(string, string) bool) {
		for i, id := range ids {
			label := strconv.Itoa(labels[i])
			if names != nil {
				label = names[labels[i]]
			}
			if !yield(id, label) {
				return
			}
		}
	}
}

// ProbaRows pairs ids with the rows of proba, row-major [len(ids), classes],
// for WriteProba. A size that does not fit panics.
func ProbaRows(ids []string, proba []float32, classes int) iter.Seq2[string, []float32] {
	if len(proba) != len(ids)*classes {
		panic(fmt.Sprintf("submissions: %d ids of %d classes, %d probabilities", len(ids), classes, len(proba)))
	}
	return func(yield func(string, []float32) bool) {
		for i, id := range ids {
			if !yield(id, proba[i*classes:(i+1)*classes]) {
				return
			}
		}
	}
}
