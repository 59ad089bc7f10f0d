package ipcmap

import (
	"encoding/binary"
	"errors"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"
)

// Slots of the flatbuffers tables that are read here, in the order of
// Message.fbs, Schema.fbs and File.fbs of the Arrow format.
const (
	footerRecords = 3

	messageHeaderType = 1
	messageHeader     = 2
	headerRecordBatch = 3

	batchLength      = 0
	batchNodes       = 1
	batchBuffers     = 2
	batchCompression = 3
)

// block is one record batch: its metadata and the bytes of its buffers.
type block struct {
	batch flatbuffers.Table
	body  []byte
	rows  int64
}

// span is a struct of two int64: a Buffer (offset, length) or a FieldNode
// (length, nulls).
type span struct{ a, b int64 }

// slot is the place of field i of a table in its own coordinates, 0 if absent.
func slot(t *flatbuffers.Table, i int) flatbuffers.UOffsetT {
	return flatbuffers.UOffsetT(t.Offset(flatbuffers.VOffsetT(4 + 2*i)))
}

// spans is the number of elements in a vector of 16-byte structs, and a getter.
func spans(t *flatbuffers.Table, i int) (int, func(int) span) {
	o := slot(t, i)
	if o == 0 {
		return 0, nil
	}
	start := t.Vector(o)
	return t.VectorLen(o), func(j int) span {
		at := start + flatbuffers.UOffsetT(16*j)
		return span{t.GetInt64(at), t.GetInt64(at + 8)}
	}
}

// readBlocks finds the record batches that the footer lists.
func (f *File) readBlocks(footer []byte) error {
	t := flatbuffers.Table{Bytes: footer, Pos: flatbuffers.GetUOffsetT(footer)}
	f.starts = []int64{0}
	o := slot(&t, footerRecords)
	if o == 0 {
		return nil
	}
	start, n := t.Vector(o), t.VectorLen(o)
	for i := range n {
		at := start + flatbuffers.UOffsetT(24*i) // offset int64, meta int32, padding, body int64
		b, err := f.readBlock(t.GetInt64(at), int64(t.GetInt32(at+8)), t.GetInt64(at+16))
		if err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
		f.blocks = append(f.blocks, b)
		f.starts = append(f.starts, f.starts[i]+b.rows)
	}
	return nil
}

func (f *File) readBlock(offset, meta, body int64) (block, error) {
	size := int64(len(f.data))
	if offset < 0 || meta < 8 || body < 0 || offset > size || meta > size-offset || body > size-offset-meta || offset%8 != 0 || meta%8 != 0 {
		return block{}, fmt.Errorf("place (offset %d, metadata %d, body %d) does not fit a file of %d bytes", offset, meta, body, size)
	}
	head := f.data[offset : offset+meta]
	skip := 4
	if binary.LittleEndian.Uint32(head) == 0xFFFFFFFF { // absent before Arrow 0.15
		skip = 8
	}
	head = head[skip:]
	msg := flatbuffers.Table{Bytes: head, Pos: flatbuffers.GetUOffsetT(head)}
	if o := slot(&msg, messageHeaderType); o == 0 || msg.GetByte(msg.Pos+o) != headerRecordBatch {
		return block{}, errors.New("message is not a record batch")
	}
	b := block{body: f.data[offset+meta : offset+meta+body]}
	msg.Union(&b.batch, slot(&msg, messageHeader))
	if o := slot(&b.batch, batchLength); o != 0 {
		b.rows = b.batch.GetInt64(b.batch.Pos + o)
	}
	if slot(&b.batch, batchCompression) != 0 {
		return block{}, errors.New("compressed buffers cannot be mapped")
	}
	if b.rows < 0 {
		return block{}, fmt.Errorf("%d rows", b.rows)
	}
	return b, nil
}
