package features

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/seed-a5aa75a0/podium/features/csvblock"
)

// CSVOptions says how a CSV file is read. The zero value is right for a file
// that Kaggle gives.
type CSVOptions struct {
	// Types fixes the types of columns by name; the first match wins. Columns
	// that match nothing get the narrowest type that holds all their values.
	Types []ColumnType
	// NA are the words, beside the empty field, that mean null. Default: none,
	// because "NA" is a good word for Namibia. CommonNA has the usual ones.
	NA []string
	// MaxLine is the longest record allowed, in bytes. Default: 16 MiB.
	MaxLine int
	// BlockSize is about how many bytes of CSV become one record batch.
	// Default: 2 MiB. The written file depends on it, and on nothing else here
	// but Types and NA.
	BlockSize int
	// Workers is how many goroutines parse. Default: GOMAXPROCS, at most 16, as
	// each holds a block and its columns.
	Workers int
	// Mem allocates the columns. Default: the Go allocator.
	Mem memory.Allocator

	write writeFile // tests let the disk fail
}

// CommonNA are the words for a missing value that most tools write.
var CommonNA = []string{"NA", "N/A", "NaN", "nan", "null", "NULL", "None"}

// Info says what CSVToIPC wrote.
type Info struct {
	Rows   int64
	Schema *arrow.Schema
	Bytes  int64 // length of the Arrow file
}

// CSVToIPC turns the CSV file at csvPath into an Arrow IPC file at ipcPath: typed,
// every column nullable, one record batch for each block of the CSV. It reads
// the file twice: first for the types of all columns, then for the values; see
// Type for the rules. Memory does not grow with the number of rows. The Arrow
// file is there as a whole or not at all.
//
// The dialect is that of encoding/csv: commas, quotes as in RFC 4180, blank
// lines skipped, CRLF or LF. A byte order mark is dropped. The first record
// names the columns; an empty name becomes "column_N" with N counted from 1, and
// two columns of one name are an error.
//
// Errors name the file, the line and the column, with wanted and got.
func CSVToIPC(ctx context.Context, csvPath, ipcPath string, o CSVOptions) (Info, error) {
	o = o.withDefaults()
	src, err := openCSV(csvPath, o)
	if err != nil {
		return Info{}, err
	}
	defer src.file.Close()
	plan, err := inferTypes(ctx, src, o)
	if err != nil {
		return Info{}, err
	}
	info := Info{Rows: plan.rows, Schema: plan.schema}
	info.Bytes, err = o.write.ipc(ipcPath, plan.schema, func(w *ipc.FileWriter) error {
		return encodeColumns(ctx, src, plan, w, o)
	})
	if err != nil {
		return Info{}, err
	}
	return info, nil
}

func (o CSVOptions) withDefaults() CSVOptions {
	if o.MaxLine <= 0 {
		o.MaxLine = 16 << 20
	}
	if o.BlockSize <= 0 {
		o.BlockSize = 2 << 20
	}
	if o.Workers <= 0 {
		o.Workers = min(runtime.GOMAXPROCS(0), 16)
	}
	if o.Mem == nil {
		o.Mem = memory.DefaultAllocator
	}
	return o
}

// csvSource is an open CSV file whose header is read.
type csvSource struct {
	name   string // for errors: the last part of the path
	file   *os.File
	size   int64
	header []string
	start  int64 // offset of the first byte after the header
	line   int64 // its line number
}

// openCSV opens the file and reads its header.
func openCSV(path string, o CSVOptions) (*csvSource, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	src := &csvSource{name: filepath.Base(path), file: f}
	st, err := f.Stat()
	if err == nil {
		src.size = st.Size()
		err = src.readHeader(o)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return src, nil
}

// blocks runs work over the file's blocks on all cores; sink takes the results
// in file order.
func blocks[Out any](ctx context.Context, src *csvSource, o CSVOptions, work func(csvblock.Block) (Out, error), sink func(Out) error, drop func(Out)) error {
	body := io.NewSectionReader(src.file, src.start, src.size-src.start)
	split := csvblock.NewSplitter(body, src.line, o.BlockSize, o.MaxLine)
	free := make(chan []byte, 2*o.Workers+2)
	return csvblock.Ordered(ctx, csvblock.Pipe[csvblock.Block, Out]{
		Workers: o.Workers,
		Next: func() (csvblock.Block, error) {
			var buf []byte
			select {
			case buf = <-free:
			default:
			}
			b, err := split.Next(buf)
			return b, src.fault(err)
		},
		Work: func(_ context.Context, b csvblock.Block) (Out, error) {
			out, err := work(b)
			select {
			case free <- b.Data[:0]:
			default:
			}
			return out, err
		},
		Sink: sink,
		Drop: drop,
	})
}
