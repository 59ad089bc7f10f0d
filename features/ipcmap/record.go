package ipcmap

import (
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// record builds the arrays of record i over the map.
func (f *File) record(i int) (arrow.Record, error) {
	b := f.blocks[i]
	l := loader{body: b.body}
	l.nodes, l.node = spans(&b.batch, batchNodes)
	l.buffers, l.buffer = spans(&b.batch, batchBuffers)
	cols := make([]arrow.Array, 0, f.schema.NumFields())
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	for j, field := range f.schema.Fields() {
		c, err := f.column(&l, j, field.Type)
		if err != nil {
			return nil, fmt.Errorf("read %s: record %d, column %q: %w", f.path, i, field.Name, err)
		}
		cols = append(cols, c)
		if int64(c.Len()) != b.rows {
			return nil, fmt.Errorf("read %s: record %d, column %q: %d values in %d rows", f.path, i, field.Name, c.Len(), b.rows)
		}
	}
	return array.NewRecord(f.schema, cols, b.rows), nil
}

// column builds field j; a dictionary-encoded one is its indices in the map
// with the dictionary that Open read.
func (f *File) column(l *loader, j int, dt arrow.DataType) (arrow.Array, error) {
	dict, ok := dt.(*arrow.DictionaryType)
	if !ok {
		data, err := l.data(dt)
		if err != nil {
			return nil, err
		}
		defer data.Release()
		return array.MakeFromData(data), nil
	}
	if f.dicts[j] == nil {
		return nil, fmt.Errorf("has no dictionary")
	}
	data, err := l.data(dict.IndexType)
	if err != nil {
		return nil, err
	}
	defer data.Release()
	indices := array.MakeFromData(data)
	defer indices.Release()
	return array.NewValidatedDictionaryArray(dict, indices, f.dicts[j].Dictionary())
}

// loader walks the nodes and buffers of one record batch in schema order.
type loader struct {
	body           []byte
	nodes, buffers int // how many there are
	node, buffer   func(int) span
	nextNode       int
	nextBuffer     int
}

func (l *loader) takeNode() (span, error) {
	if l.nextNode >= l.nodes {
		return span{}, fmt.Errorf("the record has only %d columns", l.nodes)
	}
	n := l.node(l.nextNode)
	l.nextNode++
	if n.a < 0 || n.b < 0 || n.b > n.a {
		return n, fmt.Errorf("%d nulls in %d values", n.b, n.a)
	}
	if n.a > 8*int64(len(l.body)) { // no type here is narrower than a bit
		return n, fmt.Errorf("%d values in a body of %d bytes", n.a, len(l.body))
	}
	return n, nil
}

// takeBuffer is the next buffer, at least need bytes long.
func (l *loader) takeBuffer(need int64) (*memory.Buffer, error) {
	if l.nextBuffer >= l.buffers {
		return nil, fmt.Errorf("the record has only %d buffers", l.buffers)
	}
	s := l.buffer(l.nextBuffer)
	l.nextBuffer++
	size := int64(len(l.body))
	if s.a < 0 || s.b < 0 || s.a > size || s.b > size-s.a || s.a%8 != 0 {
		return nil, fmt.Errorf("a buffer of %d bytes at %d is outside a body of %d", s.b, s.a, size)
	}
	if s.b < need {
		return nil, fmt.Errorf("a buffer has %d bytes, want %d", s.b, need)
	}
	return memory.NewBufferBytes(l.body[s.a : s.a+s.b : s.a+s.b]), nil
}

// data is the array data of the next column of type dt.
func (l *loader) data(dt arrow.DataType) (arrow.ArrayData, error) {
	n, err := l.takeNode()
	if err != nil {
		return nil, err
	}
	var valid int64
	if n.b > 0 {
		valid = (n.a + 7) / 8
	}
	bitmap, err := l.takeBuffer(valid)
	if err != nil {
		return nil, err
	}
	if n.b == 0 {
		bitmap = nil
	}
	buffers, children := []*memory.Buffer{bitmap}, []arrow.ArrayData(nil)
	switch t := dt.(type) {
	case *arrow.StringType:
		offsets, text, err := l.text(n.a)
		if err != nil {
			return nil, err
		}
		buffers = append(buffers, offsets, text)
	case *arrow.FixedSizeListType:
		child, err := l.data(t.Elem())
		if err != nil {
			return nil, err
		}
		defer child.Release()
		if t.Len() < 1 || int64(child.Len())/int64(t.Len()) < n.a {
			return nil, fmt.Errorf("%d elements for %d lists of %d", child.Len(), n.a, t.Len())
		}
		children = append(children, child)
	case arrow.FixedWidthDataType:
		if t.BitWidth() < 1 || float64(n.a)*float64(t.BitWidth()) > 8*float64(len(l.body)) { // in floats: no overflow
			return nil, fmt.Errorf("%d values of %d bits in a body of %d bytes", n.a, t.BitWidth(), len(l.body))
		}
		values, err := l.takeBuffer((n.a*int64(t.BitWidth()) + 7) / 8)
		if err != nil {
			return nil, err
		}
		buffers = append(buffers, values)
	default:
		return nil, fmt.Errorf("type %s cannot be mapped", dt)
	}
	return array.NewData(dt, int(n.a), buffers, children, int(n.b), 0), nil
}

// text is the offsets and bytes of n strings, checked so that no string can
// reach outside the buffer.
func (l *loader) text(n int64) (offsets, text *memory.Buffer, err error) {
	need := 4 * (n + 1)
	if n == 0 {
		need = 0 // an empty array may leave its offsets out
	}
	if offsets, err = l.takeBuffer(need); err != nil {
		return nil, nil, err
	}
	if text, err = l.takeBuffer(0); err != nil {
		return nil, nil, err
	}
	o, last := offsets.Bytes(), int32(0)
	for i := int64(0); i < need; i += 4 {
		next := int32(binary.LittleEndian.Uint32(o[i:]))
		if next < last {
			return nil, nil, fmt.Errorf("text offsets go back from %d to %d", last, next)
		}
		last = next
	}
	if int(last) > text.Len() {
		return nil, nil, fmt.Errorf("text ends at %d of %d bytes", last, text.Len())
	}
	return offsets, text, nil
}
