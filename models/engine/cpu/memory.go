package cpu

import (
	"fmt"

	"gorgonia.org/tensor"
)

// The methods here make Engine a tensor.Engine, as gorgonia wants of the engine
// of its tensors; add.go makes it a tensor.Adder.

// AllocAccessible is true: the memory is Go's.
func (e *Engine) AllocAccessible() bool { return true }

// WorksWith is true for row-major, contiguous tensors.
func (e *Engine) WorksWith(o tensor.DataOrder) bool { return o.IsRowMajor() && o.IsContiguous() }

// Alloc makes zeroed memory of size bytes.
func (e *Engine) Alloc(size int64) (tensor.Memory, error) {
	if size < 0 || size%4 != 0 {
		return nil, fmt.Errorf("cpu engine: alloc: want a multiple of 4 bytes, got %d", size)
	}
	return e.Tensor(int(size / 4)), nil
}

// Free does nothing: the garbage collector frees.
func (e *Engine) Free(tensor.Memory, int64) error { return nil }

// Accessible is mem itself.
func (e *Engine) Accessible(mem tensor.Memory) (tensor.Memory, error) { return mem, nil }

// Memset fills mem with a float32.
func (e *Engine) Memset(mem tensor.Memory, val any) error {
	d, err := floatsOf(mem)
	if err != nil {
		return fmt.Errorf("cpu engine: memset: %w", err)
	}
	v, ok := val.(float32)
	if !ok {
		return fmt.Errorf("cpu engine: memset: want a float32, got %T", val)
	}
	for i := range d {
		d[i] = v
	}
	return nil
}

// Memclr zeroes mem. It panics on memory that is not a float32 tensor's.
func (e *Engine) Memclr(mem tensor.Memory) {
	d, err := floatsOf(mem)
	if err != nil {
		panic(fmt.Errorf("cpu engine: memclr: %w", err))
	}
	clear(d)
}

// Memcpy copies as much of src as fits dst.
func (e *Engine) Memcpy(dst, src tensor.Memory) error {
	d, err := floatsOf(dst)
	if err != nil {
		return fmt.Errorf("cpu engine: memcpy: dst: %w", err)
	}
	s, err := floatsOf(src)
	if err != nil {
		return fmt.Errorf("cpu engine: memcpy: src: %w", err)
	}
	copy(d, s)
	return nil
}

func floatsOf(mem tensor.Memory) ([]float32, error) {
	f, ok := mem.(interface{ Float32s() []float32 })
	if !ok {
		return nil, fmt.Errorf("want a tensor's memory, got %T", mem)
	}
	return f.Float32s(), nil
}
