package cpu

import "math"

// Emulates says whether the level's float32 kernels multiply operands that are
// rounded to bfloat16 beforehand, which is slower than either precision need be.
func (e *Engine) Emulates() bool { return e.precision == BF16 && e.products.pairs == nil }

// emulate is x, rounded to bfloat16 in a buffer of the call if there are no
// kernels for that, else x itself.
func (e *Engine) emulate(buffer int, x []float32) []float32 {
	if !e.Emulates() {
		return x
	}
	out := e.scratch.all(buffer, len(x))
	for i, v := range x {
		out[i] = math.Float32frombits(roundBF16(v) << 16)
	}
	return out
}
