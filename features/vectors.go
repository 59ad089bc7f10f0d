package features

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/seed-a5aa75a0/podium/features/ipcmap"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Vectors are what a net's trunk makes of images, in memory maps: N rows of one
// shape, kept as fixed-size lists of float32, or of float16 where rows are long.
// They may be read by several goroutines at once.
type Vectors struct {
	files  []*ipcmap.File
	shape  [3]int
	whole  [][]float32 // of each record, or
	half   [][]uint16
	starts []int // first row of each record, and the number of rows at the end
}

// vectorNames are the shards of a folder.
const vectorNames = "vectors-*.arrow"

// VectorShard is the name of shard i of a folder that OpenVectors reads.
func VectorShard(i int) string { return fmt.Sprintf("vectors-%05d.arrow", i) }

// longRow is the size of a row from which on it is kept as float16: the pooled
// features of any net are shorter, the maps of its convolutions longer.
const longRow = 8192

// vectorSchema is {values fixed_size_list<float32 or float16>[h*w*c]}.
func vectorSchema(shape [3]int) *arrow.Schema {
	size := shape[0] * shape[1] * shape[2]
	var of arrow.DataType = arrow.PrimitiveTypes.Float32
	if size >= longRow {
		of = arrow.FixedWidthTypes.Float16
	}
	meta := arrow.NewMetadata([]string{metaHeight, metaWidth, metaChannels},
		[]string{strconv.Itoa(shape[0]), strconv.Itoa(shape[1]), strconv.Itoa(shape[2])})
	return arrow.NewSchema([]arrow.Field{{Name: "values", Type: arrow.FixedSizeListOfNonNullable(int32(size), of)}}, &meta)
}

// WriteVectors writes a shard of rows, [len(x)/(h*w*c), h, w, c], at path: whole or
// not at all. Long rows are rounded to float16.
func WriteVectors(path string, shape [3]int, x []float32) error {
	size := shape[0] * shape[1] * shape[2]
	if size < 1 || len(x)%size != 0 {
		return fmt.Errorf("write %s: want rows of %v, got %d values", path, shape, len(x))
	}
	schema := vectorSchema(shape)
	list := schema.Field(0).Type.(*arrow.FixedSizeListType)
	raw := arrow.Float32Traits.CastToBytes(x)
	if size >= longRow {
		short := make([]uint16, len(x))
		for i, v := range x {
			short[i] = half(v)
		}
		raw = arrow.Uint16Traits.CastToBytes(short)
	}
	values := array.NewData(list.Elem(), len(x), []*memory.Buffer{nil, memory.NewBufferBytes(raw)}, nil, 0, 0)
	defer values.Release()
	rows := array.NewData(list, len(x)/size, []*memory.Buffer{nil}, []arrow.ArrayData{values}, 0, 0)
	defer rows.Release()
	column := array.MakeFromData(rows)
	defer column.Release()
	rec := array.NewRecord(schema, []arrow.Array{column}, int64(len(x)/size))
	defer rec.Release()
	_, err := writeFile(nil).ipc(path, schema, func(w *ipc.FileWriter) error { return w.Write(rec) })
	return err
}

// OpenVectors maps the shards of the folder at path, in the order of their names, and
// of more folders behind it, whose rows follow as if they were in one. Close it after
// the last use.
func OpenVectors(path string, more ...string) (*Vectors, error) {
	v := &Vectors{starts: []int{0}}
	for _, dir := range append([]string{path}, more...) {
		names, err := fs.Glob(os.DirFS(dir), vectorNames)
		if err != nil || len(names) == 0 {
			v.Close()
			return nil, fault.New(fault.Failed, "make it again from its source", "open %s: no shards %s in the folder", dir, vectorNames)
		}
		for _, n := range names {
			if err := v.load(filepath.Join(dir, n)); err != nil {
				v.Close()
				return nil, fault.Wrap(err, fault.Failed, "make it again from its source", "shard of features")
			}
		}
	}
	return v, nil
}

// load adds the rows of a shard.
func (v *Vectors) load(path string) error {
	f, err := ipcmap.Open(path)
	if err != nil {
		return err
	}
	v.files = append(v.files, f)
	shape, err := shapeOf(f.Schema(), "a shard")
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if len(v.files) == 1 {
		v.shape = shape
	}
	if want := vectorSchema(v.shape); !f.Schema().Equal(want) {
		return fmt.Errorf("open %s: want rows of %v, got columns %v", path, v.shape, f.Schema().Fields())
	}
	for i := range f.NumRecords() {
		rec, err := f.Record(i)
		if err != nil {
			return err
		}
		values, n := rec.Column(0).(*array.FixedSizeList).ListValues().Data().Buffers()[1].Bytes(), int(rec.NumRows())
		if v.Size() < longRow {
			v.whole = append(v.whole, arrow.Float32Traits.CastFromBytes(values)[:n*v.Size()])
		} else {
			v.half = append(v.half, arrow.Uint16Traits.CastFromBytes(values)[:n*v.Size()])
		}
		v.starts = append(v.starts, v.N()+n)
		rec.Release()
	}
	return nil
}

// shapeOf reads the height, width and channels in the metadata of a shard.
func shapeOf(s *arrow.Schema, shard string) (shape [3]int, err error) {
	for i, key := range []string{metaHeight, metaWidth, metaChannels} {
		text, ok := s.Metadata().GetValue(key)
		n, err := strconv.Atoi(text)
		if !ok || err != nil || n < 1 || n > 1<<16 {
			return shape, fmt.Errorf("want %s with %s in its metadata, got %q", shard, key, text)
		}
		shape[i] = n
	}
	return shape, nil
}

// Close removes the maps.
func (v *Vectors) Close() error {
	var err error
	for _, f := range v.files {
		err = errors.Join(err, f.Close())
	}
	v.whole, v.half, v.files = nil, nil, nil
	return err
}

// N is the number of rows.
func (v *Vectors) N() int { return v.starts[len(v.starts)-1] }

// Shape is the height, width and channels of a row; pooled features are 1x1xC.
func (v *Vectors) Shape() [3]int { return v.shape }

// Size is the number of values of a row.
func (v *Vectors) Size() int { return v.shape[0] * v.shape[1] * v.shape[2] }

// Row writes row i, which must be in [0, N), to into, [Size].
func (v *Vectors) Row(i int, into []float32) {
	r := sort.Search(len(v.starts)-1, func(r int) bool { return v.starts[r+1] > i })
	from := (i - v.starts[r]) * v.Size()
	if v.whole != nil {
		copy(into, v.whole[r][from:from+v.Size()])
		return
	}
	for j, h := range v.half[r][from : from+v.Size()] {
		into[j] = wholes[h]
	}
}
