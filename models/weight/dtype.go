package weight

import (
	"encoding/binary"
	"math"
)

// dtype is how a file stores numbers, little-endian.
type dtype struct {
	name    string // as safetensors writes it
	size    int    // bytes
	float32 func(dst []float32, raw []byte)
}

// dtypes are all that are known; those without a conversion are counts, masks
// and tables, which are no weights.
var dtypes = []dtype{
	{"F32", 4, fromFloat32}, {"F64", 8, fromFloat64}, {"F16", 2, fromFloat16}, {"BF16", 2, fromBFloat16},
	{"I64", 8, nil}, {"I32", 4, nil}, {"I16", 2, nil}, {"I8", 1, nil},
	{"U64", 8, nil}, {"U32", 4, nil}, {"U16", 2, nil}, {"U8", 1, nil}, {"BOOL", 1, nil},
}

func dtypeOf(name string) (dtype, bool) {
	for _, d := range dtypes {
		if d.name == name {
			return d, true
		}
	}
	return dtype{}, false
}

func fromFloat32(dst []float32, raw []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
}

func fromFloat64(dst []float32, raw []byte) {
	for i := range dst {
		dst[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:])))
	}
}

func fromBFloat16(dst []float32, raw []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
	}
}

// fromFloat16 takes IEEE 754 binary16: one bit of sign, five of exponent, ten of
// fraction.
func fromFloat16(dst []float32, raw []byte) {
	for i := range dst {
		h := uint32(binary.LittleEndian.Uint16(raw[2*i:]))
		sign, exponent, fraction := h>>15<<31, h>>10&31, h&1023
		switch exponent {
		case 0: // zero, or fraction units of 2^-24
			dst[i] = math.Float32frombits(sign | math.Float32bits(float32(fraction)*(1.0/(1<<24))))
		case 31: // infinite, or not a number
			dst[i] = math.Float32frombits(sign | 255<<23 | fraction<<13)
		default:
			dst[i] = math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
		}
	}
}
