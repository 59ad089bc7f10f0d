package graph

import (
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
)

// nop is an engine that computes nothing, so that tests see what the executor
// itself allocates. hook, if set, runs in every convolution.
type nop struct {
	*ref.Engine
	hook func() error
}

func newNop() *nop { return &nop{Engine: ref.New()} }

func (e *nop) Upload(engine.T, []float32) error   { return nil }
func (e *nop) Download([]float32, engine.T) error { return nil }

func (e *nop) Add(a, _ tensor.Tensor, _ ...tensor.FuncOpt) (tensor.Tensor, error) { return a, nil }

func (e *nop) Gemm(engine.Gemm, engine.T, engine.T, engine.T, engine.Epilogue) error { return nil }
func (e *nop) ConvForward(engine.Conv, engine.T, engine.T, engine.T, engine.Epilogue) error {
	if e.hook != nil {
		return e.hook()
	}
	return nil
}
func (e *nop) ConvBackwardData(engine.Conv, engine.T, engine.T, engine.T, bool) error { return nil }
func (e *nop) ConvBackwardWeights(engine.Conv, engine.T, engine.T, engine.T) error    { return nil }
func (e *nop) MaxPool(engine.Pool, engine.T, engine.T) error                          { return nil }
func (e *nop) MaxPoolBackward(engine.Pool, engine.T, engine.T, engine.T, engine.T) error {
	return nil
}
func (e *nop) AvgPool(engine.Pool, engine.T, engine.T) error         { return nil }
func (e *nop) AvgPoolBackward(engine.Pool, engine.T, engine.T) error { return nil }
func (e *nop) BatchNormTrain(_ engine.BatchNorm, _, _, _, _, _, _, _, _, _ engine.T) error {
	return nil
}
func (e *nop) BatchNormEval(_ engine.BatchNorm, _, _, _, _, _, _ engine.T) error { return nil }
func (e *nop) BatchNormBackward(_ engine.BatchNorm, _, _, _, _, _, _, _, _, _, _ engine.T) error {
	return nil
}
func (e *nop) BatchNormFold(_ engine.BatchNorm, _, _, _, _, _, _, _ engine.T) error { return nil }
func (e *nop) ReLU(int, engine.T, engine.T) error                                   { return nil }
func (e *nop) ReLUBackward(int, engine.T, engine.T, engine.T) error                 { return nil }
func (e *nop) BiasReLUBackward(_, _ int, _, _, _, _ engine.T) error                 { return nil }
func (e *nop) ColumnSum(int, int, engine.T, engine.T) error                         { return nil }
func (e *nop) Dropout(int, float32, uint64, engine.T, engine.T) error               { return nil }
func (e *nop) Softmax(int, int, engine.T, engine.T) error                           { return nil }
func (e *nop) SoftmaxCrossEntropy(_, _ int, _, _, _ engine.T) error                 { return nil }
func (e *nop) Mean(int, engine.T, engine.T) error                                   { return nil }
func (e *nop) SquaredError(_, _ int, _ float32, _, _, _, _ engine.T) error          { return nil }
func (e *nop) SquaredErrorBackward(_, _ int, _ float32, _, _, _, _ engine.T) error  { return nil }
func (e *nop) SoftmaxCrossEntropyBackward(_, _ int, _ float32, _, _, _ engine.T) error {
	return nil
}
