// Package engine says what a device must be able to do for a net to train and
// predict on it. It holds the contract only: engine/cpu implements it with Go
// assembly, a CUDA engine is to implement the same; engine/ref is the slow
// reference that both are tested against, through the one suite in
// engine/enginetest. Nothing here knows of graphs, layers or training: models/graph
// turns layers into calls of these methods.
//
// # Conventions
//
// All operands are float32 *tensor.Dense whose memory belongs to the engine
// (made by Tensor or View of the same engine), row-major and contiguous. Images
// are NHWC: batch, height, width, channel. Convolution weights are HWIO
// [R, S, C, K]: kernel row, kernel column, input channel, output channel. Dense
// weights are [in, out]. Shapes in descriptors rule; an operand may be larger
// than the descriptor asks for (buffers are made for the largest batch) but
// never smaller: too small is an error that names op, want and got.
//
// Outputs never overlap inputs unless a method says that they may. Every output
// is written whole: what was in it before (NaN in the tests) must not matter,
// except where Accumulate says so.
//
// Results are deterministic: the same inputs on the same engine with the same
// number of threads give the same bytes. A call is done when it returns, or
// queued in order on a device; Download and Sync wait.
package engine

import (
	"fmt"

	"gorgonia.org/tensor"
)

// T is an operand.
type T = *tensor.Dense

// Engine is a device. It is a tensor.Engine, so that gorgonia accepts its
// tensors, and everything that a net needs on top. An Engine is used by one
// goroutine at a time; it spreads work over its threads by itself.
type Engine interface {
	tensor.Engine
	// Add(a, b, WithReuse(y)) is the sum of gradients that meet and of residual
	// branches. y may be a, b or a third tensor; a and b may be the same.
	tensor.Adder

	Name() string // "cpu", "cuda", "ref"
	Threads() int // OS threads that compute, 1 on a GPU

	// Tensor makes a zeroed tensor on the device. View is a tensor over
	// part of t's memory, from element offset on; it owns nothing.
	Tensor(shape ...int) T
	View(t T, offset int, shape ...int) T

	Upload(dst T, src []float32) error   // copies len(src) elements to the front of dst
	Download(dst []float32, src T) error // copies len(dst) elements from the front of src
	Sync() error                         // waits for queued work, returns its first error
	Close() error                        // frees the device's memory and threads

	// Gemm: c = op(a) op(b), then the epilogue.
	Gemm(g Gemm, a, b, c T, e Epilogue) error

	// ConvForward: y = x * w, then the epilogue. ConvBackwardData: dx from w and
	// dy, added to what dx holds if accumulate is set. ConvBackwardWeights: dw
	// from x and dy. dy is the gradient before the epilogue (see BiasReLUBackward,
	// ReLUBackward, ColumnSum).
	ConvForward(c Conv, x, w, y T, e Epilogue) error
	ConvBackwardData(c Conv, w, dy, dx T, accumulate bool) error
	ConvBackwardWeights(c Conv, x, dy, dw T) error

	// A depthwise convolution convolves each channel with weights of its own,
	// [R,S,C]; K is C. Methods are those of a convolution without an epilogue.
	DepthwiseForward(c Conv, x, w, y T) error
	DepthwiseBackwardData(c Conv, w, dy, dx T) error
	DepthwiseBackwardWeights(c Conv, x, dy, dw T) error

	// MaxPool takes the largest of each window; padding never wins, NaN always.
	// MaxPoolBackward sends dy to the first (row-major) position in the window
	// that equals y, as PyTorch does. AvgPool divides by the number of elements
	// of the window that lie inside the image (PyTorch's count_include_pad=False),
	// or with CountPad by all of them.
	MaxPool(p Pool, x, y T) error
	MaxPoolBackward(p Pool, x, y, dy, dx T) error
	AvgPool(p Pool, x, y T) error
	AvgPoolBackward(p Pool, dy, dx T) error

	// BatchNorm normalises each column (channel) of a [Rows, Cols] matrix.
	// Train (which needs two rows) adds residual, if not nil, to what it has
	// normalised, then does the ReLU, and writes y, which may be residual, the
	// batch's mean and 1/sqrt(var+eps) to mean and invStd (for backward), and
	// moves runMean and runVar by Momentum towards the batch (the unbiased
	// variance, as PyTorch). Eval uses runMean and runVar.
	// Backward takes the input x, the output y (for the ReLU mask, ignored
	// without ReLU) and dy, and writes dx, dgamma, dbeta and, if dres is not nil,
	// the gradient of the residual: dy behind the ReLU. dres may be dy; dx may be
	// x, or dy if dres is not.
	// Fold writes what makes of Eval's work an epilogue of the product before
	// it, whose bias may be nil: scale = gamma/sqrt(runVar+eps) and
	// shift = (bias - runMean)*scale + beta.
	BatchNormTrain(b BatchNorm, x, residual, gamma, beta, runMean, runVar, y, mean, invStd T) error
	BatchNormEval(b BatchNorm, x, gamma, beta, runMean, runVar, y T) error
	BatchNormBackward(b BatchNorm, x, y, dy, gamma, mean, invStd, dx, dres, dgamma, dbeta T) error
	BatchNormFold(b BatchNorm, gamma, beta, runMean, runVar, bias, scale, shift T) error

	// ReLU: y may be x. ReLUBackward: dx = dy where y > 0, else 0. dx may be dy.
	ReLU(n int, x, y T) error
	ReLUBackward(n int, y, dy, dx T) error
	// ReLU6: y = min(max(x, 0), 6); its backward: dx = dy where 0 < y < 6, else
	// 0. In place as with ReLU.
	ReLU6(n int, x, y T) error
	ReLU6Backward(n int, y, dy, dx T) error
	// BiasReLUBackward is ReLUBackward on a [rows, cols] matrix y = relu(z + bias),
	// with the gradient of the bias: dx = dy where y > 0, else 0; db[j] = the sum
	// of column j of dx. dx may be dy.
	BiasReLUBackward(rows, cols int, y, dy, dx, db T) error
	// CopyColumns copies columns of a matrix into another one; the other columns
	// of dst stay as they are. It is how images are joined along their channels.
	CopyColumns(c Columns, src, dst T) error
	// ColumnSum: out[j] = sum over i of x[i*cols+j].
	ColumnSum(rows, cols int, x, out T) error

	// Dropout: y[i] = 0 with probability p, else x[i]/(1-p). Whether element i
	// is kept is Keep(seed, i, p), the same on every engine, so that the backward
	// pass is the same call on dy. y may be x.
	Dropout(n int, p float32, seed uint64, x, y T) error

	// Softmax over each row. SoftmaxCrossEntropy takes logits and target
	// probabilities (one-hot or soft), writes each row's loss
	// -sum(target*log softmax) to loss [rows]; its backward writes
	// (softmax - target)*scale to dlogits (targets sum to one).
	Softmax(rows, cols int, x, y T) error
	SoftmaxCrossEntropy(rows, cols int, logits, target, loss T) error
	SoftmaxCrossEntropyBackward(rows, cols int, scale float32, logits, target, dlogits T) error

	// SquaredError adds to the loss [rows] of each row scale * weight[row] * the
	// sum of (x - target)^2 over its columns; its backward writes the gradient,
	// 2 * scale * weight[row] * (x - target), to dx. A row of weight 0 counts
	// nothing, whatever it holds, NaN too.
	SquaredError(rows, cols int, scale float32, x, target, weight, loss T) error
	SquaredErrorBackward(rows, cols int, scale float32, x, target, weight, dx T) error

	// Mean: out[0] = mean of the first n elements of x, summed in a fixed order.
	Mean(n int, x, out T) error

	// Adam and SGD update many parameters in one pass. EMA: avg = decay*avg +
	// (1-decay)*w for each pair.
	Adam(a Adam, w, g, m, v []T) error
	SGD(s SGD, w, g, velocity []T) error
	EMA(decay float32, avg, w []T) error
}

// Gemm describes c[M,N] = op(a)[M,K] op(b)[K,N]. op(a) is a, stored [M,K], or
// with TransA the transpose of a, stored [K,M]; likewise for b, stored [K,N] or
// [N,K].
type Gemm struct {
	TransA, TransB bool
	M, N, K        int
}

// FLOPs is the arithmetic of the product, counting a multiply-add as two.
func (g Gemm) FLOPs() float64 { return 2 * float64(g.M) * float64(g.N) * float64(g.K) }

// Epilogue is what happens to a result on its way to memory, in this order. Scale
// and Bias hold one value a column (output channel) and are nil for none.
type Epilogue struct {
	Scale      T    // multiply
	Bias       T    // add
	Accumulate bool // add what the memory holds
	ReLU       bool // take the larger of it and 0
}

// Conv describes a 2-D convolution (cross-correlation, as the field says it) of
// x [N,H,W,C] with weights [R,S,C,K], giving y [N,OutH,OutW,K]. Padding is the
// same on both sides, but for what End adds. Strides of zero mean 1.
type Conv struct {
	N, H, W, C       int // input
	K, R, S          int // output channels, kernel height, kernel width
	StrideH, StrideW int
	PadH, PadW       int
	EndH, EndW       int // rows below and columns to the right of zeros more; less than R and S
}

// OutH is the height of the output, floor((H + 2*PadH + EndH - R)/StrideH) + 1.
func (c Conv) OutH() int { return outSize(c.H+c.EndH, c.R, c.StrideH, c.PadH) }

// OutW is the width of the output.
func (c Conv) OutW() int { return outSize(c.W+c.EndW, c.S, c.StrideW, c.PadW) }

// FLOPs is the arithmetic of one pass (forward, or either backward), counting a
// multiply-add as two and padding as if it were data.
func (c Conv) FLOPs() float64 {
	return 2 * float64(c.N*c.OutH()*c.OutW()) * float64(c.K) * float64(c.R*c.S*c.C)
}

// Check says what is wrong with the description, if anything.
func (c Conv) Check() error {
	if c.N < 1 || c.H < 1 || c.W < 1 || c.C < 1 || c.K < 1 || c.R < 1 || c.S < 1 ||
		c.StrideH < 0 || c.StrideW < 0 || c.PadH < 0 || c.PadW < 0 {
		return fmt.Errorf("conv: sizes must be positive: %+v", c)
	}
	if c.EndH < 0 || c.EndW < 0 || c.EndH >= c.R || c.EndW >= c.S {
		return fmt.Errorf("conv: want zeros at the end of less than the kernel %dx%d, got %dx%d", c.R, c.S, c.EndH, c.EndW)
	}
	if high, wide := c.H+2*c.PadH+c.EndH, c.W+2*c.PadW+c.EndW; high < c.R || wide < c.S {
		return fmt.Errorf("conv: kernel %dx%d is larger than the padded input %dx%d", c.R, c.S, high, wide)
	}
	return nil
}

// CheckDepthwise is Check for a depthwise convolution.
func (c Conv) CheckDepthwise() error {
	if c.K != c.C {
		return fmt.Errorf("depthwise conv: want as many output channels as input channels, got %d and %d", c.K, c.C)
	}
	return c.Check()
}

// Pool describes pooling of x [N,H,W,C] with windows R by S. Strides of zero
// mean the window's size.
type Pool struct {
	N, H, W, C       int
	R, S             int
	StrideH, StrideW int
	PadH, PadW       int
	CountPad         bool // AvgPool divides by R*S also where a window hangs over the edge (PyTorch's default)
}

// Strides are the strides with the default applied.
func (p Pool) Strides() (h, w int) {
	h, w = p.StrideH, p.StrideW
	if h == 0 {
		h = p.R
	}
	if w == 0 {
		w = p.S
	}
	return h, w
}

// OutH is the height of the output; partial windows are dropped.
func (p Pool) OutH() int { h, _ := p.Strides(); return outSize(p.H, p.R, h, p.PadH) }

// OutW is the width of the output.
func (p Pool) OutW() int { _, w := p.Strides(); return outSize(p.W, p.S, w, p.PadW) }

// Check says what is wrong with the description, if anything.
func (p Pool) Check() error {
	if p.N < 1 || p.H < 1 || p.W < 1 || p.C < 1 || p.R < 1 || p.S < 1 || p.StrideH < 0 || p.StrideW < 0 || p.PadH < 0 || p.PadW < 0 {
		return fmt.Errorf("pool: sizes must be positive: %+v", p)
	}
	if 2*p.PadH > p.R || 2*p.PadW > p.S {
		return fmt.Errorf("pool: padding %dx%d is more than half of the window %dx%d", p.PadH, p.PadW, p.R, p.S)
	}
	if p.H+2*p.PadH < p.R || p.W+2*p.PadW < p.S {
		return fmt.Errorf("pool: window %dx%d is larger than the padded input %dx%d", p.R, p.S, p.H+2*p.PadH, p.W+2*p.PadW)
	}
	return nil
}

func outSize(in, kernel, stride, pad int) int {
	if stride == 0 {
		stride = 1
	}
	return (in+2*pad-kernel)/stride + 1
}

// Share is what AvgPool multiplies the sum of a window by of which so many
// elements lie inside the image.
func (p Pool) Share(inside int) float64 {
	if p.CountPad {
		inside = p.R * p.S
	}
	return 1 / float64(inside)
}

// Columns are Cols columns of two matrices of Rows rows: those from From on of the
// one with FromCols columns, and from To on of the one with ToCols.
type Columns struct {
	Rows, Cols     int
	From, FromCols int
	To, ToCols     int
}

// Check says what is wrong with the description, if anything.
func (c Columns) Check() error {
	if c.Rows < 1 || c.Cols < 1 || c.From < 0 || c.To < 0 || c.From+c.Cols > c.FromCols || c.To+c.Cols > c.ToCols {
		return fmt.Errorf("columns: want at least 1 row and 1 column, inside both matrices: %+v", c)
	}
	return nil
}

// BatchNorm describes batch normalisation (Ioffe and Szegedy 2015) over the
// rows of a [Rows, Cols] matrix; an NHWC image has N*H*W rows and C columns.
type BatchNorm struct {
	Rows, Cols int
	Eps        float32 // added to the variance, 1e-5 in PyTorch
	Momentum   float32 // share of the batch in the running statistics, 0.1 in PyTorch
	ReLU       bool    // y = max(0, normalised)
}

// Adam is one step of Adam (Kingma and Ba 2015) with decoupled weight decay
// (AdamW, Loshchilov and Hutter 2019). Step counts from 1.
type Adam struct {
	LR, Beta1, Beta2, Eps float32
	Step                  int
	Scale                 float32   // multiplies gradients first; 0 means 1
	LRs                   []float32 // factor on LR a parameter, nil means 1 for all
	Decay                 []float32 // weight decay a parameter, nil means none
}

// SGD is one step of stochastic gradient descent with momentum, PyTorch's form:
// velocity = Momentum*velocity + g; w -= LR*velocity (Nesterov: LR*(g +
// Momentum*velocity)). Decay is added to the gradient as Decay*w. Without
// momentum velocity is left alone and may be nil.
type SGD struct {
	LR, Momentum float32
	Nesterov     bool
	Scale        float32
	LRs          []float32
	Decay        []float32
}

// Keep says whether Dropout keeps element i: a counter-based draw, so that it
// needs no state, no stored mask and no order. It is SplitMix64's finaliser on
// seed and index; the top 24 bits are compared with p.
func Keep(seed uint64, i int, p float32) bool {
	z := seed + (uint64(i)+1)*0x9e3779b97f4a7c15
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	z ^= z >> 31
	return float32(z>>40)*(1.0/(1<<24)) >= p
}
