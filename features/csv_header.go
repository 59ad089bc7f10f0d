package features

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/seed-a5aa75a0/podium/features/csvblock"
)

// What other kinds of files start with.
var signatures = []struct{ magic, is, hint string }{
	{"\xef\xbb\xbf", "", ""}, // a byte order mark of UTF-8 is dropped
	{"\xff\xfe", "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"},
	{"\xfe\xff", "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"},
	{"PK\x03\x04", "a zip archive", "unzip it first"},
	{"\x1f\x8b", "gzip", "unpack it first: gunzip"},
	{"ARROW1", "an Arrow file", "it can be opened as it is"},
}

// readHeader reads the first record and finds where the rows start.
func (s *csvSource) readHeader(o CSVOptions) error {
	if s.size == 0 {
		return s.bad("was the download cut short?", "want a header and rows, got an empty file")
	}
	skip, err := s.signature()
	if err != nil {
		return err
	}
	body := io.NewSectionReader(s.file, skip, s.size-skip)
	split := csvblock.NewSplitter(body, 1, min(o.BlockSize, 64<<10), o.MaxLine)
	s.start = skip
	for {
		b, err := split.Next(nil)
		if errors.Is(err, io.EOF) {
			return s.bad("was the download cut short?", "want a header and rows, got only blank lines")
		}
		if err != nil {
			return s.fault(err)
		}
		found, err := s.headerIn(b, o)
		if found || err != nil {
			return err
		}
		s.start += int64(len(b.Data)) // blank lines only
	}
}

// signature looks at the first bytes and tells how many to skip.
func (s *csvSource) signature() (int64, error) {
	head := make([]byte, 8)
	n, err := s.file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("read %s: %w", s.name, err)
	}
	for _, sig := range signatures {
		if bytes.HasPrefix(head[:n], []byte(sig.magic)) {
			if sig.is == "" {
				return int64(len(sig.magic)), nil
			}
			return 0, s.bad(sig.hint, "want a CSV file, got %s", sig.is)
		}
	}
	return 0, nil
}

// headerIn reads the header from b; false if b holds blank lines only.
func (s *csvSource) headerIn(b csvblock.Block, o CSVOptions) (bool, error) {
	r := csv.NewReader(bytes.NewReader(b.Data))
	r.FieldsPerRecord = -1
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	end := int(r.InputOffset())
	if end > o.MaxLine || b.Cut {
		return false, s.tooLong(b.Line, o.MaxLine)
	}
	if err != nil {
		return false, s.parse(err, b.Line)
	}
	head := b.Data[:end]
	if bytes.IndexByte(head, 0) >= 0 || !utf8.Valid(head) {
		return false, s.badByte(head, b.Line)
	}
	line, _ := r.FieldPos(0)
	s.start += int64(end)
	s.line = b.Line + int64(bytes.Count(head, []byte{'\n'}))
	return true, s.setHeader(names, b.Line+int64(line)-1)
}

// setHeader takes the names of the columns.
func (s *csvSource) setHeader(names []string, line int64) error {
	seen := make(map[string]int, len(names))
	for i, n := range names {
		if n == "" {
			n = fmt.Sprintf("column_%d", i+1)
		}
		if j, ok := seen[n]; ok {
			return s.bad("rename one of them in the header",
				"line %d: want each column named once, got %q for columns %d and %d", line, n, j+1, i+1)
		}
		seen[n] = i
		s.header = append(s.header, n)
	}
	return nil
}
