package features

import "math"

// half is x as IEEE 754 binary16, rounded to the nearest, ties to even; what is
// too large becomes the largest finite value, since a feature that is infinite
// would spoil a whole net.
func half(x float32) uint16 {
	const largest = 0x7bff // 65504
	b := math.Float32bits(x)
	sign, b := uint16(b>>16)&0x8000, b&0x7fffffff
	switch {
	case b > 0x7f800000: // NaN
		return sign | 0x7e00
	case b >= 0x477ff000: // 65520 and above round to infinity
		return sign | largest
	case b < 0x38800000: // below 2^-14: a multiple of 2^-24, or zero
		return sign | uint16(math.RoundToEven(float64(math.Float32frombits(b))*(1<<24)))
	}
	b += 0xfff + b>>13&1 // half of the last place, less a bit where the tie is at an even one
	return sign | uint16((b-0x38000000)>>13)
}

// wholes is every binary16 as a float32.
var wholes = func() *[1 << 16]float32 {
	t := new([1 << 16]float32)
	for h := range t {
		exponent, fraction := h>>10&31, float64(h&1023)
		v := math.Ldexp(1024+fraction, exponent-25)
		switch {
		case exponent == 31 && fraction == 0:
			v = math.Inf(1)
		case exponent == 31:
			v = math.NaN()
		case exponent == 0:
			v = math.Ldexp(fraction, -24)
		}
		if h>>15 == 1 {
			v = -v
		}
		t[h] = float32(v)
	}
	return t
}()
