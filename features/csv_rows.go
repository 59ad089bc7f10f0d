package features

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/seed-a5aa75a0/podium/features/csvblock"
)

// rowSink takes the fields of a row one by one. Most files are mostly plain
// integers, so these have a way of their own.
type rowSink interface {
	// plain takes a field of 1..18 digits without leading zeros whose value is
	// at most the column's limit.
	plain(col int, v int64)
	// zeros takes four plain fields "0" from column col on.
	zeros(col int)
	// other takes any other field; s is valid during the call only.
	other(col int, s string, line int64) error
	// end closes a row that had a field for every column.
	end(line int64)
}

// rowReader cuts blocks into fields. It is shared by all workers.
type rowReader struct {
	src     *csvSource
	maxLine int
	limit   []int64 // Type.limit of each column
	four    []bool  // columns i..i+3 are numbers and not the last ones
}

func newRowReader(src *csvSource, types []Type, maxLine int) *rowReader {
	r := &rowReader{src: src, maxLine: maxLine}
	for _, t := range types {
		r.limit = append(r.limit, t.limit())
	}
	r.four = make([]bool, len(types))
	for i := range len(types) - 4 {
		r.four[i] = min(r.limit[i], r.limit[i+1], r.limit[i+2], r.limit[i+3]) >= 0
	}
	return r
}

// rows feeds every row of the block to sink. It is generic so that the calls of
// the hot loop are direct.
func rows[S rowSink](r *rowReader, b csvblock.Block, sink S) error {
	if bytes.IndexByte(b.Data, 0) >= 0 || !utf8.Valid(b.Data) {
		if err := r.src.badByte(b.Data, b.Line); err != nil {
			return err
		}
	}
	if b.Quoted {
		return quotedRows(r, b, sink)
	}
	data, no := b.Data, b.Line
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte{'\n'})
		if len(line) > r.maxLine {
			return r.src.tooLong(no, r.maxLine)
		}
		if n := len(line); n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		if len(line) > 0 {
			if err := fields(r, line, no, sink); err != nil {
				return err
			}
		}
		data, no = rest, no+1
	}
	return nil
}

// fourZeros is "0,0,0,0," as a little-endian number: what most of an image of a
// digit looks like.
const fourZeros = 0x2c302c302c302c30

// fields cuts a line without quotes.
func fields[S rowSink](r *rowReader, line []byte, no int64, sink S) error {
	limit, four := r.limit, r.four
	col, i := 0, 0
	for ; col < len(limit); col++ {
		for i+8 <= len(line) && binary.LittleEndian.Uint64(line[i:]) == fourZeros && four[col] {
			sink.zeros(col)
			i, col = i+8, col+4
		}
		start, v := i, int64(0)
		for i < len(line) && line[i]-'0' <= 9 {
			v = v*10 + int64(line[i]-'0')
			i++
		}
		n, digits := i-start, i == len(line) || line[i] == ','
		if digits && n == 1 && v <= limit[col] || digits && n > 1 && n <= 18 && line[start] != '0' && v <= limit[col] {
			sink.plain(col, v)
		} else {
			if !digits {
				if i = bytes.IndexByte(line[start:], ','); i < 0 {
					i = len(line)
				} else {
					i += start
				}
			}
			if err := sink.other(col, view(line[start:i]), no); err != nil {
				return err
			}
		}
		if i == len(line) {
			break
		}
		i++ // the comma
	}
	if col != len(limit)-1 {
		return r.src.ragged(no, bytes.Count(line, []byte{','})+1)
	}
	sink.end(no)
	return nil
}

// quotedRows leaves a block with a quote in it to encoding/csv.
func quotedRows[S rowSink](r *rowReader, b csvblock.Block, sink S) error {
	in := csv.NewReader(bytes.NewReader(b.Data))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	for start := int64(0); ; start = in.InputOffset() {
		row, err := in.Read()
		switch {
		case b.Cut && !errors.Is(err, csv.ErrBareQuote):
			return r.src.tooLong(b.Line, r.maxLine)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return r.src.parse(err, b.Line)
		}
		line, _ := in.FieldPos(0)
		no := b.Line + int64(line) - 1
		if in.InputOffset()-start > int64(r.maxLine)+1 {
			return r.src.tooLong(no, r.maxLine)
		}
		if len(row) != len(r.limit) {
			return r.src.ragged(no, len(row))
		}
		for col, s := range row {
			line, _ := in.FieldPos(col)
			if err := sink.other(col, s, b.Line+int64(line)-1); err != nil {
				return err
			}
		}
		sink.end(no)
	}
}
