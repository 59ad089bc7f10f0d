package features

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// CSVSpeed is one measurement of CSVToIPC.
type CSVSpeed struct {
	Rows     int64
	CSVBytes int64
	IPCBytes int64
	Elapsed  time.Duration // of CSVToIPC alone
}

// BenchCSV measures CSVToIPC on a generated file of the given number of rows in
// dir, in the form of Kaggle's digit-recognizer (42,000 rows are about 77 MB).
// Both files are removed afterwards.
func BenchCSV(ctx context.Context, dir string, rows int, o CSVOptions) (CSVSpeed, error) {
	tmp, err := os.MkdirTemp(dir, "bench-csv-*")
	if err != nil {
		return CSVSpeed{}, diskFault(filepath.Join(dir, "bench.csv"), err)
	}
	defer os.RemoveAll(tmp)
	path := filepath.Join(tmp, "bench.csv")
	size, err := writeSample(path, rows)
	if err != nil {
		return CSVSpeed{}, diskFault(path, err)
	}
	begin := time.Now()
	info, err := CSVToIPC(ctx, path, filepath.Join(tmp, "bench.arrow"), o)
	if err != nil {
		return CSVSpeed{}, err
	}
	return CSVSpeed{Rows: info.Rows, CSVBytes: size, IPCBytes: info.Bytes, Elapsed: time.Since(begin)}, nil
}

func writeSample(path string, rows int) (int64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if err := WriteDigitsCSV(f, rows); err != nil {
		return 0, err
	}
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return st.Size(), f.Close()
}

// WriteDigitsCSV writes a table in the form of digit-recognizer's train.csv:
// label,pixel0..pixel783. The pixels are no digits but have their statistics:
// about a fifth of them, in runs, are not zero. The same number of rows gives
// the same bytes.
func WriteDigitsCSV(dst io.Writer, rows int) error {
	w := bufio.NewWriterSize(dst, 1<<18)
	w.WriteString("label")
	for i := range 784 {
		w.WriteString(",pixel" + strconv.Itoa(i))
	}
	w.WriteByte('\n')
	r := seed.Rand(1, "digits_csv")
	var line []byte
	for range rows {
		line = strconv.AppendInt(line[:0], int64(r.IntN(10)), 10)
		for ink, i := false, 0; i < 784; i++ {
			if ink && r.IntN(8) == 0 || !ink && r.IntN(32) == 0 {
				ink = !ink
			}
			v := int64(0)
			if ink {
				v = min(int64(r.IntN(400)), 255)
			}
			line = strconv.AppendInt(append(line, ','), v, 10)
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return w.Flush()
}
