package features

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/seed-a5aa75a0/podium/features/csvblock"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// bad is a fault of the file with a hint; the message follows "read NAME: ".
func (s *csvSource) bad(hint, format string, args ...any) error {
	return fault.New(fault.Failed, hint, "read %s: %s", s.name, fmt.Sprintf(format, args...))
}

// look is a hint that shows the line.
func (s *csvSource) look(line int64) string {
	return fmt.Sprintf("look at it: sed -n %dp %s", line, s.file.Name())
}

// fault gives an error of the splitter its file; nil and io.EOF pass.
func (s *csvSource) fault(err error) error {
	var long *csvblock.TooLong
	if errors.As(err, &long) {
		return s.tooLong(long.Line, long.Max)
	}
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return fmt.Errorf("read %s: %w", s.name, err)
}

func (s *csvSource) tooLong(line int64, limit int) error {
	return s.bad("is it a CSV file, and is every quote on that line closed?",
		"line %d: want at most %d bytes in a row, got more", line, limit)
}

func (s *csvSource) misfit(line int64, col int, t Type, got string) error {
	return s.bad(s.look(line), "line %d, column %q: want %s, got %s", line, s.header[col], t.want(), shown(got))
}

func (s *csvSource) ragged(line int64, got int) error {
	want := len(s.header)
	where := fmt.Sprintf("column %q is missing", s.header[min(got, want-1)])
	if got > want {
		where = fmt.Sprintf("nothing may follow column %q", s.header[want-1])
	}
	return s.bad(s.look(line), "line %d: want %d fields as in the header, got %d: %s", line, want, got, where)
}

// changed is the error of the second pass for what the first did not see.
func (s *csvSource) changed(line int64) error {
	return s.bad("run it again when nothing writes to the file", "line %d: the file changed while it was read", line)
}

// parse explains an error of encoding/csv in a part of the file that starts at
// the given line.
func (s *csvSource) parse(err error, first int64) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return fmt.Errorf("read %s: %w", s.name, err)
	}
	line := first + int64(p.Line) - 1
	if errors.Is(p.Err, csv.ErrQuote) && p.Line > p.StartLine {
		start := first + int64(p.StartLine) - 1
		return s.bad(s.look(start), "line %d: a quoted field that starts in this row is not closed properly (line %d)", start, line)
	}
	return s.bad(`a field with a quote in it is quoted as a whole, with the quote doubled: "5"" disk"`,
		"line %d, byte %d: %v", line, p.Column, p.Err)
}

// badByte finds the first NUL, or the first byte that is not UTF-8, of data.
func (s *csvSource) badByte(data []byte, first int64) error {
	line, start := first, 0
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == 0:
			return s.bad("is it a text file? UTF-16 can be converted: iconv -f UTF-16 -t UTF-8",
				"line %d, %s: want text, got a NUL byte", line, s.columnName(columnAt(data[start:i])))
		case r == utf8.RuneError && n == 1:
			return s.bad("convert it: iconv -f ISO-8859-1 -t UTF-8 "+s.file.Name()+" > utf8.csv",
				"line %d, %s: want UTF-8, got the byte 0x%02x", line, s.columnName(columnAt(data[start:i])), data[i])
		case r == '\n':
			line, start = line+1, i+1
		}
		i += n
	}
	return nil
}

// columnAt counts the commas outside quotes before a place in a line.
func columnAt(line []byte) int {
	col, open := 0, false
	for _, c := range line {
		if c == '"' {
			open = !open
		}
		if c == ',' && !open {
			col++
		}
	}
	return col
}

// columnName names column col for an error, also before the header is known.
func (s *csvSource) columnName(col int) string {
	if col < len(s.header) {
		return fmt.Sprintf("column %q", s.header[col])
	}
	return fmt.Sprintf("column %d", col+1)
}

// shown quotes a value for an error, cut to a length that fits on a line.
func shown(s string) string {
	if len(s) > 40 {
		cut := 40
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		return strconv.Quote(s[:cut]) + "..."
	}
	return strconv.Quote(s)
}

func badGlob(glob string, err error) error {
	return fault.Wrap(err, fault.Usage, `a pattern is like "pixel*"`, "column pattern %q", glob)
}
