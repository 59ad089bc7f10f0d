// Package enginetest is the conformance suite of engine.Engine: every method of
// an engine against engine/ref. It holds no numbers of its own and knows nothing
// of how an engine works: data goes in and out by Upload and Download only, so
// that the suite runs on a device whose memory the processor cannot touch.
//
// Each call is made with fresh random inputs and with outputs full of NaN,
// twice, which must give the same bytes; once more on views inside larger
// tensors, whose other elements must stay; and with each operand too small or
// missing, which must be an error. An engine's test is one call of Run.
package enginetest

import (
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Tolerance bounds the error of an element of a result: relative to its
// absolute value plus the root mean square of the whole result, so that sums
// that cancel are judged by the size of their terms.
type Tolerance struct {
	Product   float64 // matrix products and convolutions; 0 means 1e-5
	Pointwise float64 // everything else; 0 means 2e-6

	// Round, if not nil, is what the engine does to the operands of a product: a
	// call must agree with the reference on rounded operands or, if it rounds none,
	// on those that are not.
	Round func(float32) float32
}

// Run tests every method of the engine that open makes. open is called once for
// each group of methods, so that one engine sees many shapes in turn. groups, if
// any, are the only ones to run, such as "conv".
func Run(t *testing.T, open func(t *testing.T) engine.Engine, tol Tolerance, groups ...string) {
	if tol.Product == 0 {
		tol.Product = 1e-5
	}
	if tol.Pointwise == 0 {
		tol.Pointwise = 2e-6
	}
	for _, group := range []struct {
		name string
		tol  float64
		run  func(*suite)
	}{
		{"memory", tol.Pointwise, memory},
		{"add", tol.Pointwise, add},
		{"gemm", tol.Product, gemm},
		{"conv", tol.Product, conv},
		{"halves", tol.Product, halves},
		{"depthwise", tol.Product, depthwise},
		{"pool", tol.Pointwise, pool},
		{"batchnorm", tol.Pointwise, batchNorm},
		{"pointwise", tol.Pointwise, pointwise},
		{"relu6", tol.Pointwise, relu6},
		{"dropout", tol.Pointwise, dropout},
		{"reduce", tol.Pointwise, reduce},
		{"columns", tol.Pointwise, columns},
		{"softmax", tol.Pointwise, softmax},
		{"squared", tol.Pointwise, squared},
		{"adam", tol.Pointwise, adam},
		{"sgd", tol.Pointwise, sgd},
		{"ema", tol.Pointwise, ema},
	} {
		if len(groups) > 0 && !slices.Contains(groups, group.name) {
			continue
		}
		t.Run(group.name, func(t *testing.T) {
			e := open(t)
			group.run(&suite{T: t, engine: e, tol: group.tol, round: tol.Round})
		})
	}
}

// sizes are lengths that leave every kind of remainder in vector loops, and one
// that is worth several threads.
var sizes = []int{1, 3, 7, 13, 31, 33, 64, 1000, 1<<17 + 5}

// matrices are shapes [rows, cols] of the same kind.
var matrices = [][2]int{{2, 1}, {1, 3}, {3, 7}, {13, 10}, {7, 13}, {31, 31}, {33, 33}, {64, 16}, {9, 48}, {1000, 3}, {700, 32}, {515, 33}, {5, 1000}, {1601, 64}, {300, 128}}
