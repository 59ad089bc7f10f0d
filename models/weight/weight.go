// Package weight keeps named float32 tensors in safetensors files
// (https://github.com/huggingface/safetensors): weights, and the checkpoints of
// models/train. It also reads the weights that others publish, in safetensors and
// in the files of PyTorch's torch.save, of any floating-point type.
//
// A file is written atomically: it is whole or it is the one that was there
// before. What is read is checked before anything is allocated for it: a
// truncated or hostile file is an error, and the pickle in a file of PyTorch can
// only rebuild tensors. (No library does that part: those that unpickle in Go
// take any length for granted, and a file of ten bytes ends the process.) The
// package does not know nets or engines; Reader.Fill is the place where a
// checkpoint and a net's tensors meet, models/pretrained that of published weights.
//
// Start at Save and Load, or at Open for the weights of others.
package weight

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/nlpodyssey/safetensors"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
)

// Tensor is a named array, row-major. A scalar has an empty shape.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// Source is a tensor that is elsewhere, such as on an engine: Read writes its
// values from number at on, as many as dst has room for, to dst.
type Source struct {
	Name  string
	Shape []int
	Read  func(at int, dst []float32) error
}

// Save writes the tensors and the metadata to a safetensors file at path.
// Names must be unique and not empty, shapes must fit the data. The bytes
// depend on the content only, not on the order of the tensors.
func Save(path string, tensors []Tensor, meta map[string]string) error {
	sources := make([]Source, len(tensors))
	for i, t := range tensors {
		if err := t.check(); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		sources[i] = Source{t.Name, t.Shape, func(at int, dst []float32) error {
			copy(dst, t.Data[at:])
			return nil
		}}
	}
	return SaveFrom(path, sources, meta)
}

// SaveFrom is Save of tensors that are read a part at a time, so that no second
// copy of them is ever in memory.
func SaveFrom(path string, sources []Source, meta map[string]string) error {
	err := atomicfile.Write(path, 0o644, func(w io.Writer) error { return write(w, sources, meta) })
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func write(w io.Writer, sources []Source, meta map[string]string) error {
	headers := make(map[string]header, len(sources))
	for _, s := range sources {
		n, err := sizeOf(s.Name, s.Shape)
		if err != nil {
			return err
		}
		if _, ok := headers[s.Name]; ok {
			return fmt.Errorf("tensor %q is there twice", s.Name)
		}
		headers[s.Name] = header{s.Shape, n}
	}
	if err := safetensors.SerializeToWriter(headers, meta, w); err != nil {
		return err
	}
	const part = 1 << 16
	values, raw := make([]float32, part), make([]byte, 4*part)
	for _, s := range slices.SortedFunc(slices.Values(sources), func(a, b Source) int { return cmp.Compare(a.Name, b.Name) }) {
		for at, n := 0, headers[s.Name].size; at < n; at += part {
			v := values[:min(part, n-at)]
			if err := s.Read(at, v); err != nil {
				return fmt.Errorf("tensor %q: %w", s.Name, err)
			}
			for i, x := range v {
				binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(x))
			}
			if _, err := w.Write(raw[:4*len(v)]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t Tensor) check() error {
	n, err := sizeOf(t.Name, t.Shape)
	if err == nil && n != len(t.Data) {
		err = fmt.Errorf("tensor %q: shape %v wants %d values, got %d", t.Name, t.Shape, n, len(t.Data))
	}
	return err
}

// sizeOf is the number of values of a tensor that can be written.
func sizeOf(name string, shape []int) (int, error) {
	if name == "" || name == metaKey {
		return 0, fmt.Errorf("%q cannot name a tensor", name)
	}
	n, err := elements(shape)
	if err != nil {
		return 0, fmt.Errorf("tensor %q: %w", name, err)
	}
	return n, nil
}

// elements is the product of a shape, checked against overflow.
func elements(shape []int) (int, error) {
	n := 1
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v has a negative size", shape)
		}
		if d > 0 && n > math.MaxInt/4/d {
			return 0, fmt.Errorf("shape %v is too large", shape)
		}
		n *= d
	}
	return n, nil
}

// header lets the library write what it says of a tensor. The values follow after
// all headers in the order of the names, which is the library's for tensors of one
// type.
type header struct {
	shape []int
	size  int
}

func (h header) DType() safetensors.DType { return safetensors.F32 }

func (h header) Shape() []uint64 {
	shape := make([]uint64, len(h.shape))
	for i, d := range h.shape {
		shape[i] = uint64(d)
	}
	return shape
}

func (h header) DataLen() uint64 { return 4 * uint64(h.size) }
func (h header) Data() []byte    { return nil }
