package submissions

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Answers is a file of predictions, whole in memory: a submission, or what a
// model made elsewhere says of the training rows.
type Answers struct {
	Path   string
	Header []string // the id's column first
	IDs    []string // each once
	Cells  []string // [len(IDs), len(Header)-1], as they stand
	Lines  []int    // of each row, 1-based

	row map[string]int
}

// maxAnswers bounds the files that ReadAnswers takes, in bytes: the largest
// samples of competitions that we know of are a tenth of it.
const maxAnswers = 4 << 30

// ReadAnswers reads a file of a header and a row an id. An empty cell or id, an
// id or a column that is there twice and a ragged row are errors that name file,
// line and column.
func ReadAnswers(path string) (*Answers, error) {
	s, err := scan(path)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if info, err := os.Stat(path); err == nil && info.Size() > maxAnswers {
		return nil, fault.New(fault.Failed, "is it a submission?", "read %s: want at most %d bytes, got %d", path, int64(maxAnswers), info.Size())
	}
	return readAnswers(s)
}

func readAnswers(s *scanner) (*Answers, error) {
	if len(s.header) < 2 {
		return nil, fault.New(fault.Failed, "a file of predictions has an id column and one a value", "read %s: line 1: want an id column and at least one more, got %d",
			s.name, len(s.header))
	}
	for i, name := range s.header {
		if slices.Contains(s.header[:i], name) {
			return nil, fault.New(fault.Failed, "columns are told apart by their names", "read %s: line 1: the column %q is there twice", s.name, name)
		}
	}
	a := &Answers{Path: s.name, Header: s.header, row: map[string]int{}}
	for {
		row, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		for i, cell := range row {
			if cell == "" {
				return nil, s.at(i, "every row needs an id and a value a column", "the cell is empty")
			}
		}
		id := strings.Clone(row[0])
		if first, twice := a.row[id]; twice {
			return nil, s.at(0, "every id needs exactly one row", "the id %q is there a second time, first in line %d", id, a.Lines[first])
		}
		a.row[id] = len(a.IDs)
		a.IDs, a.Lines = append(a.IDs, id), append(a.Lines, s.line)
		for _, cell := range row[1:] {
			a.Cells = append(a.Cells, strings.Clone(cell))
		}
	}
	if len(a.IDs) == 0 {
		return nil, fault.New(fault.Failed, "is it the right file?", "read %s: a header but no rows", s.name)
	}
	return a, nil
}

// like is a with the columns and the rows of ids in the order of header and ids,
// which must be all that a has. whose is where they are from and lineOf tells in
// which line of it each id is, 0 where that says nothing.
func (a *Answers) like(header, ids []string, whose string, lineOf func(int) int) (*Answers, error) {
	columns, err := a.columnsLike(header, whose)
	if err != nil {
		return nil, err
	}
	out := &Answers{Path: a.Path, Header: header, IDs: ids, Lines: make([]int, len(ids)), Cells: make([]string, 0, len(a.Cells))}
	width := len(header) - 1
	used := make([]bool, len(a.IDs))
	for i, id := range ids {
		r, ok := a.row[id]
		if !ok {
			where := whose
			if l := lineOf(i); l > 0 {
				where = fmt.Sprintf("%s, line %d", whose, l)
			}
			return nil, fault.New(fault.Failed, "both need the same ids, in any order", "read %s: no row has the id %q of %s", a.Path, id, where)
		}
		used[r], out.Lines[i] = true, a.Lines[r]
		for _, c := range columns {
			out.Cells = append(out.Cells, a.Cells[r*width+c])
		}
	}
	if r := slices.Index(used, false); r >= 0 {
		return nil, fault.New(fault.Failed, "both need the same ids, in any order", "read %s: line %d: the id %q is not in %s", a.Path, a.Lines[r], a.IDs[r], whose)
	}
	return out, nil
}

// columnsLike are the places, after the id, of the columns of header in a.
func (a *Answers) columnsLike(header []string, whose string) ([]int, error) {
	hint := fmt.Sprintf("%s has the columns %s", whose, brief(header))
	if a.Header[0] != header[0] {
		return nil, fault.New(fault.Failed, hint, "read %s: line 1: want the id column %q first, got %q", a.Path, header[0], a.Header[0])
	}
	var columns []int
	for _, name := range header[1:] {
		c := slices.Index(a.Header[1:], name)
		if c < 0 {
			return nil, fault.New(fault.Failed, hint, "read %s: line 1: no column is called %q", a.Path, name)
		}
		columns = append(columns, c)
	}
	for _, name := range a.Header[1:] {
		if !slices.Contains(header[1:], name) {
			return nil, fault.New(fault.Failed, hint, "read %s: line 1: the column %q is not in %s", a.Path, name, whose)
		}
	}
	return columns, nil
}

// numbers are the cells as finite numbers, [len(IDs), len(Header)-1].
func (a *Answers) numbers() ([]float64, error) {
	out, width := make([]float64, len(a.Cells)), len(a.Header)-1
	for i, cell := range a.Cells {
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, a.at(i/width, i%width, "labels cannot be averaged: --how vote", "want a finite number, got %q", cell)
		}
		out[i] = v
	}
	return out, nil
}

// at makes an error about a cell.
func (a *Answers) at(row, col int, hint, format string, args ...any) error {
	return fault.New(fault.Failed, hint, "read %s: line %d, column %q: %s", a.Path, a.Lines[row], a.Header[col+1], fmt.Sprintf(format, args...))
}

// whole reports whether every cell is a whole number.
func (a *Answers) whole() bool {
	for _, cell := range a.Cells {
		if _, err := strconv.ParseInt(cell, 10, 64); err != nil {
			return false
		}
	}
	return true
}

// Proba are the file's probabilities in the order of ids, whose every one it must
// have and no other: row-major [len(ids), classes]. whose says where the ids are
// from. The columns after the id are called after the classes, or "0", "1", ..., or
// "p0", "p1", ..., in any order; of two classes it may be one column of any name,
// with the probability of the second. Values are in [0, 1]; rows sum to one but
// for what rounding leaves, and are rescaled to.
func (a *Answers) Proba(ids []string, whose string, classes []string) ([]float32, error) {
	header, err := a.classHeader(classes)
	if err != nil {
		return nil, err
	}
	a, err = a.like(header, ids, whose, func(int) int { return 0 })
	if err != nil {
		return nil, err
	}
	x, err := a.numbers()
	if err != nil {
		return nil, err
	}
	width := len(header) - 1
	out := make([]float32, 0, len(ids)*len(classes))
	for r := range ids {
		row, sum := x[r*width:(r+1)*width], 0.0
		for c, p := range row {
			if p < 0 || p > 1 {
				return nil, a.at(r, c, "a member of a blend is a file of probabilities", "want a probability in [0, 1], got %v", p)
			}
			sum += p
		}
		if width == 1 {
			out = append(out, float32(1-row[0]), float32(row[0]))
			continue
		}
		if math.Abs(sum-1) > sumTolerance {
			return nil, fault.New(fault.Failed, "one column a class, which sum to 1", "read %s: line %d: the probabilities sum to %v", a.Path, a.Lines[r], sum)
		}
		for _, p := range row {
			out = append(out, float32(p/sum))
		}
	}
	return out, nil
}

// classHeader is the file's header with the columns in the order of the classes.
func (a *Answers) classHeader(classes []string) ([]string, error) {
	if len(classes) == 2 && len(a.Header) == 2 {
		return a.Header, nil
	}
	for _, name := range []func(int) string{
		func(c int) string { return classes[c] }, strconv.Itoa, func(c int) string { return "p" + strconv.Itoa(c) },
	} {
		header := []string{a.Header[0]}
		for c := range classes {
			if slices.Contains(a.Header[1:], name(c)) {
				header = append(header, name(c))
			}
		}
		if len(header) == len(classes)+1 {
			return header, nil
		}
	}
	hint := fmt.Sprintf("a column a class: %s", brief(append([]string{a.Header[0]}, classes...)))
	if len(classes) == 2 {
		hint = fmt.Sprintf("one column, the probability of %s, or two called %s", classes[1], strings.Join(classes, " and "))
	}
	return nil, fault.New(fault.Failed, hint, "read %s: line 1: want a column for each of %d classes, got %s", a.Path, len(classes), brief(a.Header))
}
