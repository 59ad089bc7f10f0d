package features

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// record makes the block's rows an Arrow record, without copying them.
func (c *columns) record() arrow.Record {
	cols := make([]arrow.Array, 0, len(c.types))
	at := 0
	part := func(b []byte, bits int) *memory.Buffer {
		p := memory.SliceBuffer(c.slab, at, (bits+7)/8)
		at += len(b)
		return p
	}
	for i := range c.types {
		buffers := []*memory.Buffer{nil, part(c.fixed[i], c.row*c.plan.width(i))}
		if c.valid[i] != nil {
			trim(c.valid[i], c.row)
			buffers[0] = part(c.valid[i], c.row)
		}
		if t := c.text[i]; t.ends != nil {
			buffers[1].Release()
			buffers[1] = memory.NewBufferBytes(t.ends)
			buffers = append(buffers, memory.NewBufferBytes(t.data))
		}
		cols = append(cols, c.array(i, buffers))
		memory.ReleaseBuffers(buffers)
	}
	rec := array.NewRecord(c.plan.schema, cols, int64(c.row))
	for _, a := range cols {
		a.Release()
	}
	return rec
}

// array is column i over the buffers.
func (c *columns) array(i int, buffers []*memory.Buffer) arrow.Array {
	dt := c.plan.schema.Field(i).Type
	d, ok := dt.(*arrow.DictionaryType)
	if ok {
		dt = d.IndexType
	}
	data := array.NewData(dt, c.row, buffers, nil, c.nulls[i], 0)
	defer data.Release()
	a := array.MakeFromData(data)
	if !ok {
		return a
	}
	defer a.Release()
	return array.NewDictionaryArray(d, a, c.plan.dicts[i].values)
}

// trim clears the bits from n on, so that the same rows give the same bytes.
func trim(bitmap []byte, n int) {
	if n%8 != 0 {
		bitmap[n/8] &= 1<<(n%8) - 1
		n += 8 - n%8
	}
	clear(bitmap[n/8:])
}
