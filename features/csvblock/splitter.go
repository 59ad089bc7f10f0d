package csvblock

import (
	"bytes"
	"fmt"
	"io"
)

// Block is a run of whole records.
type Block struct {
	Data   []byte
	Line   int64 // number of the first line in the file, from 1
	Quoted bool  // there is a quote in it: only a full CSV parser may read it
	Cut    bool  // the first part of one quoted record that is too long
}

// TooLong says that a record does not fit into the allowed length.
type TooLong struct {
	Line int64 // where the record starts
	Max  int   // bytes allowed
}

func (e *TooLong) Error() string {
	return fmt.Sprintf("line %d: longer than %d bytes", e.Line, e.Max)
}

// Splitter cuts what it reads into blocks. Records end as in RFC 4180 and
// encoding/csv: at a newline that is not inside a quoted field; a quote opens a
// field only as its first byte.
type Splitter struct {
	r     io.Reader
	size  int
	max   int
	line  int64
	carry []byte // the start of a record whose end is not read yet
	eof   bool
}

// NewSplitter reads from r, which starts at the given line of the file. Blocks
// have about size bytes; a record of more than max bytes is an error.
func NewSplitter(r io.Reader, line int64, size, max int) *Splitter {
	return &Splitter{r: r, size: size, max: max, line: line}
}

// Next is the next block, in buf's memory if it suffices, io.EOF after the
// last. The last block may lack its newline. Of a quoted record that is too long
// the first part is handed out, marked Cut, because a parser may find what is
// wrong with it; *TooLong follows.
func (s *Splitter) Next(buf []byte) (Block, error) {
	c := cut{data: append(buf[:0], s.carry...)}
	s.carry = s.carry[:0]
	for {
		if err := s.fill(&c); err != nil {
			return Block{}, err
		}
		c.scan(s.eof)
		switch {
		case s.eof:
			if len(c.data) == 0 {
				return Block{}, io.EOF
			}
			return s.block(&c, len(c.data)), nil
		case c.end > 0:
			return s.block(&c, c.end), nil
		case len(c.data) > s.max && c.quoted:
			s.r, s.eof = &failed{&TooLong{s.line, s.max}}, false
			b := s.block(&c, len(c.data))
			b.Cut = true
			return b, nil
		case len(c.data) > s.max:
			return Block{}, &TooLong{s.line, s.max}
		}
	}
}

// fill reads more, at first up to the size of a block.
func (s *Splitter) fill(c *cut) error {
	if s.eof {
		return nil
	}
	have := len(c.data)
	want := max(s.size, min(have+have/2, s.max), have+1) // by half, so that a long record is copied few times
	if cap(c.data) < want {
		c.data = append(make([]byte, 0, want), c.data...)
	}
	n, err := io.ReadFull(s.r, c.data[have:want])
	c.data = c.data[:have+n]
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		s.eof = true
		return nil
	}
	return err
}

// block is the first n bytes; the rest waits for the next call.
func (s *Splitter) block(c *cut, n int) Block {
	s.carry = append(s.carry, c.data[n:]...)
	b := Block{Data: c.data[:n], Line: s.line, Quoted: c.quoted}
	s.line += int64(bytes.Count(b.Data, []byte{'\n'}))
	return b
}

// failed is a reader that ends with an error.
type failed struct{ err error }

func (f *failed) Read([]byte) (int, error) { return 0, f.err }

// cut looks for the end of the last whole record in data.
type cut struct {
	data   []byte
	seen   int  // bytes looked at
	end    int  // end of the last whole record, 0 if there is none yet
	open   bool // data[seen] is inside a quoted field
	quoted bool // a quote was seen
}

// scan goes on from seen. Without a quote, one backward search for a newline
// will do. At the end of the file (last) no further byte can change anything.
func (c *cut) scan(last bool) {
	for {
		q := bytes.IndexByte(c.data[c.seen:], '"')
		stop := len(c.data)
		if q >= 0 {
			c.quoted = true
			stop = c.seen + q
		}
		if !c.open {
			if nl := bytes.LastIndexByte(c.data[c.seen:stop], '\n'); nl >= 0 {
				c.end = c.seen + nl + 1
			}
		}
		if q < 0 {
			c.seen = stop
			return
		}
		if !c.quote(stop, last) {
			return
		}
	}
}

// quote takes the quote at p into account; false if more bytes are needed.
func (c *cut) quote(p int, last bool) bool {
	if !c.open {
		c.open = p == 0 || c.data[p-1] == ',' || c.data[p-1] == '\n'
		c.seen = p + 1
		return true
	}
	if p+1 == len(c.data) && !last {
		c.seen = p
		return false
	}
	c.seen = p + 1
	if c.seen < len(c.data) && c.data[c.seen] == '"' {
		c.seen++ // a doubled quote stands for itself
		return true
	}
	c.open = false
	return true
}
