package ipcmap

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

var words = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// sample is a file of every type that can be mapped: two records of five rows
// and one of none, with nulls.
func sample(t testing.TB, opts ...ipc.Option) []byte {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "u8", Type: arrow.PrimitiveTypes.Uint8, Nullable: true},
		{Name: "i64", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "f64", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "bool", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "text", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "word", Type: words, Nullable: true},
		{Name: "bytes", Type: &arrow.FixedSizeBinaryType{ByteWidth: 3}},
		{Name: "list", Type: arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Float32)},
	}, nil)
	file, err := os.Create(filepath.Join(t.TempDir(), "sample.arrow"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w, err := ipc.NewFileWriter(file, append(opts, ipc.WithSchema(schema))...)
	if err != nil {
		t.Fatal(err)
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	fill(b.Fields())
	five := b.NewRecord()
	defer five.Release()
	none := five.NewSlice(0, 0)
	defer none.Release()
	for _, r := range []arrow.Record{five, none, five} {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// fill appends five rows.
func fill(f []array.Builder) {
	ok := []bool{true, false, true, true, false}
	f[0].(*array.Uint8Builder).AppendValues([]uint8{1, 2, 3, 4, 5}, ok)
	f[1].(*array.Int64Builder).AppendValues([]int64{-1, 2, -3, 4, -5}, nil)
	f[2].(*array.Float64Builder).AppendValues([]float64{.5, 1, 2, 3, 4}, ok)
	f[3].(*array.BooleanBuilder).AppendValues([]bool{true, false, true, false, true}, ok)
	f[4].(*array.StringBuilder).AppendValues([]string{"a", "", "ccc", "€", "e"}, ok)
	for i, s := range []string{"x", "y", "x", "z", "x"} {
		if d := f[5].(*array.BinaryDictionaryBuilder); ok[i] {
			if err := d.AppendString(s); err != nil {
				panic(err)
			}
		} else {
			d.AppendNull()
		}
		f[6].(*array.FixedSizeBinaryBuilder).Append([]byte{byte(i), 1, 2})
		l := f[7].(*array.FixedSizeListBuilder)
		l.Append(true)
		l.ValueBuilder().(*array.Float32Builder).AppendValues([]float32{float32(i), -1}, nil)
	}
}

func open(t testing.TB, data []byte) (*File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.arrow")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(path)
}

// What is mapped is what the library's own reader copies.
func TestRecord(t *testing.T) {
	t.Parallel()
	data := sample(t)
	f, err := open(t, data)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := ipc.NewFileReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer want.Close()
	if f.NumRecords() != 3 || f.NumRows() != 10 || f.Size() != int64(len(data)) || !f.Schema().Equal(want.Schema()) {
		t.Fatalf("%d records, %d rows, %d bytes, %v", f.NumRecords(), f.NumRows(), f.Size(), f.Schema())
	}
	for i := range 3 {
		got, err := f.Record(i)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := want.RecordAt(i)
		if err != nil {
			t.Fatal(err)
		}
		if !array.RecordEqual(got, rec) {
			t.Errorf("record %d\n got %v\nwant %v", i, got, rec)
		}
		got.Release()
		rec.Release()
	}
	for row, rec := range []int{0, 0, 0, 0, 0, 2, 2, 2, 2, 2} {
		if got := f.RecordOf(int64(row)); got != rec || f.RecordStart(rec) > int64(row) {
			t.Errorf("row %d is in record %d, want %d", row, got, rec)
		}
	}
}

// The values lie in the map: nothing is copied.
func TestRecordIsMapped(t *testing.T) {
	t.Parallel()
	f, err := open(t, sample(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := f.Record(0)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Release()
	first := &rec.Column(6).Data().Buffers()[1].Bytes()[0]
	for i := range f.data {
		if &f.data[i] == first {
			return
		}
	}
	t.Error("the pixels are not in the map")
}

func TestOpenBad(t *testing.T) {
	t.Parallel()
	good := sample(t)
	for name, data := range map[string][]byte{
		"empty": nil, "short": []byte("ARROW1"), "text": bytes.Repeat([]byte("label,pixel0\n"), 10),
		"cut": good[:len(good)-20], "compressed": sample(t, ipc.WithZstd()),
	} {
		if f, err := open(t, data); err == nil {
			f.Close()
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("a folder: no error")
	}
}

// read touches every value.
func read(f *File) error {
	for i := range f.NumRecords() {
		rec, err := f.Record(i)
		if err != nil {
			return err
		}
		for _, c := range rec.Columns() {
			for j := range c.Len() {
				_ = c.ValueStr(j)
			}
		}
		rec.Release()
	}
	return nil
}

// Any single damaged byte gives an error or other values, never a crash.
func TestDamaged(t *testing.T) {
	t.Parallel()
	good := sample(t)
	for i := 0; i < len(good); i++ {
		data := bytes.Clone(good)
		data[i] ^= 0xff
		if err := readAll(data); err != nil && err.Error() == "" {
			t.Error(fmt.Errorf("byte %d: %w", i, err))
		}
	}
}

// readAll opens data without a file.
func readAll(data []byte) error {
	f := &File{path: "in.arrow", data: data}
	if len(data) < 16 {
		return nil
	}
	if err := f.readFooter(); err != nil {
		return err
	}
	return read(f)
}

func FuzzOpen(f *testing.F) {
	f.Add(sample(f))
	f.Fuzz(func(_ *testing.T, data []byte) { _ = readAll(data) })
}
