package weight

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Info says what a tensor of a file is.
type Info struct {
	Name  string
	Shape []int  // empty for a scalar
	DType string // in the words of safetensors: F32, F64, F16, BF16, I64, ...
}

// Elements is the number of values.
func (i Info) Elements() int {
	n := 1
	for _, d := range i.Shape {
		n *= d
	}
	return n
}

// Reader gives the tensors of an open file one by one, so that no second copy of
// the file is ever in memory. It is used by one goroutine at a time.
type Reader struct {
	path    string
	file    io.ReaderAt
	close   func() error
	format  string
	meta    map[string]string
	entries []entry
	byName  map[string]int
	chunk   []byte
}

// entry is a tensor and where its values are.
type entry struct {
	Info
	dtype   dtype
	at      int64 // offset of its first value in the file
	strides []int // in values; nil: the values lie one after another, row-major
}

// Open reads what a weight file holds, but no values: a safetensors file, or one
// that PyTorch's torch.save made of a state dict (zipped, or in the format before
// version 1.6), whatever its name. Of a pickle it understands only what rebuilds
// tensors: nothing in a file is ever run. The error for a file that is broken, or
// asks for anything else, names what is wrong, with a hint.
func Open(path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := open(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", path, err), f.Close())
	}
	r.path, r.close = path, f.Close
	return r, nil
}

func open(f *os.File) (*Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	return newReader(f, info.Size())
}

// newReader tells the format by the first bytes.
func newReader(f io.ReaderAt, size int64) (*Reader, error) {
	var head [16]byte
	n, err := f.ReadAt(head[:], 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	r := &Reader{file: f, byName: map[string]int{}}
	switch {
	case isZip(head[:n]):
		r.format = "PyTorch"
		r.entries, err = readTorchZip(f, size)
	case isLegacy(head[:n]):
		r.format = "PyTorch (before 1.6)"
		r.entries, err = readTorchLegacy(f, size)
	default:
		r.format = "safetensors"
		r.entries, r.meta, err = readSafetensors(f, size)
	}
	if err != nil {
		return nil, err
	}
	for i, e := range r.entries {
		r.byName[e.Name] = i
	}
	return r, nil
}

// Close closes the file.
func (r *Reader) Close() error { return r.close() }

// Path is the path that Open was given.
func (r *Reader) Path() string { return r.path }

// Format names the kind of the file, for people.
func (r *Reader) Format() string { return r.format }

// Meta are the metadata of a safetensors file, nil without any.
func (r *Reader) Meta() map[string]string { return r.meta }

// Infos are the tensors in the order of the file.
func (r *Reader) Infos() []Info {
	out := make([]Info, len(r.entries))
	for i, e := range r.entries {
		out[i] = e.Info
	}
	return out
}

// Lookup is the tensor of that name.
func (r *Reader) Lookup(name string) (Info, bool) {
	i, ok := r.byName[name]
	if !ok {
		return Info{}, false
	}
	return r.entries[i].Info, true
}

// Read writes the tensor's values, row-major and as float32, to dst, which must
// have room for exactly these. Double is rounded, half and bfloat16 are exact;
// integers are no weights and an error.
func (r *Reader) Read(name string, dst []float32) error {
	if err := r.read(name, dst); err != nil {
		return fmt.Errorf("read %s: tensor %q: %w", r.path, name, err)
	}
	return nil
}

func (r *Reader) read(name string, dst []float32) error {
	i, ok := r.byName[name]
	if !ok {
		return errors.New("not there")
	}
	e := r.entries[i]
	switch {
	case e.dtype.float32 == nil:
		return fmt.Errorf("want numbers with a fraction, got %s", e.DType)
	case len(dst) != e.Elements():
		return fmt.Errorf("want room for %d values, got %d", e.Elements(), len(dst))
	case e.strides == nil:
		return r.stream(e, dst)
	}
	span := make([]float32, reach(e.Shape, e.strides))
	if err := r.stream(e, span); err != nil {
		return err
	}
	gather(dst, span, e.Shape, e.strides)
	return nil
}

// chunkSize is how many bytes are read at once, a multiple of every dtype's size.
const chunkSize = 1 << 18

// stream reads len(dst) values that lie one after another.
func (r *Reader) stream(e entry, dst []float32) error {
	if r.chunk == nil {
		r.chunk = make([]byte, chunkSize)
	}
	at := e.at
	for part := range slices.Chunk(dst, chunkSize/e.dtype.size) {
		raw := r.chunk[:len(part)*e.dtype.size]
		if n, err := r.file.ReadAt(raw, at); n < len(raw) {
			return fmt.Errorf("%d bytes at %d: %w", len(raw), at, err)
		}
		e.dtype.float32(part, raw)
		at += int64(len(raw))
	}
	return nil
}

// reach is how many values there are from a tensor's first to its last in memory.
func reach(shape, strides []int) int {
	n := 1
	for i, d := range shape {
		if d == 0 {
			return 0
		}
		n += (d - 1) * strides[i]
	}
	return n
}

// gather fills dst row-major with what the strides pick of span.
func gather(dst, span []float32, shape, strides []int) {
	index, from := make([]int, len(shape)), 0
	for i := range dst {
		dst[i] = span[from]
		for d := len(shape) - 1; d >= 0; d-- {
			index[d]++
			from += strides[d]
			if index[d] < shape[d] {
				break
			}
			from -= shape[d] * strides[d]
			index[d] = 0
		}
	}
}

// broken is an error about a file that does not keep to its format.
func broken(format string, args ...any) error {
	return fault.New(fault.Failed, "fetch the file again: it is damaged, or not a weight file", format, args...)
}
