// Package cpu is the engine for the processor: matrix products, convolutions and
// the loops over elements and columns in generated AVX-512 and AVX2 assembly
// (portable Go elsewhere), the rest in Go, spread over persistent threads.
//
// It knows nothing of graphs or layers; models/graph calls it through
// engine.Engine. Start with Engine and New here; parallel.go spreads work,
// gemm.go, conv.go and winograd.go say how a product is cut into kernel calls,
// bf16.go what changes with Options.Precision,
// blocks.go how a pass over memory is. internal/asmgen writes the kernels of
// products, internal/vecgen the loops and Winograd's transformations. engine/ref
// is the reference that every method is tested against.
package cpu

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"gorgonia.org/tensor"
)

// Options choose how an Engine runs. The zero value is the best that the
// machine can do.
type Options struct {
	Threads   int       // threads that compute; 0 means GOMAXPROCS
	Level     Level     // instruction set; Auto means the best of the processor
	Winograd  Winograd  // which 3x3 convolutions take Winograd's algorithm
	Precision Precision // of the operands of products
}

// Engine computes on the processor. It is used by one goroutine at a time and
// spreads each call over its threads.
type Engine struct {
	level     Level
	winograd  Winograd
	precision Precision
	kernels   *kernelSet
	products  *kernelSet // of the precision; kernels, if there are none for it
	pool      *pool
	scratch   scratch
	calls     calls
}

var _ engine.Engine = (*Engine)(nil)

// New makes an engine. An Options.Level that the processor lacks is an error.
// When the level is Auto, the environment variable PODIUM_CPU (avx512, avx2 or
// portable) forces one; when Winograd is WinogradAuto, PODIUM_WINOGRAD (auto, off
// or always) rules.
func New(o Options) (*Engine, error) {
	level := o.Level
	if name := os.Getenv("PODIUM_CPU"); level == Auto && name != "" {
		var err error
		if level, err = parseLevel(name); err != nil {
			return nil, err
		}
	}
	if level == Auto {
		level = bestLevel()
	}
	if !level.available() {
		return nil, fault.New(fault.Usage, "leave PODIUM_CPU unset to take the best level", "cpu engine: this processor has no %v", level)
	}
	winograd := o.Winograd
	if name := os.Getenv("PODIUM_WINOGRAD"); winograd == WinogradAuto && name != "" {
		var err error
		if winograd, err = parseWinograd(name); err != nil {
			return nil, err
		}
	}
	if o.Threads < 0 {
		return nil, fault.New(fault.Usage, "", "cpu engine: want threads >= 0, got %d", o.Threads)
	}
	threads := o.Threads
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	e := &Engine{level: level, winograd: winograd, precision: o.Precision, kernels: kernelsFor(level), pool: newPool(threads)}
	e.products = e.kernels
	if pairs := pairKernels(level); o.Precision == BF16 && pairs != nil {
		e.products = pairs
	}
	e.scratch.init(threads)
	runtime.AddCleanup(e, (*pool).close, e.pool) // an engine that nobody closed
	return e, nil
}

// Name is "cpu".
func (e *Engine) Name() string { return "cpu" }

// String is the name, the level, unless it is off Winograd's algorithm, and the
// precision if it is not fp32, such as "cpu avx512 winograd=auto". Each of them
// rounds in its own way: results of two engines are the same bytes if this is the
// same.
func (e *Engine) String() string {
	s := e.Name() + " " + e.level.String()
	if e.winograd != WinogradOff {
		s += " winograd=" + e.winograd.String()
	}
	if e.precision != FP32 {
		s += " " + e.precision.String()
		if e.Emulates() {
			s += " emulated"
		}
	}
	return s
}

// Threads is the number of threads that compute.
func (e *Engine) Threads() int { return e.pool.threads }

// Precision is that of the operands of products.
func (e *Engine) Precision() Precision { return e.precision }

// Level is the instruction set in use.
func (e *Engine) Level() Level { return e.level }

// Tensor makes a zeroed float32 tensor; its memory starts on a cache line.
func (e *Engine) Tensor(shape ...int) engine.T {
	return e.wrap(alignedFloats(tensor.Shape(shape).TotalSize()), shape)
}

// View is a tensor over part of t's memory, from element offset on. It panics
// if that part is not inside t.
func (e *Engine) View(t engine.T, offset int, shape ...int) engine.T {
	n := tensor.Shape(shape).TotalSize()
	data := t.Float32s()
	if offset < 0 || offset+n > len(data) {
		panic(fmt.Sprintf("cpu engine: view of %d elements from %d on does not fit %d elements", n, offset, len(data)))
	}
	return e.wrap(data[offset:offset+n:offset+n], shape)
}

func (e *Engine) wrap(data []float32, shape []int) engine.T {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data), tensor.WithEngine(e))
}

// Upload copies len(src) elements to the front of dst.
func (e *Engine) Upload(dst engine.T, src []float32) error {
	d, err := e.data("upload: dst", dst, len(src))
	if err != nil {
		return err
	}
	copy(d, src)
	return nil
}

// Download copies len(dst) elements from the front of src.
func (e *Engine) Download(dst []float32, src engine.T) error {
	s, err := e.data("download: src", src, len(dst))
	if err != nil {
		return err
	}
	copy(dst, s)
	return nil
}

// Sync does nothing: every call is done when it returns.
func (e *Engine) Sync() error { return nil }

// Close ends the threads. The engine must not be used afterwards; its tensors
// stay readable.
func (e *Engine) Close() error {
	e.pool.close()
	return nil
}

// data is the first n elements of an operand. op names the call and the operand
// ("gemm: a") in the error for one that is nil, too small or not float32.
func (e *Engine) data(op string, t engine.T, n int) ([]float32, error) {
	if t == nil {
		return nil, fmt.Errorf("%s: want %d elements, got no tensor", op, n)
	}
	if t.Dtype() != tensor.Float32 {
		return nil, fmt.Errorf("%s: want float32, got %v", op, t.Dtype())
	}
	d := t.Float32s()
	if len(d) < n {
		return nil, fmt.Errorf("%s: want at least %d elements, got %d (shape %v)", op, n, len(d), t.Shape())
	}
	return d[:n:n], nil
}

// lineFloats is the number of float32 in a cache line, which is also the widest
// vector: loads that start on a line never straddle two.
const lineFloats = 16

// alignedFloats is a zeroed slice that starts on a cache line.
func alignedFloats(n int) []float32 {
	buf := make([]float32, n+lineFloats)
	addr := uintptr(unsafe.Pointer(unsafe.SliceData(buf)))
	skip := int(-addr/4) & (lineFloats - 1)
	return buf[skip : skip+n : skip+n]
}

// onLine says that x starts on a cache line.
func onLine(x []float32) bool {
	return uintptr(unsafe.Pointer(unsafe.SliceData(x)))%(4*lineFloats) == 0
}
