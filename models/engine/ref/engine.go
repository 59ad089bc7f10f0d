// Package ref is the engine that is obviously right: plain loops that follow the
// definitions, sums in float64, one thread. It is the oracle of
// engine/enginetest and of the tests of models/graph, and far too slow to train
// with. Its own numbers are tested against PyTorch (testdata/golden.py).
//
// Start with Engine; each file holds the methods of its name.
package ref

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"gorgonia.org/tensor"
)

// Engine computes slowly and plainly. Its memory is Go's; tensor.StdEng gives
// the methods of a tensor.Engine.
type Engine struct{ tensor.StdEng }

var _ engine.Engine = (*Engine)(nil)

// New makes an engine.
func New() *Engine { return &Engine{} }

// Name is "ref".
func (e *Engine) Name() string { return "ref" }

// Threads is 1.
func (e *Engine) Threads() int { return 1 }

// WorksWith is true for row-major, contiguous tensors.
func (e *Engine) WorksWith(o tensor.DataOrder) bool { return o.IsRowMajor() && o.IsContiguous() }

// Tensor makes a zeroed float32 tensor.
func (e *Engine) Tensor(shape ...int) engine.T {
	return e.wrap(make([]float32, tensor.Shape(shape).TotalSize()), shape)
}

// View is a tensor over part of t's memory, from element offset on. It panics
// if that part is not inside t.
func (e *Engine) View(t engine.T, offset int, shape ...int) engine.T {
	n, data := tensor.Shape(shape).TotalSize(), t.Float32s()
	if offset < 0 || offset+n > len(data) {
		panic(fmt.Sprintf("ref engine: view of %d elements from %d on does not fit %d elements", n, offset, len(data)))
	}
	return e.wrap(data[offset:offset+n:offset+n], shape)
}

func (e *Engine) wrap(data []float32, shape []int) engine.T {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data), tensor.WithEngine(e))
}

// Upload copies len(src) elements to the front of dst.
func (e *Engine) Upload(dst engine.T, src []float32) error {
	o := operands{op: "upload"}
	d := o.get("dst", dst, len(src))
	if o.err == nil {
		copy(d, src)
	}
	return o.err
}

// Download copies len(dst) elements from the front of src.
func (e *Engine) Download(dst []float32, src engine.T) error {
	o := operands{op: "download"}
	s := o.get("src", src, len(dst))
	if o.err == nil {
		copy(dst, s)
	}
	return o.err
}

// Sync does nothing: every call is done when it returns.
func (e *Engine) Sync() error { return nil }

// Close does nothing: the garbage collector frees.
func (e *Engine) Close() error { return nil }
