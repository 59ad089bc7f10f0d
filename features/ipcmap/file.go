package ipcmap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"sort"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// magic opens and closes an Arrow IPC file.
const magic = "ARROW1"

// File is a mapped Arrow IPC file. It may be read by several goroutines at
// once; Close must come after the last use of anything that it gave out.
type File struct {
	path   string
	data   []byte
	schema *arrow.Schema
	blocks []block
	starts []int64                   // first row of each record, and the row count at the end
	dicts  map[int]*array.Dictionary // by field: an array of the first record, for its dictionary
}

// Open maps the file at path and reads its footer. The error names the file if
// it is not an Arrow IPC file or is damaged.
func Open(path string) (*File, error) {
	data, err := mapPath(path)
	if err != nil {
		return nil, err
	}
	f := &File{path: path, data: data}
	if err := f.readFooter(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func mapPath(path string) ([]byte, error) {
	src, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	st, err := src.Stat()
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		return nil, fmt.Errorf("open %s: want an Arrow IPC file, got a folder", path)
	}
	if st.Size() < int64(2*len(magic)+4) {
		return nil, fmt.Errorf("open %s: want an Arrow IPC file, got %d bytes", path, st.Size())
	}
	data, err := mapFile(src, int(st.Size()))
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	return data, nil
}

// Close removes the map. Arrays and byte slices that came from it must not be
// touched afterwards.
func (f *File) Close() error {
	for _, d := range f.dicts {
		d.Release()
	}
	f.dicts = nil
	if f.data == nil {
		return nil
	}
	data := f.data
	f.data = nil
	return unmapFile(data)
}

// Schema is the file's schema with its metadata.
func (f *File) Schema() *arrow.Schema { return f.schema }

// Size is the length of the file in bytes.
func (f *File) Size() int64 { return int64(len(f.data)) }

// NumRows is the number of rows in all records.
func (f *File) NumRows() int64 { return f.starts[len(f.blocks)] }

// NumRecords is the number of record batches.
func (f *File) NumRecords() int { return len(f.blocks) }

// RecordStart is the number of the first row of record i; i = NumRecords gives
// the number of rows.
func (f *File) RecordStart(i int) int64 { return f.starts[i] }

// RecordOf is the record that holds the row, which must be in [0, NumRows).
func (f *File) RecordOf(row int64) int {
	return sort.Search(len(f.blocks), func(i int) bool { return f.starts[i+1] > row })
}

// Record is record batch i. Its arrays lie in the map (dictionaries excepted);
// the caller releases it, before Close.
func (f *File) Record(i int) (rec arrow.Record, err error) {
	defer f.damaged(&err)
	return f.record(i)
}

// readFooter fills everything but data.
func (f *File) readFooter() (err error) {
	defer f.damaged(&err)
	n := len(f.data)
	if string(f.data[:len(magic)]) != magic || string(f.data[n-len(magic):]) != magic {
		return fmt.Errorf("open %s: not an Arrow IPC file", f.path)
	}
	end := n - len(magic) - 4
	size := int(int32(binary.LittleEndian.Uint32(f.data[end:])))
	if size <= 0 || size > end-len(magic) {
		return fmt.Errorf("open %s: footer of %d bytes does not fit the file", f.path, size)
	}
	if err := checkSchema(f.data[end-size : end]); err != nil {
		return fmt.Errorf("open %s: %w", f.path, err)
	}
	r, err := ipc.NewFileReader(bytes.NewReader(f.data), ipc.WithAllocator(bounded{n}))
	if err != nil {
		return fmt.Errorf("open %s: %w", f.path, err)
	}
	defer r.Close()
	f.schema = r.Schema()
	if !f.schema.IsNativeEndian() {
		return fmt.Errorf("open %s: byte order is not this machine's", f.path)
	}
	if err := f.readBlocks(f.data[end-size : end]); err != nil {
		return fmt.Errorf("open %s: %w", f.path, err)
	}
	return f.readDictionaries(r)
}

// readDictionaries takes the dictionaries, which the library has read anyway,
// from the first record.
func (f *File) readDictionaries(r *ipc.FileReader) error {
	f.dicts = map[int]*array.Dictionary{}
	if r.NumDictionaries() == 0 || r.NumRecords() == 0 {
		return nil
	}
	rec, err := r.RecordAt(0)
	if err != nil {
		return fmt.Errorf("open %s: %w", f.path, err)
	}
	defer rec.Release()
	for i, c := range rec.Columns() {
		if d, ok := c.(*array.Dictionary); ok {
			d.Retain()
			f.dicts[i] = d
			words := d.Dictionary()
			for j := range words.Len() {
				_ = words.ValueStr(j) // the library checks no offsets: better a panic here than later
			}
		}
	}
	return nil
}

// bounded refuses what no undamaged file of max bytes can need: the library
// believes every length that it reads.
type bounded struct{ max int }

func (b bounded) Allocate(size int) []byte {
	if size < 0 || size > b.max+64 { // and its padding
		panic(fmt.Sprintf("a buffer of %d bytes in a file of %d", size, b.max))
	}
	return memory.DefaultAllocator.Allocate(size)
}

func (b bounded) Reallocate(size int, old []byte) []byte {
	if size <= cap(old) {
		return old[:size]
	}
	grown := b.Allocate(size)
	copy(grown, old)
	return grown
}

func (bounded) Free([]byte) {}

// damaged turns a panic of the flatbuffers or Arrow library, which is how they
// report offsets that point outside the file, into an error.
func (f *File) damaged(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("read %s: the file is damaged: %v", f.path, r)
	}
}
