package features

import (
	"context"
	"fmt"
	"iter"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Image is one image on its way into a shard.
type Image struct {
	ID       string
	Label    int
	HasLabel bool
	Group    string // "" if there is none
	Height   int    // of the original, for the record; 0: the shard's
	Width    int
	Pixels   []byte // [H, W, C] of the shard, uint8; copied before the next is asked for
}

// shardBytes is about how many bytes of pixels make a record batch.
const shardBytes = 1 << 20

// WriteImages writes an image shard of height h, width w and c channels at path:
// whole or not at all, in record batches, so that memory does not grow with the
// number of images. mem may be nil.
func WriteImages(ctx context.Context, path string, h, w, c int, images iter.Seq2[Image, error], mem memory.Allocator) error {
	if h < 1 || w < 1 || c < 1 {
		return fmt.Errorf("write %s: want images of at least 1x1x1, got %dx%dx%d", path, h, w, c)
	}
	if mem == nil {
		mem = memory.DefaultAllocator
	}
	schema := shardSchema(h, w, c)
	_, err := writeFile(nil).ipc(path, schema, func(dst *ipc.FileWriter) error {
		s := &shardWriter{schema: schema, w: dst, h: h, width: w, size: h * w * c,
			b: array.NewRecordBuilder(mem, arrow.NewSchema(schema.Fields()[:colPixels], nil))}
		defer s.b.Release()
		for im, err := range images {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = s.add(im)
			}
			if err != nil {
				return err
			}
		}
		return s.flush()
	})
	return err
}

// shardWriter collects images into records.
type shardWriter struct {
	schema   *arrow.Schema
	b        *array.RecordBuilder // of all columns but the pixels
	pixels   []byte               // of a record, in the same memory again and again: a builder's grows by copies
	w        *ipc.FileWriter
	h, width int
	size     int // bytes of an image
	rows     int // images waiting
}

func (s *shardWriter) add(im Image) error {
	if len(im.Pixels) != s.size {
		return fmt.Errorf("image %q: want %d bytes of pixels, got %d", im.ID, s.size, len(im.Pixels))
	}
	if im.HasLabel && im.Label != int(int32(im.Label)) {
		return fmt.Errorf("image %q: label %d does not fit 32 bits", im.ID, im.Label)
	}
	if s.rows == 0 {
		n := (shardBytes + s.size - 1) / s.size
		s.b.Reserve(n)
		if s.pixels == nil {
			s.pixels = make([]byte, 0, n*s.size)
		}
	}
	s.b.Field(colID).(*array.StringBuilder).Append(im.ID)
	if label := s.b.Field(colLabel).(*array.Int32Builder); im.HasLabel {
		label.Append(int32(im.Label))
	} else {
		label.AppendNull()
	}
	if group := s.b.Field(colGroup).(*array.StringBuilder); im.Group != "" {
		group.Append(im.Group)
	} else {
		group.AppendNull()
	}
	s.b.Field(colHeight).(*array.Int32Builder).Append(int32(orElse(im.Height, s.h)))
	s.b.Field(colWidth).(*array.Int32Builder).Append(int32(orElse(im.Width, s.width)))
	s.pixels = append(s.pixels, im.Pixels...)
	s.rows++
	if s.rows*s.size >= shardBytes {
		return s.flush()
	}
	return nil
}

// orElse is v, or other if v is not given.
func orElse(v, other int) int {
	if v == 0 {
		return other
	}
	return v
}

func (s *shardWriter) flush() error {
	if s.rows == 0 {
		return nil
	}
	rows := s.rows
	s.rows = 0
	others := s.b.NewRecord()
	defer others.Release()
	kind := s.schema.Field(colPixels).Type
	data := array.NewData(kind, rows, []*memory.Buffer{nil, memory.NewBufferBytes(s.pixels)}, nil, 0, 0)
	defer data.Release()
	pixels := array.NewFixedSizeBinaryData(data)
	defer pixels.Release()
	rec := array.NewRecord(s.schema, append(others.Columns()[:colPixels:colPixels], pixels), int64(rows))
	defer rec.Release()
	s.pixels = s.pixels[:0]
	return s.w.Write(rec)
}
