package cpu

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Precision is that of the operands of matrix products and convolutions. Parameters,
// gradients, what a solver remembers and all sums are float32 in either; so are
// images, but for those that a net which predicts in BF16 hands from one convolution
// to the next (engine.Halves).
type Precision int

// The precisions.
const (
	FP32 Precision = iota // float32

	// BF16 rounds the operands to bfloat16, 8 bits of precision: a relative error
	// of up to 1/512 each. With AVX512-BF16 that is up to twice as fast. Elsewhere
	// operands are rounded all the same, which only costs time. What is faster in
	// float32 is computed in it and rounds nothing: convolutions by Winograd's
	// algorithm where it is the faster way, gradients of their weights, and
	// products of fewer than 32 rows.
	BF16
)

var precisionNames = [...]string{"fp32", "bf16"}

// String is the name that ParsePrecision takes.
func (p Precision) String() string {
	if p < 0 || int(p) >= len(precisionNames) {
		return fmt.Sprintf("precision %d", int(p))
	}
	return precisionNames[p]
}

// ParsePrecision takes "fp32" or "bf16".
func ParsePrecision(name string) (Precision, error) {
	for i, n := range precisionNames {
		if n == name {
			return Precision(i), nil
		}
	}
	return FP32, fault.New(fault.Usage, "use --precision bf16, or leave it out for fp32", "unknown precision %q: want fp32 or bf16", name)
}
