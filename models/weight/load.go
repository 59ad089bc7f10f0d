package weight

import (
	"fmt"
	"slices"
)

// File is the content of a safetensors file.
type File struct {
	Path    string            // where it was read from, for messages
	Tensors []Tensor          // in the order of their data
	Meta    map[string]string // nil without metadata
}

// Load reads a file that Save wrote: all tensors must be float32. Errors name
// the file and, where one is to blame, the tensor. Open reads weights of others.
func Load(path string) (*File, error) {
	r, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	file, err := r.load()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	file.Path = path
	return file, nil
}

func (r *Reader) load() (*File, error) {
	file := &File{Meta: r.meta, Tensors: make([]Tensor, 0, len(r.entries))}
	for _, e := range r.entries {
		if e.DType != "F32" {
			return nil, fmt.Errorf("tensor %q: want dtype F32, got %s", e.Name, e.DType)
		}
		t := Tensor{Name: e.Name, Shape: e.Shape, Data: make([]float32, e.Elements())}
		if err := r.read(e.Name, t.Data); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", e.Name, err)
		}
		file.Tensors = append(file.Tensors, t)
	}
	return file, nil
}

// Find returns the tensor called name.
func (f *File) Find(name string) (Tensor, bool) {
	i := slices.IndexFunc(f.Tensors, func(t Tensor) bool { return t.Name == name })
	if i < 0 {
		return Tensor{}, false
	}
	return f.Tensors[i], true
}
