package cpu

import (
	"math"
	"unsafe"
)

// A bfloat16 is the upper half of a float32. The kernels for it take two steps of
// a product at a time: an element of A or B is a pair of bfloat16, the earlier in
// the lower half, and as large as a float32. So pairs lie in []float32 and are
// moved like float32; nothing but the kernels ever takes them for numbers.
// Operands are rounded on their way into panels and rows; sums are float32.

// pairSet is how operands become pairs at one level.
type pairSet struct {
	// round rounds n >= 32 numbers in their order, two a pair.
	round func(dst, src *float32, n int)
	// weave pairs row 2i of src with row 2i+1: rows rows of 16*vectors pairs, of
	// columns that are multiplied by factors, if not nil.
	weave func(dst, src, factors *float32, dstRow, ld, rows, vectors int)
}

// roundLanes is the fewest numbers that pairSet.round takes, weaveLanes the
// columns of a vector of weave.
const (
	roundLanes = 32
	weaveLanes = 16
)

// roundBF16 is the bfloat16 nearest to v, ties to even, as the processor has it:
// a number too small to be normal becomes zero, and a NaN stays one.
func roundBF16(v float32) uint32 {
	bits := math.Float32bits(v)
	switch exponent := bits >> 23 & 0xff; {
	case exponent == 0:
		return bits >> 31 << 15
	case v != v:
		return bits>>16 | 0x40
	}
	return (bits + 0x7fff + bits>>16&1) >> 16
}

// pair holds lo and hi, rounded.
func pair(lo, hi float32) float32 { return math.Float32frombits(roundBF16(lo) | roundBF16(hi)<<16) }

// roundRow rounds src to pairs of neighbours; the last of an odd number is paired
// with zero.
func (p *pairSet) roundRow(dst, src []float32) {
	if len(src)%2 == 1 {
		dst[len(src)/2] = 0
	}
	p.roundTo(dst, 0, src)
}

// roundTo rounds src to values [from, from+len(src)) of dst.
func (p *pairSet) roundTo(dst []float32, from int, src []float32) {
	n := len(src)
	if n >= roundLanes {
		_ = dst[(from+n-1)/2]
		p.round(valueOf(dst, from), &src[0], n)
		return
	}
	for i, v := range src {
		d, shift := &dst[(from+i)/2], (from+i)%2*16
		*d = math.Float32frombits(math.Float32bits(*d)&(0xffff0000>>shift) | roundBF16(v)<<shift)
	}
}

// valueOf is where value i of a row of pairs lies.
func valueOf(pairs []float32, i int) *float32 {
	return (*float32)(unsafe.Add(unsafe.Pointer(&pairs[i/2]), 2*(i%2)))
}

// weaveRows rounds rows of cols numbers, ld apart, to half as many rows, to apart,
// of pairs of what is one above the other; the last of an odd number of rows is
// paired with zeros.
func (p *pairSet) weaveRows(dst, src []float32, to, ld, rows, cols int) {
	vectors, whole := cols/weaveLanes, rows/2
	if vectors > 0 && whole > 0 {
		_, _ = dst[(whole-1)*to+cols-1], src[(2*whole-1)*ld+cols-1]
		p.weave(&dst[0], &src[0], nil, 4*to, 4*ld, whole, vectors)
	}
	for i := range whole {
		out, a, b := dst[i*to:][:cols], src[2*i*ld:][:cols], src[(2*i+1)*ld:][:cols]
		for j := vectors * weaveLanes; j < cols; j++ {
			out[j] = pair(a[j], b[j])
		}
	}
	if rows%2 == 1 {
		out := dst[whole*to:][:cols]
		for j, v := range src[2*whole*ld:][:cols] {
			out[j] = pair(v, 0)
		}
	}
}
