package features

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// writeFile writes a file whole or not at all; nil is atomicfile.Write.
type writeFile func(path string, perm os.FileMode, fn func(io.Writer) error) error

// ipc writes an Arrow IPC file of records with the schema and says how long it
// is.
func (write writeFile) ipc(path string, schema *arrow.Schema, records func(*ipc.FileWriter) error) (int64, error) {
	if write == nil {
		write = atomicfile.Write
	}
	var size int64
	err := write(path, 0o644, func(dst io.Writer) error {
		s := &sink{w: bufio.NewWriterSize(dst, 1<<18)}
		w, err := ipc.NewFileWriter(s, ipc.WithSchema(schema), ipc.WithAllocator(memory.NewGoAllocator()))
		if err != nil {
			return err
		}
		if err := records(w); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		size = s.n
		return s.w.Flush()
	})
	return size, writeFault(path, err)
}

// writeFault says which file could not be written, with a hint where a person can
// mend it.
func writeFault(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Failed, "make the folder first: mkdir -p "+filepath.Dir(path), "write %s", path)
	}
	var p *fs.PathError
	if errors.As(err, &p) || fault.HintOf(fault.Disk(err, path)) != "" {
		return fault.Disk(fmt.Errorf("write %s: %w", path, err), path)
	}
	return err
}

// sink counts the bytes, since the Arrow writer asks a file where it is.
type sink struct {
	w *bufio.Writer
	n int64
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.n += int64(n)
	return n, err
}

// Seek only tells the place, which is all that the Arrow writer wants.
func (s *sink) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		return 0, errors.New("seek in a file that is being written")
	}
	return s.n, nil
}
