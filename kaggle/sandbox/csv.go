package sandbox

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxRow bounds one row of a CSV in memory, in bytes; the line breaks inside
// its quotes count too.
const maxRow = 1 << 20

// table reads a CSV row by row in bounded memory. Errors name the line.
type table struct {
	r      *csv.Reader
	limit  *rowLimit
	header []string
	line   int   // of the row that next gave last
	base   int64 // bytes before the header: a byte order mark
}

var errLongRow = fmt.Errorf("row longer than %d bytes: is a quote not closed?", maxRow)

func openTable(r io.Reader) (*table, error) {
	limit := &rowLimit{r: bufio.NewReader(r)}
	t := &table{r: csv.NewReader(limit), limit: limit}
	if b, _ := limit.r.Peek(3); string(b) == "\xef\xbb\xbf" {
		_, _ = limit.r.Discard(3) // was just peeked at
		t.base = 3
	}
	t.r.FieldsPerRecord = -1
	header, err := t.r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("empty file: want a header line")
	}
	if err != nil {
		return nil, t.explain(err)
	}
	for _, h := range header {
		t.header = append(t.header, strings.TrimSpace(h))
	}
	t.line, _ = t.r.FieldPos(len(header) - 1)
	t.r.ReuseRecord = true
	return t, nil
}

// next gives the next row, io.EOF after the last. The row is valid until the
// next call.
func (t *table) next() ([]string, error) {
	t.limit.used = 0
	row, err := t.r.Read()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, t.explain(err)
	}
	t.line, _ = t.r.FieldPos(0)
	if len(row) != len(t.header) {
		return nil, fmt.Errorf("line %d: want %d columns, got %d", t.line, len(t.header), len(row))
	}
	return row, nil
}

// end is where the row that next gave last ends, in bytes from the beginning
// of the file.
func (t *table) end() int64 { return t.base + t.r.InputOffset() }

func (t *table) explain(err error) error {
	var p *csv.ParseError
	switch {
	case errors.As(err, &p):
		return fmt.Errorf("line %d: %w", p.Line, p.Err)
	case errors.Is(err, errLongRow):
		return fmt.Errorf("after line %d: %w", t.line, err)
	}
	return err
}

// rowLimit ends a stream with errLongRow in an overlong row.
type rowLimit struct {
	r    *bufio.Reader
	used int // bytes read since the row was begun
}

func (l *rowLimit) Read(b []byte) (int, error) {
	if l.used > maxRow {
		return 0, errLongRow
	}
	n, err := l.r.Read(b)
	l.used += n
	return n, err
}
