package ledger

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

var changeType = arrow.StructOf(arrow.Field{Name: "what", Type: arrow.BinaryTypes.String},
	arrow.Field{Name: "was", Type: arrow.BinaryTypes.String}, arrow.Field{Name: "now", Type: arrow.BinaryTypes.String})

// arrowType is the type of a column that holds such values.
func arrowType(v any) arrow.DataType {
	switch v.(type) {
	case *string:
		return arrow.BinaryTypes.String
	case *time.Time:
		return arrow.FixedWidthTypes.Timestamp_us
	case *float64, **float64:
		return arrow.PrimitiveTypes.Float64
	case **int, *int64:
		return arrow.PrimitiveTypes.Int64
	case *uint64:
		return arrow.PrimitiveTypes.Uint64
	case *bool:
		return arrow.FixedWidthTypes.Boolean
	case *[]float64:
		return arrow.ListOf(arrow.PrimitiveTypes.Float64)
	case *[]pipelines.Change:
		return arrow.ListOf(changeType)
	}
	panic(fmt.Sprintf("ledger: no Arrow type for %T", v))
}

// arrowSchema is the schema of a file of these columns.
func arrowSchema(columns []column) *arrow.Schema {
	var fields []arrow.Field
	for _, c := range columns {
		fields = append(fields, arrow.Field{Name: c.name, Type: arrowType(c.of(new(Row))), Nullable: true})
	}
	return arrow.NewSchema(fields, nil)
}

// writeArrow writes rows as an Arrow IPC file of one record batch.
func writeArrow(w io.Writer, columns []column, rows []Row) error {
	schema := arrowSchema(columns)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i, c := range columns {
		into := b.Field(i)
		into.Reserve(len(rows))
		for r := range rows {
			appendTo(into, c.of(&rows[r]))
		}
	}
	record := b.NewRecord()
	defer record.Release()
	f, err := ipc.NewFileWriter(&counted{to: w}, ipc.WithSchema(schema))
	if err != nil {
		return err
	}
	if err := f.Write(record); err != nil {
		return err
	}
	return f.Close()
}

// counted is a writer that knows how far it came, which is all that the library
// wants to seek for.
type counted struct {
	to io.Writer
	at int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.at += int64(n)
	return n, err
}

func (c *counted) Seek(int64, int) (int64, error) { return c.at, nil }

// appendTo adds a value; what is not known becomes null.
func appendTo(b array.Builder, v any) {
	switch v := v.(type) {
	case *string:
		b.(*array.StringBuilder).Append(*v)
	case *time.Time:
		if v.IsZero() {
			b.AppendNull()
			return
		}
		b.(*array.TimestampBuilder).Append(arrow.Timestamp(v.UnixMicro()))
	case *float64:
		b.(*array.Float64Builder).Append(*v)
	case **float64:
		if *v == nil {
			b.AppendNull()
			return
		}
		b.(*array.Float64Builder).Append(**v)
	case **int:
		if *v == nil {
			b.AppendNull()
			return
		}
		b.(*array.Int64Builder).Append(int64(**v))
	case *int64:
		b.(*array.Int64Builder).Append(*v)
	case *uint64:
		b.(*array.Uint64Builder).Append(*v)
	case *bool:
		b.(*array.BooleanBuilder).Append(*v)
	case *[]float64:
		list := b.(*array.ListBuilder)
		list.Append(true)
		list.ValueBuilder().(*array.Float64Builder).AppendValues(*v, nil)
	case *[]pipelines.Change:
		list := b.(*array.ListBuilder)
		list.Append(true)
		entry := list.ValueBuilder().(*array.StructBuilder)
		for _, c := range *v {
			entry.Append(true)
			for i, text := range []string{c.What, c.Was, c.Now} {
				entry.FieldBuilder(i).(*array.StringBuilder).Append(text)
			}
		}
	}
}

// readArrow reads back what writeArrow wrote of the same columns. The rows' texts lie
// in b.
func readArrow(b []byte, columns []column) (rows []Row, err error) {
	defer func() { // the library trusts the offsets in a file
		if r := recover(); r != nil {
			err = fmt.Errorf("the file is damaged: %v", r)
		}
	}()
	f, err := ipc.NewFileReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if !f.Schema().Equal(arrowSchema(columns)) {
		return nil, fmt.Errorf("other columns")
	}
	for i := range f.NumRecords() {
		record, err := f.Record(i)
		if err != nil {
			return nil, err
		}
		from := len(rows)
		rows = append(rows, make([]Row, record.NumRows())...)
		for j, c := range columns {
			col := record.Column(j)
			for r := range rows[from:] {
				if col.IsValid(r) {
					takeFrom(col, r, c.of(&rows[from+r]))
				}
			}
		}
	}
	return rows, nil
}

// takeFrom is the way back of appendTo.
func takeFrom(col arrow.Array, i int, into any) {
	switch into := into.(type) {
	case *string:
		*into = col.(*array.String).Value(i)
	case *time.Time:
		*into = time.UnixMicro(int64(col.(*array.Timestamp).Value(i))).UTC()
	case *float64:
		*into = col.(*array.Float64).Value(i)
	case **float64:
		v := col.(*array.Float64).Value(i)
		*into = &v
	case **int:
		v := int(col.(*array.Int64).Value(i))
		*into = &v
	case *int64:
		*into = col.(*array.Int64).Value(i)
	case *uint64:
		*into = col.(*array.Uint64).Value(i)
	case *bool:
		*into = col.(*array.Boolean).Value(i)
	case *[]float64:
		list := col.(*array.List)
		from, to := list.ValueOffsets(i)
		if from < to {
			*into = append([]float64(nil), list.ListValues().(*array.Float64).Float64Values()[from:to]...)
		}
	case *[]pipelines.Change:
		list := col.(*array.List)
		from, to := list.ValueOffsets(i)
		entry := list.ListValues().(*array.Struct)
		text := func(field, at int) string { return entry.Field(field).(*array.String).Value(at) }
		for at := int(from); at < int(to); at++ {
			*into = append(*into, pipelines.Change{What: text(0, at), Was: text(1, at), Now: text(2, at)})
		}
	}
}
