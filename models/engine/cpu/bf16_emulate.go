package cpu

import "math"

// emulates says whether the level's float32 kernels multiply operands that are
// rounded to bfloat16 beforehand.
func (e *Engine) emulates() bool { return e.precision == BF16 && e.products.pairs == nil }

// emulate is x, rounded to bfloat16 in a buffer of the call if there are no
// kernels for that, else x itself.
func (e *Engine) emulate(buffer int, x []float32) []float32 {
	if !e.emulates() {
		return x
	}
	out := e.scratch.all(buffer, len(x))
	for i, v := range x {
		out[i] = math.Float32frombits(roundBF16(v) << 16)
	}
	return out
}
