// Package weight keeps named float32 tensors in safetensors files
// (https://github.com/huggingface/safetensors): weights, and the checkpoints of
// models/train.
//
// A file is written atomically: it is whole or it is the one that was there
// before. What is read is checked before anything is allocated for it: a
// truncated or hostile file is an error. The package does not know nets or
// engines; File.Fill is the place where a file and a net's tensors meet, and it
// says which tensor does not fit, what was wanted and what was found.
//
// Start at Save and Load.
package weight

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/nlpodyssey/safetensors"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
)

// Tensor is a named array, row-major. A scalar has an empty shape.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// Save writes the tensors and the metadata to a safetensors file at path.
// Names must be unique and not empty, shapes must fit the data. The bytes
// depend on the content only, not on the order of the tensors.
func Save(path string, tensors []Tensor, meta map[string]string) error {
	views := make(map[string]view, len(tensors))
	for _, t := range tensors {
		if err := t.check(); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		if _, ok := views[t.Name]; ok {
			return fmt.Errorf("write %s: tensor %q is there twice", path, t.Name)
		}
		views[t.Name] = view{t}
	}
	err := atomicfile.Write(path, 0o644, func(w io.Writer) error {
		return safetensors.SerializeToWriter(views, meta, w)
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func (t Tensor) check() error {
	if t.Name == "" || t.Name == metaKey {
		return fmt.Errorf("%q cannot name a tensor", t.Name)
	}
	n, err := elements(t.Shape)
	if err != nil {
		return fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	if n != len(t.Data) {
		return fmt.Errorf("tensor %q: shape %v wants %d values, got %d", t.Name, t.Shape, n, len(t.Data))
	}
	return nil
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

// view lets the library write a tensor; the bytes are made one tensor at a time.
type view struct{ t Tensor }

func (v view) DType() safetensors.DType { return safetensors.F32 }

func (v view) Shape() []uint64 {
	shape := make([]uint64, len(v.t.Shape))
	for i, d := range v.t.Shape {
		shape[i] = uint64(d)
	}
	return shape
}

func (v view) DataLen() uint64 { return 4 * uint64(len(v.t.Data)) }

func (v view) Data() []byte {
	b := make([]byte, 0, 4*len(v.t.Data))
	for _, x := range v.t.Data {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}
