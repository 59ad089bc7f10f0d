package features

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Joined says how a table was joined to photos.
type Joined struct {
	On      []string // columns that both have
	Columns []string // that the photos got from it
	Rows    int      // of the table
	// Absent is how many of its rows are of no photo, and First what the first of
	// them has in the columns On.
	Absent int
	First  string
}

// photoList is a table with more columns of photos, as text, which is how the words
// in a file's name compare.
type photoList struct {
	table  *Table
	names  []string
	values [][]string // [names][rows]
	dir    string     // of the table
}

// readList reads the CSV file at path through an Arrow table in a folder of its own.
func readList(ctx context.Context, path string) (*photoList, error) {
	dir, err := os.MkdirTemp("", "podium-list-")
	if err != nil {
		return nil, err
	}
	l := &photoList{dir: dir}
	to := filepath.Join(dir, "list.arrow")
	if _, err = CSVToIPC(ctx, path, to, CSVOptions{Types: []ColumnType{{Glob: "*", Type: Text}}}); err == nil {
		l.table, err = OpenTable(to)
	}
	if err != nil {
		l.close()
		return nil, err
	}
	l.names = l.table.Names()
	for _, name := range l.names {
		column, err := l.table.Strings(name)
		if err != nil {
			l.close()
			return nil, err
		}
		l.values = append(l.values, column)
	}
	return l, nil
}

func (l *photoList) close() {
	if l.table != nil {
		l.table.Close()
	}
	os.RemoveAll(l.dir)
}

// join gives every photo the columns of its row of the table at path.
func (in *ingest) join(ctx context.Context, path string) error {
	l, err := readList(ctx, path)
	if err != nil {
		return err
	}
	defer l.close()
	on, add, err := l.split(in.names)
	if err != nil {
		return err
	}
	rowOf, err := l.index(on)
	if err != nil {
		return err
	}
	if err := in.each(l, on, add, rowOf); err != nil {
		return err
	}
	joined := Joined{Rows: l.table.NumRows(), Absent: len(rowOf)} // each has left what no photo took
	first := -1
	for _, row := range rowOf {
		if first < 0 || row < first {
			first = row
		}
	}
	if first >= 0 {
		joined.First = l.shown(on, first)
	}
	for _, c := range on {
		joined.On = append(joined.On, l.names[c])
	}
	for _, c := range add {
		joined.Columns = append(joined.Columns, joinedName(l.names[c]))
	}
	in.names = append(in.names, joined.Columns...)
	in.report.Joined = &joined
	return nil
}

// each appends to the values of each photo those of its row, and takes the row out of
// rowOf.
func (in *ingest) each(l *photoList, on, add []int, rowOf map[string]int) error {
	at := make([]int, len(on)) // columns of the pattern
	for i, c := range on {
		at[i] = slices.Index(in.names, l.names[c])
	}
	taken := make(map[string]int, len(in.files))
	var lost []int
	for i := range in.files {
		f := &in.files[i]
		key := keyOf(at, func(c int) string { return f.values[c] })
		if first, twice := taken[key]; twice {
			return fault.New(fault.Failed, "braces in data.images that tell every photo apart, and columns of the same names in the table",
				"%s: photos %.200q and %.200q both have %s", l.table.source(), in.files[first].name, f.name, shownKey(in.names, at, f.values))
		}
		taken[key] = i
		row, ok := rowOf[key]
		if !ok {
			lost = append(lost, i)
			continue
		}
		delete(rowOf, key)
		for _, c := range add {
			f.values = append(f.values, l.values[c][row])
		}
	}
	if len(lost) == 0 {
		return nil
	}
	more := ""
	if len(lost) > 1 {
		more = fmt.Sprintf(", nor for %d other photos", len(lost)-1)
	}
	hint := fmt.Sprintf("%s has, at %s, %s; leave data.join out, or take such photos away", l.table.source(), l.table.place(0), l.shown(on, 0))
	f := &in.files[lost[0]]
	return fault.New(fault.Failed, hint, "photo %.200q: want a row with %s in %s, got none%s",
		f.name, shownKey(in.names, at, f.values), l.table.source(), more)
}

// split is which columns of the list names have too, and which are new.
func (l *photoList) split(names []string) (on, add []int, err error) {
	for c, name := range l.names {
		if slices.Contains(names, name) {
			on = append(on, c)
		} else {
			add = append(add, c)
		}
	}
	if len(on) == 0 {
		return nil, nil, fault.New(fault.Usage, fmt.Sprintf("call the word in braces of data.images as the table's column, such as {%s}", l.names[len(l.names)-1]),
			"%s: want a column that the photos have too (%s), got %s", l.table.source(), strings.Join(names, ", "), someOf(l.names))
	}
	if len(add) == 0 {
		return nil, nil, fault.New(fault.Usage, "leave data.join out", "%s: want a column that the photos have not, got %s", l.table.source(), someOf(l.names))
	}
	for _, c := range add {
		if name := joinedName(l.names[c]); name != l.names[c] && (slices.Contains(names, name) || slices.Contains(l.names, name)) {
			return nil, nil, fault.New(fault.Usage, "", "%s: column %q would become %q, as every photo has %s, and there is such a column",
				l.table.source(), l.names[c], name, strings.Join(photoColumns, ", "))
		}
	}
	return on, add, nil
}

// joinedName is what a column of a list is called in the table of photos, which has
// some columns anyway.
func joinedName(name string) string {
	if slices.Contains(photoColumns, name) {
		return "list_" + name
	}
	return name
}

// index is the row of each key.
func (l *photoList) index(on []int) (map[string]int, error) {
	rowOf := make(map[string]int, l.table.NumRows())
	for row := range l.table.NumRows() {
		for _, c := range on {
			if l.values[c][row] == "" {
				return nil, l.table.bad(int64(row), l.names[c], "what names a photo", "nothing")
			}
		}
		key := l.key(on, row)
		if first, twice := rowOf[key]; twice {
			return nil, fault.New(fault.Failed, "want one row a photo", "read %s: %s, column %q: %s has a row already, at %s",
				l.table.source(), l.table.place(int64(row)), l.names[on[0]], l.shown(on, row), l.table.place(int64(first)))
		}
		rowOf[key] = row
	}
	return rowOf, nil
}

func (l *photoList) key(on []int, row int) string {
	return keyOf(on, func(c int) string { return l.values[c][row] })
}

// shown is what a row has in the columns, for people: img "img_1.jpg".
func (l *photoList) shown(on []int, row int) string {
	values := make([]string, len(l.names))
	for c := range l.names {
		values[c] = l.values[c][row]
	}
	return shownKey(l.names, on, values)
}

// keyOf joins values, none of which has a NUL: CSVToIPC refuses it, and file names
// have none.
func keyOf(columns []int, value func(c int) string) string {
	if len(columns) == 1 {
		return value(columns[0])
	}
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = value(c)
	}
	return strings.Join(parts, "\x00")
}

func shownKey(names []string, columns []int, values []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = names[c] + " " + shown(values[c])
	}
	return strings.Join(parts, ", ")
}

// someOf lists names, not too many of them.
func someOf(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
