package sandbox

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine bounds one line of a CSV in memory, in bytes.
const maxLine = 1 << 20

// table reads a CSV row by row in bounded memory. Errors name the line.
type table struct {
	r      *csv.Reader
	lines  *lineLimit
	header []string
	line   int // of the row that next gave last
}

var errLongLine = fmt.Errorf("line longer than %d bytes", maxLine)

func openTable(r io.Reader) (*table, error) {
	lines := &lineLimit{r: bufio.NewReader(r)}
	if b, _ := lines.r.Peek(3); string(b) == "\xef\xbb\xbf" {
		_, _ = lines.r.Discard(3) // was just peeked at
	}
	t := &table{r: csv.NewReader(lines), lines: lines}
	t.r.FieldsPerRecord = -1
	header, err := t.r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("empty file: want a header line")
	}
	if err != nil {
		return nil, plainCSV(err)
	}
	for _, h := range header {
		t.header = append(t.header, strings.TrimSpace(h))
	}
	t.r.ReuseRecord = true
	return t, nil
}

// next gives the next row, io.EOF after the last. The row is valid until the
// next call.
func (t *table) next() ([]string, error) {
	row, err := t.r.Read()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, plainCSV(err)
	}
	t.line, _ = t.r.FieldPos(0)
	if len(row) != len(t.header) {
		return nil, fmt.Errorf("line %d: want %d columns, got %d", t.line, len(t.header), len(row))
	}
	return row, nil
}

func plainCSV(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return fmt.Errorf("line %d: %w", p.Line, p.Err)
	}
	return err
}

// lineLimit ends a stream with errLongLine at an overlong line.
type lineLimit struct {
	r   *bufio.Reader
	run int // bytes since the last newline
}

func (l *lineLimit) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	for _, c := range b[:n] {
		if c == '\n' {
			l.run = 0
		} else if l.run++; l.run > maxLine {
			return 0, errLongLine
		}
	}
	return n, err
}
