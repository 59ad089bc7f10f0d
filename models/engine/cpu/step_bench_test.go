package cpu

import (
	"math/rand/v2"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// mnistStep is a training step of the net of case mnist-cnn-train-b64 as plain
// engine calls: conv 32 and 64 of 3x3 with ReLU, max-pooling 2, dense 128 with
// ReLU, dense 10, cross-entropy, all gradients but the image's, Adam.
type mnistStep struct {
	e                                *Engine
	c1, c2                           engine.Conv
	pool                             engine.Pool
	adam                             engine.Adam
	x, y1, y2, p, h, z, target, loss engine.T
	dz, dh, dp, dy2, dy1             engine.T
	w, g, m, v                       []engine.T // of conv 1, conv 2, dense 1, dense 2: weights, bias
}

const mnistBatch = 64

func newMNISTStep(e *Engine) *mnistStep {
	const n = mnistBatch
	r := rand.New(rand.NewPCG(7, 8))
	s := &mnistStep{
		e:    e,
		c1:   engine.Conv{N: n, H: 28, W: 28, C: 1, K: 32, R: 3, S: 3},
		c2:   engine.Conv{N: n, H: 26, W: 26, C: 32, K: 64, R: 3, S: 3},
		pool: engine.Pool{N: n, H: 24, W: 24, C: 64, R: 2, S: 2},
		adam: engine.Adam{LR: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: 1},
		x:    random(e, r, n*28*28), target: e.Tensor(n, 10), loss: e.Tensor(n),
		y1: e.Tensor(n, 26, 26, 32), y2: e.Tensor(n, 24, 24, 64), p: e.Tensor(n, 9216), h: e.Tensor(n, 128), z: e.Tensor(n, 10),
		dy1: e.Tensor(n, 26, 26, 32), dy2: e.Tensor(n, 24, 24, 64), dp: e.Tensor(n, 9216), dh: e.Tensor(n, 128), dz: e.Tensor(n, 10),
	}
	for i := range n {
		s.target.Float32s()[i*10+i%10] = 1
	}
	for _, size := range []int{9 * 32, 32, 9 * 32 * 64, 64, 9216 * 128, 128, 1280, 10} {
		w := random(e, r, size)
		for i := range w.Float32s() {
			w.Float32s()[i] *= 0.02
		}
		s.w, s.g = append(s.w, w), append(s.g, e.Tensor(size))
		s.m, s.v = append(s.m, e.Tensor(size)), append(s.v, e.Tensor(size))
	}
	return s
}

// flops counts the products, as every bench of this net does.
func (s *mnistStep) flops() float64 {
	const dense1, dense2 = 2 * mnistBatch * 9216 * 128, 2 * mnistBatch * 128 * 10
	return 2*s.c1.FLOPs() + 3*s.c2.FLOPs() + 3*(dense1+dense2)
}

func (s *mnistStep) run() error {
	if err := s.forward(); err != nil {
		return err
	}
	if err := s.backward(); err != nil {
		return err
	}
	s.adam.Step++
	return s.e.Adam(s.adam, s.w, s.g, s.m, s.v)
}

func (s *mnistStep) forward() error {
	e, w := s.e, s.w
	return first(
		e.ConvForward(s.c1, s.x, w[0], s.y1, engine.Epilogue{Bias: w[1], ReLU: true}),
		e.ConvForward(s.c2, s.y1, w[2], s.y2, engine.Epilogue{Bias: w[3], ReLU: true}),
		e.MaxPool(s.pool, s.y2, s.p),
		e.Gemm(engine.Gemm{M: mnistBatch, N: 128, K: 9216}, s.p, w[4], s.h, engine.Epilogue{Bias: w[5], ReLU: true}),
		e.Gemm(engine.Gemm{M: mnistBatch, N: 10, K: 128}, s.h, w[6], s.z, engine.Epilogue{Bias: w[7]}),
		e.SoftmaxCrossEntropy(mnistBatch, 10, s.z, s.target, s.loss),
	)
}

func (s *mnistStep) backward() error {
	const n = mnistBatch
	e, w, g := s.e, s.w, s.g
	return first(
		e.SoftmaxCrossEntropyBackward(n, 10, 1.0/n, s.z, s.target, s.dz),
		e.Gemm(engine.Gemm{TransA: true, M: 128, N: 10, K: n}, s.h, s.dz, g[6], engine.Epilogue{}),
		e.ColumnSum(n, 10, s.dz, g[7]),
		e.Gemm(engine.Gemm{TransB: true, M: n, N: 128, K: 10}, s.dz, w[6], s.dh, engine.Epilogue{}),
		e.ReLUBackward(n*128, s.h, s.dh, s.dh),
		e.Gemm(engine.Gemm{TransA: true, M: 9216, N: 128, K: n}, s.p, s.dh, g[4], engine.Epilogue{}),
		e.ColumnSum(n, 128, s.dh, g[5]),
		e.Gemm(engine.Gemm{TransB: true, M: n, N: 9216, K: 128}, s.dh, w[4], s.dp, engine.Epilogue{}),
		e.MaxPoolBackward(s.pool, s.y2, s.p, s.dp, s.dy2),
		e.ReLUBackward(outputSize(s.c2), s.y2, s.dy2, s.dy2),
		e.ConvBackwardWeights(s.c2, s.y1, s.dy2, g[2]),
		e.ColumnSum(n*24*24, 64, s.dy2, g[3]),
		e.ConvBackwardData(s.c2, w[2], s.dy2, s.dy1, false),
		e.ReLUBackward(outputSize(s.c1), s.y1, s.dy1, s.dy1),
		e.ConvBackwardWeights(s.c1, s.x, s.dy1, g[0]),
		e.ColumnSum(n*26*26, 32, s.dy1, g[1]),
	)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func BenchmarkMNISTStep(b *testing.B) {
	benchLevels(b, func(b *testing.B, e *Engine) {
		s := newMNISTStep(e)
		report(b, e, s.flops(), s.run)
	})
}
