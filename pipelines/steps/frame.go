package steps

import (
	"fmt"
	"os"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/seed-a5aa75a0/podium/features"
)

// frame is a small table that a step hands to another: a whole number column a
// name, a matrix of probabilities in columns p0, p1, ... and a box a row in the
// columns x, y, w and h.
type frame struct {
	names   []string  // of the whole number columns
	ints    [][]int64 // [len(names)][rows]
	proba   []float32 // [rows, classes], may be nil
	classes int
	boxes   []float32 // [rows, 4], nil for none
}

// boxColumns are the columns of boxes.
var boxColumns = [4]string{"x", "y", "w", "h"}

func (f frame) rows() int {
	if len(f.ints) > 0 {
		return len(f.ints[0])
	}
	return len(f.proba) / max(f.classes, 1)
}

// inOrder is the probabilities of f, whose rows are called own, in the order of
// the ids, which are the same names.
func (f frame) inOrder(own, ids []string) (frame, error) {
	if len(own) != f.rows() {
		return frame{}, fmt.Errorf("want an id for each of %d rows, got %d", f.rows(), len(own))
	}
	row := make(map[string]int, len(own))
	for i, id := range own {
		if first, twice := row[id]; twice {
			return frame{}, fmt.Errorf("the id %q is in rows %d and %d of the test table", id, first+1, i+1)
		}
		row[id] = i
	}
	out := frame{classes: f.classes, proba: make([]float32, 0, len(f.proba))}
	for _, id := range ids {
		r, ok := row[id]
		if !ok {
			return frame{}, fmt.Errorf("the id %q of the sample is not in the test table", id)
		}
		out.proba = append(out.proba, f.proba[r*f.classes:(r+1)*f.classes]...)
	}
	return out, nil
}

// write makes the Arrow IPC file at path.
func (f frame) write(path string) (err error) {
	var fields []arrow.Field
	for _, n := range f.names {
		fields = append(fields, arrow.Field{Name: n, Type: arrow.PrimitiveTypes.Int64})
	}
	for c := range f.classes {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("p%d", c), Type: arrow.PrimitiveTypes.Float32})
	}
	if f.boxes != nil {
		for _, n := range boxColumns {
			fields = append(fields, arrow.Field{Name: n, Type: arrow.PrimitiveTypes.Float32})
		}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for i, col := range f.ints {
		if len(col) != f.rows() {
			return fmt.Errorf("write %s: column %q: want %d rows, got %d", path, f.names[i], f.rows(), len(col))
		}
		b.Field(i).(*array.Int64Builder).AppendValues(col, nil)
	}
	if len(f.proba) != f.rows()*f.classes {
		return fmt.Errorf("write %s: want %d x %d probabilities, got %d", path, f.rows(), f.classes, len(f.proba))
	}
	col := make([]float32, f.rows())
	for c := range f.classes {
		for r := range col {
			col[r] = f.proba[r*f.classes+c]
		}
		b.Field(len(f.names)+c).(*array.Float32Builder).AppendValues(col, nil)
	}
	if f.boxes != nil && len(f.boxes) != 4*f.rows() {
		return fmt.Errorf("write %s: want %d boxes, got %d values", path, f.rows(), len(f.boxes))
	}
	for c := range len(f.boxes) / max(f.rows(), 1) {
		for r := range col {
			col[r] = f.boxes[4*r+c]
		}
		b.Field(len(f.names)+f.classes+c).(*array.Float32Builder).AppendValues(col, nil)
	}
	rec := b.NewRecord()
	defer rec.Release()

	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := out.Close(); err == nil {
			err = cerr
		}
	}()
	w, err := ipc.NewFileWriter(out, ipc.WithSchema(rec.Schema()))
	if err != nil {
		return err
	}
	if err := w.Write(rec); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return w.Close()
}

// readFrame reads what write wrote: the named columns, all of p0, p1, ... and the
// boxes.
func readFrame(path string, names ...string) (frame, error) {
	t, err := features.OpenTable(path)
	if err != nil {
		return frame{}, err
	}
	defer t.Close()
	f := frame{names: names}
	for _, n := range names {
		col, err := t.Ints(n)
		if err != nil {
			return frame{}, err
		}
		f.ints = append(f.ints, col)
	}
	if slices.Contains(t.Names(), boxColumns[0]) {
		f.boxes = make([]float32, 4*t.NumRows())
		for c, n := range boxColumns {
			col, err := t.Floats(n)
			if err != nil {
				return frame{}, err
			}
			for r, v := range col {
				f.boxes[4*r+c] = float32(v)
			}
		}
	}
	cols, err := t.Match("p[0-9]*")
	if err != nil || len(cols) == 0 {
		return f, nil // a table without probabilities
	}
	f.classes = len(cols)
	f.proba = make([]float32, t.NumRows()*f.classes)
	for c := range f.classes {
		col, err := t.Floats(fmt.Sprintf("p%d", c))
		if err != nil {
			return frame{}, err
		}
		for r, v := range col {
			f.proba[r*f.classes+c] = float32(v)
		}
	}
	return f, nil
}
