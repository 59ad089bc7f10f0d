package features

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// photoBatch is how many rows of the table make a record batch.
const photoBatch = 1 << 16

// table writes {row int64, name utf8, the pattern's columns and the joined ones, width int32, height
// int32}, a row for each image of the shards.
func (in *ingest) table(path string) error {
	fields := []arrow.Field{{Name: "row", Type: arrow.PrimitiveTypes.Int64}, {Name: "name", Type: arrow.BinaryTypes.String}}
	numbers := make([]bool, len(in.names))
	for c, name := range in.names {
		kind := arrow.DataType(arrow.BinaryTypes.String)
		if numbers[c] = in.numbers(c); numbers[c] {
			kind = arrow.PrimitiveTypes.Int64
		}
		fields = append(fields, arrow.Field{Name: name, Type: kind})
	}
	fields = append(fields, arrow.Field{Name: "width", Type: arrow.PrimitiveTypes.Int32}, arrow.Field{Name: "height", Type: arrow.PrimitiveTypes.Int32})
	schema := arrow.NewSchema(fields, nil)
	_, err := writeFile(nil).ipc(path, schema, func(w *ipc.FileWriter) error {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		defer b.Release()
		for i, r := range in.rows {
			in.append(b, i, r, numbers)
			if (i+1)%photoBatch != 0 && i+1 < len(in.rows) {
				continue
			}
			rec := b.NewRecord()
			err := w.Write(rec)
			rec.Release()
			if err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// numbers says whether column c holds nothing but integers, broken
// photos included: what type it has does not depend on them.
func (in *ingest) numbers(c int) bool {
	for _, f := range in.files {
		if _, ok := wholeNumber(f.values[c]); !ok {
			return false
		}
	}
	return true
}

func (in *ingest) append(b *array.RecordBuilder, i int, r photoRow, numbers []bool) {
	f := &in.files[r.file]
	b.Field(0).(*array.Int64Builder).Append(int64(i))
	b.Field(1).(*array.StringBuilder).Append(f.name)
	for c, v := range f.values {
		if !numbers[c] {
			b.Field(2 + c).(*array.StringBuilder).Append(v)
			continue
		}
		n, _ := wholeNumber(v)
		b.Field(2 + c).(*array.Int64Builder).Append(n)
	}
	b.Field(2 + len(f.values)).(*array.Int32Builder).Append(r.width)
	b.Field(3 + len(f.values)).(*array.Int32Builder).Append(r.height)
}
