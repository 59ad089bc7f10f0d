package submissions

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// maxRecord bounds one record of a submission file, in bytes. The widest
// sample we know of has some hundred columns; a longer record is a file of
// another kind or one with an unclosed quote, and must not fill the memory.
const maxRecord = 1 << 20

// errLongRecord says that a record passed maxRecord.
var errLongRecord = fmt.Errorf("more than %d bytes without the end of a row", maxRecord)

// errNUL says that a file is not text.
var errNUL = errors.New("a NUL byte, this is not a text file")

// scanner reads a CSV file row by row and knows where it is.
type scanner struct {
	name   string
	file   io.Closer
	csv    *csv.Reader
	guard  *guard
	header []string
	line   int // of the row that next gave last, 1-based
}

// scan opens the file at path and reads its header.
func scan(path string) (*scanner, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Usage, "check the path: ls "+filepath.Dir(path), "read %s: there is no such file", path)
	}
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, fault.New(fault.Usage, "name a CSV file in it", "read %s: it is a folder", path)
	}
	s, err := newScanner(path, f)
	if err != nil {
		f.Close()
		return nil, err
	}
	s.file = f
	return s, nil
}

func newScanner(name string, r io.Reader) (*scanner, error) {
	buffered := bufio.NewReader(r)
	// A byte order mark is not part of the first name; spreadsheets write one.
	if mark, _ := buffered.Peek(3); string(mark) == "\ufeff" {
		_, _ = buffered.Discard(3)
	}
	g := &guard{r: buffered}
	s := &scanner{name: name, guard: g, csv: csv.NewReader(g)}
	s.csv.FieldsPerRecord = -1 // checked here, with a better message
	s.csv.ReuseRecord = true
	header, err := s.read()
	if errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Failed, "a submission starts with a header line, then a line per id", "read %s: the file is empty", name)
	}
	if err != nil {
		return nil, err
	}
	s.header = append([]string(nil), header...)
	return s, nil
}

func (s *scanner) Close() error { return s.file.Close() }

// next is the next row, valid until the call after; io.EOF after the last.
func (s *scanner) next() ([]string, error) {
	row, err := s.read()
	if err != nil {
		return nil, err
	}
	if len(row) != len(s.header) {
		return nil, fault.New(fault.Failed, "every row needs the columns "+strings.Join(s.header, ","),
			"read %s: line %d: want %d columns, got %d", s.name, s.line, len(s.header), len(row))
	}
	return row, nil
}

func (s *scanner) read() ([]string, error) {
	s.guard.used = 0
	row, err := s.csv.Read()
	var syntax *csv.ParseError
	switch {
	case err == nil:
		s.line, _ = s.csv.FieldPos(0)
		return row, nil
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case errors.As(err, &syntax):
		s.line = syntax.StartLine
		return nil, fault.Wrap(syntax.Err, fault.Failed, "quote a cell that holds a comma or a quote, and double the quotes in it",
			"read %s: line %d, byte %d", s.name, syntax.Line, syntax.Column)
	}
	hint := ""
	if errors.Is(err, errLongRecord) || errors.Is(err, errNUL) {
		hint = "a submission is a CSV text file with a header and a line per id"
	}
	return nil, fault.Wrap(err, fault.Failed, hint, "read %s: line %d", s.name, s.line+1)
}

// at makes an error about the cell in column col of the last row.
func (s *scanner) at(col int, hint, format string, args ...any) error {
	return fault.New(fault.Failed, hint, "read %s: line %d, column %q: %s", s.name, s.line, s.header[col], fmt.Sprintf(format, args...))
}

// guard stops a read that would pile up a record without end, and at a NUL.
type guard struct {
	r    io.Reader
	used int // bytes read since the scanner asked for the present record
}

func (g *guard) Read(p []byte) (int, error) {
	if g.used > maxRecord {
		return 0, errLongRecord
	}
	n, err := g.r.Read(p)
	g.used += n
	for i, b := range p[:n] {
		if b == 0 {
			return i, errNUL
		}
	}
	return n, err
}
