package features

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/seed-a5aa75a0/podium/features/csvblock"
)

// encodeColumns is the second pass over the file: each block becomes a record.
func encodeColumns(ctx context.Context, src *csvSource, p *csvPlan, w *ipc.FileWriter, o CSVOptions) error {
	e := &encoder{src: src, plan: p, reader: newCellReader(o.NA), rows: newRowReader(src, p.types, o.MaxLine), mem: o.Mem}
	var rows int64
	write := func(rec arrow.Record) error {
		defer rec.Release()
		rows += rec.NumRows()
		if rec.NumRows() == 0 {
			return nil
		}
		return w.Write(rec)
	}
	if err := blocks(ctx, src, o, e.block, write, arrow.Record.Release); err != nil {
		return err
	}
	if rows != p.rows {
		return src.changed(src.line + rows)
	}
	return nil
}

// encoder is shared by the workers of the second pass.
type encoder struct {
	src    *csvSource
	plan   *csvPlan
	reader cellReader
	rows   *rowReader
	mem    memory.Allocator
}

func (e *encoder) block(b csvblock.Block) (arrow.Record, error) {
	c := newColumns(e, bytes.Count(b.Data, []byte{'\n'})+1)
	defer c.slab.Release()
	if err := rows(e.rows, b, c); err != nil {
		return nil, err
	}
	return c.record(), nil
}

// columns is the values of one block's rows. All columns but text lie in one
// slab, each with room for all rows.
type columns struct {
	*encoder
	row   int
	slab  *memory.Buffer
	types []Type
	fixed [][]byte // values, or indices of a dictionary
	valid [][]byte // bitmap, nil if the column has no nulls
	nulls []int
	text  []textColumn
}

// textColumn is offsets and bytes of strings.
type textColumn struct {
	ends []byte // int32 each, n+1 of them
	data []byte
}

// width is the size of a value in bits.
func (p *csvPlan) width(i int) int {
	switch t := p.types[i]; {
	case t == Text && p.dicts[i] != nil:
		return 32
	case t == Text:
		return 0
	default:
		return t.arrow(false).(arrow.FixedWidthDataType).BitWidth()
	}
}

// room is n bits in whole bytes, rounded up to the alignment of Arrow.
func room(bits int) int { return (bits + 511) / 512 * 64 }

func newColumns(e *encoder, rows int) *columns {
	n := len(e.plan.types)
	c := &columns{
		encoder: e, types: e.plan.types, slab: memory.NewResizableBuffer(e.mem),
		fixed: make([][]byte, n), valid: make([][]byte, n), nulls: make([]int, n), text: make([]textColumn, n),
	}
	size := 0
	for i := range n {
		size += room(rows * e.plan.width(i))
		if e.plan.nulls[i] {
			size += room(rows)
		}
	}
	c.slab.Resize(size)
	free := c.slab.Bytes()
	clear(free)
	take := func(bits int) []byte {
		b := free[:room(bits):room(bits)]
		free = free[len(b):]
		return b
	}
	for i, t := range c.types {
		c.fixed[i] = take(rows * e.plan.width(i))
		if e.plan.nulls[i] {
			c.valid[i] = take(rows)
			for j := range c.valid[i] {
				c.valid[i][j] = 0xff
			}
		}
		if t == Text && e.plan.dicts[i] == nil {
			c.text[i].ends = make([]byte, 4, 4*(rows+1))
		}
	}
	return c
}

func (c *columns) zeros(int) {} // the slab is zeroed and no bitmap is touched

func (c *columns) plain(col int, v int64) {
	if t := c.types[col]; t == Uint8 {
		c.fixed[col][c.row] = uint8(v)
	} else {
		c.put(t, col, v)
	}
}

// put stores an integer in a column of numbers.
func (c *columns) put(t Type, col int, v int64) {
	b, i := c.fixed[col], c.row
	switch t {
	case Uint8:
		b[i] = uint8(v)
	case Int16:
		binary.NativeEndian.PutUint16(b[2*i:], uint16(v))
	case Int32:
		binary.NativeEndian.PutUint32(b[4*i:], uint32(v))
	case Int64:
		binary.NativeEndian.PutUint64(b[8*i:], uint64(v))
	case Float64:
		binary.NativeEndian.PutUint64(b[8*i:], math.Float64bits(float64(v)))
	}
}

func (c *columns) other(col int, s string, line int64) error {
	if c.reader.null(s) {
		if c.valid[col] == nil {
			return c.src.changed(line)
		}
		c.valid[col][c.row/8] &^= 1 << (c.row % 8)
		c.nulls[col]++
		c.text[col].end()
		return nil
	}
	t := c.types[col]
	if t == Text {
		return c.putText(col, s, line)
	}
	v := c.reader.read(s)
	switch {
	case !t.holds(v):
		return c.src.changed(line)
	case v.kind == boolCell:
		if v.b {
			c.fixed[col][c.row/8] |= 1 << (c.row % 8)
		}
	case v.kind == floatCell:
		binary.NativeEndian.PutUint64(c.fixed[col][8*c.row:], math.Float64bits(v.f))
	default:
		c.put(t, col, v.i)
	}
	return nil
}

func (c *columns) putText(col int, s string, line int64) error {
	d := c.plan.dicts[col]
	if d == nil {
		t := &c.text[col]
		if len(t.data)+len(s) > math.MaxInt32 {
			return fmt.Errorf("read %s: line %d: more than 2 GiB of text in a block", c.src.name, line)
		}
		t.data = append(t.data, s...)
		t.end()
		return nil
	}
	i, ok := d.index[s]
	if !ok {
		return c.src.changed(line)
	}
	binary.NativeEndian.PutUint32(c.fixed[col][4*c.row:], uint32(i))
	return nil
}

// end closes a string; it does nothing for a column that is not plain text.
func (t *textColumn) end() {
	if t.ends != nil {
		t.ends = binary.NativeEndian.AppendUint32(t.ends, uint32(len(t.data)))
	}
}

func (c *columns) end(int64) { c.row++ }
