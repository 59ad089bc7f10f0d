//go:build linux

package graph_test

import (
	"runtime/debug"
	"slices"
	"syscall"
	"testing"
	"unsafe"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/solver"
)

// device is the reference engine on memory that faults when anyone but its own
// methods touches it, as the memory of a GPU does.
type device struct {
	*ref.Engine
	memory [][]byte
}

func (d *device) Tensor(shape ...int) engine.T {
	size := tensor.Shape(shape).TotalSize()
	mem, err := syscall.Mmap(-1, 0, 4*size, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	d.memory = append(d.memory, mem)
	return d.wrap(unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(mem))), size), shape)
}

func (d *device) View(t engine.T, offset int, shape ...int) engine.T {
	size := tensor.Shape(shape).TotalSize()
	return d.wrap(t.Float32s()[offset:offset+size], shape)
}

func (d *device) wrap(data []float32, shape []int) engine.T {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data), tensor.WithEngine(d))
}

func (d *device) Close() error {
	for _, mem := range d.memory {
		if err := syscall.Munmap(mem); err != nil {
			return err
		}
	}
	return nil
}

// inside runs f with the memory open.
func (d *device) inside(f func() error) error {
	d.protect(syscall.PROT_READ | syscall.PROT_WRITE)
	defer d.protect(syscall.PROT_NONE)
	return f()
}

func (d *device) protect(mode int) {
	for _, mem := range d.memory {
		if err := syscall.Mprotect(mem, mode); err != nil {
			panic(err)
		}
	}
}

func (d *device) Upload(dst engine.T, src []float32) error {
	return d.inside(func() error { return d.Engine.Upload(dst, src) })
}
func (d *device) Download(dst []float32, src engine.T) error {
	return d.inside(func() error { return d.Engine.Download(dst, src) })
}
func (d *device) Add(a, b tensor.Tensor, opts ...tensor.FuncOpt) (out tensor.Tensor, err error) {
	err = d.inside(func() error { out, err = d.Engine.Add(a, b, opts...); return err })
	return out, err
}
func (d *device) Gemm(g engine.Gemm, a, b, c engine.T, e engine.Epilogue) error {
	return d.inside(func() error { return d.Engine.Gemm(g, a, b, c, e) })
}
func (d *device) ConvForward(c engine.Conv, x, w, y engine.T, e engine.Epilogue) error {
	return d.inside(func() error { return d.Engine.ConvForward(c, x, w, y, e) })
}
func (d *device) ConvBackwardData(c engine.Conv, w, dy, dx engine.T, accumulate bool) error {
	return d.inside(func() error { return d.Engine.ConvBackwardData(c, w, dy, dx, accumulate) })
}
func (d *device) ConvBackwardWeights(c engine.Conv, x, dy, dw engine.T) error {
	return d.inside(func() error { return d.Engine.ConvBackwardWeights(c, x, dy, dw) })
}
func (d *device) MaxPool(p engine.Pool, x, y engine.T) error {
	return d.inside(func() error { return d.Engine.MaxPool(p, x, y) })
}
func (d *device) MaxPoolBackward(p engine.Pool, x, y, dy, dx engine.T) error {
	return d.inside(func() error { return d.Engine.MaxPoolBackward(p, x, y, dy, dx) })
}
func (d *device) BatchNormTrain(b engine.BatchNorm, x, residual, gamma, beta, mean, variance, y, m, s engine.T) error {
	return d.inside(func() error { return d.Engine.BatchNormTrain(b, x, residual, gamma, beta, mean, variance, y, m, s) })
}
func (d *device) BatchNormEval(b engine.BatchNorm, x, gamma, beta, mean, variance, y engine.T) error {
	return d.inside(func() error { return d.Engine.BatchNormEval(b, x, gamma, beta, mean, variance, y) })
}
func (d *device) BatchNormBackward(b engine.BatchNorm, x, y, dy, gamma, mean, s, dx, dres, dgamma, dbeta engine.T) error {
	return d.inside(func() error { return d.Engine.BatchNormBackward(b, x, y, dy, gamma, mean, s, dx, dres, dgamma, dbeta) })
}
func (d *device) BatchNormFold(b engine.BatchNorm, gamma, beta, mean, variance, bias, scale, shift engine.T) error {
	return d.inside(func() error { return d.Engine.BatchNormFold(b, gamma, beta, mean, variance, bias, scale, shift) })
}
func (d *device) ReLU(n int, x, y engine.T) error {
	return d.inside(func() error { return d.Engine.ReLU(n, x, y) })
}
func (d *device) ReLUBackward(n int, y, dy, dx engine.T) error {
	return d.inside(func() error { return d.Engine.ReLUBackward(n, y, dy, dx) })
}
func (d *device) BiasReLUBackward(rows, cols int, y, dy, dx, db engine.T) error {
	return d.inside(func() error { return d.Engine.BiasReLUBackward(rows, cols, y, dy, dx, db) })
}
func (d *device) ColumnSum(rows, cols int, x, out engine.T) error {
	return d.inside(func() error { return d.Engine.ColumnSum(rows, cols, x, out) })
}
func (d *device) Dropout(n int, p float32, seed uint64, x, y engine.T) error {
	return d.inside(func() error { return d.Engine.Dropout(n, p, seed, x, y) })
}
func (d *device) Softmax(rows, cols int, x, y engine.T) error {
	return d.inside(func() error { return d.Engine.Softmax(rows, cols, x, y) })
}
func (d *device) SoftmaxCrossEntropy(rows, cols int, logits, target, loss engine.T) error {
	return d.inside(func() error { return d.Engine.SoftmaxCrossEntropy(rows, cols, logits, target, loss) })
}
func (d *device) SquaredError(rows, cols int, scale float32, x, target, weight, loss engine.T) error {
	return d.inside(func() error { return d.Engine.SquaredError(rows, cols, scale, x, target, weight, loss) })
}
func (d *device) SquaredErrorBackward(rows, cols int, scale float32, x, target, weight, dx engine.T) error {
	return d.inside(func() error { return d.Engine.SquaredErrorBackward(rows, cols, scale, x, target, weight, dx) })
}
func (d *device) SoftmaxCrossEntropyBackward(rows, cols int, scale float32, logits, target, dlogits engine.T) error {
	return d.inside(func() error {
		return d.Engine.SoftmaxCrossEntropyBackward(rows, cols, scale, logits, target, dlogits)
	})
}
func (d *device) Mean(n int, x, out engine.T) error {
	return d.inside(func() error { return d.Engine.Mean(n, x, out) })
}
func (d *device) Adam(a engine.Adam, w, g, m, v []engine.T) error {
	return d.inside(func() error { return d.Engine.Adam(a, w, g, m, v) })
}

// TestDeviceMemory trains, copies, draws and predicts on memory that only the
// engine may touch: nothing here or in gorgonia does, and the numbers are those
// of plain memory.
func TestDeviceMemory(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	d := &device{Engine: ref.New()}
	defer d.Close()
	if !slices.Equal(trainAndPredict(t, d), trainAndPredict(t, ref.New())) {
		t.Error("predictions differ from those on plain memory")
	}

	// The test can fail: touching the memory is a fault.
	defer func() {
		if recover() == nil {
			t.Error("device memory was read without a fault")
		}
	}()
	t.Log(d.Tensor(1).Float32s()[0])
}

func trainAndPredict(t *testing.T, e engine.Engine) []float32 {
	t.Helper()
	layers := func(n *graph.Net) *G.Node {
		x := n.Conv(n.Input(6, 6, 2), graph.Conv{Name: "a", Filters: 3, Kernel: 3, Same: true, Bias: true, ReLU: true})
		y := n.BatchNorm(n.Conv(x, graph.Conv{Name: "b", Filters: 3, Kernel: 3, Same: true}), graph.BatchNorm{Name: "n"})
		x = n.Dropout(n.Flatten(n.MaxPool(n.ReLU(n.Add(x, y)), 2, 2, 0)), 0.2)
		return n.Dense(x, graph.Dense{Name: "out", Units: 2, Bias: true})
	}
	s := graph.NewState(e, 1)
	n := graph.NewNet(s, graph.Train, 2)
	x, err := n.Compile(layers(n))
	check(t, err)
	update, err := solver.New("adam", e, x.Trained(), solver.Config{LR: 0.01, WeightDecay: 0.1})
	check(t, err)
	in := make([]float32, 2*72)
	for i := range in {
		in[i] = float32(i%7) - 3
	}
	for i := range uint64(3) {
		_, err := x.Step(2, in, []float32{1, 0, 0, 1}, i)
		check(t, err)
		check(t, update.Step(x.ValueGrads()))
	}
	average, err := s.Clone()
	check(t, err)
	_ = n.Dot()
	n = graph.NewNet(average, graph.Eval, 2)
	v, err := n.Compile(layers(n))
	check(t, err)
	out := make([]float32, 4)
	check(t, v.Predict(2, in, out))
	return out
}
