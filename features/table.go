package features

import (
	"fmt"
	"iter"
	"path"
	"path/filepath"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/seed-a5aa75a0/podium/features/ipcmap"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// Table is an Arrow IPC file in a memory map. It may be read by several
// goroutines at once.
type Table struct {
	path string
	file *ipcmap.File
}

// OpenTable maps the Arrow IPC file at path. Close it after the last use of its
// records; slices that its methods return are copies and stay good.
func OpenTable(path string) (*Table, error) {
	f, err := ipcmap.Open(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.Failed, "make it again from the CSV file", "table")
	}
	return &Table{path: path, file: f}, nil
}

// Close removes the map.
func (t *Table) Close() error { return t.file.Close() }

// NumRows is the number of rows.
func (t *Table) NumRows() int { return int(t.file.NumRows()) }

// Schema is the Arrow schema.
func (t *Table) Schema() *arrow.Schema { return t.file.Schema() }

// Names are the columns in the order of the header.
func (t *Table) Names() []string {
	var names []string
	for _, f := range t.Schema().Fields() {
		names = append(names, f.Name)
	}
	return names
}

// Match is the columns whose names match the glob (path.Match: "pixel*"), in the
// order of the header. No match is an error.
func (t *Table) Match(glob string) ([]string, error) {
	var names []string
	for _, n := range t.Names() {
		ok, err := path.Match(glob, n)
		if err != nil {
			return nil, badGlob(glob, err)
		}
		if ok {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return nil, t.noColumn(glob)
	}
	return names, nil
}

// Records walks over the record batches. A record is good until the next step
// of the loop; retain it to keep it, release it before Close.
func (t *Table) Records() iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		for i := range t.file.NumRecords() {
			rec, err := t.file.Record(i)
			if err != nil {
				yield(nil, err)
				return
			}
			more := yield(rec, nil)
			rec.Release()
			if !more {
				return
			}
		}
	}
}

// source is the name of the file that rows are counted in, for errors.
func (t *Table) source() string {
	if s, ok := t.Schema().Metadata().GetValue(metaSource); ok {
		return s
	}
	return filepath.Base(t.path)
}

// place says where a row was in the CSV file, for errors.
func (t *Table) place(row int64) string {
	if s, ok := t.Schema().Metadata().GetValue(metaLine); ok {
		if first, err := strconv.ParseInt(s, 10, 64); err == nil {
			return fmt.Sprintf("line %d", first+row)
		}
	}
	return fmt.Sprintf("row %d after the header", row+1)
}

// field is the place of a column in the schema.
func (t *Table) field(name string) (int, error) {
	if i := t.Schema().FieldIndices(name); len(i) > 0 {
		return i[0], nil
	}
	return 0, t.noColumn(name)
}

// noColumn names the column that is nearest to what was asked for.
func (t *Table) noColumn(name string) error {
	names := t.Names()
	hint := fmt.Sprintf("it has %d columns, the first is %q", len(names), first(names))
	if near := nearest.Word(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return fault.New(fault.Usage, hint, "%s has no column %q", t.source(), name)
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// bad is a fault of one value.
func (t *Table) bad(row int64, name, want, got string) error {
	return fault.New(fault.Failed, "mend that value in "+t.source()+", or leave the column out",
		"read %s: %s, column %q: want %s, got %s", t.source(), t.place(row), name, want, got)
}
