package features

import (
	"math"
	"testing"
)

// The wanted bits are numpy's: np.float32(x).astype(np.float16).view(np.uint16),
// but for what it rounds to infinity.
func TestHalf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x    float32
		want uint16
	}{
		{0, 0}, {float32(math.Copysign(0, -1)), 0x8000}, {1, 0x3c00}, {-2, 0xc000}, {0.1, 0x2e66}, {1.0 / 3, 0x3555},
		{1 + 1.0/2048, 0x3c00}, {1 + 3.0/2048, 0x3c02}, {1 + 1.0/2048 + 1.0/(1<<20), 0x3c01}, // ties to even
		{2047.5, 0x6800}, {65504, 0x7bff}, {65519, 0x7bff},
		{6.1035156e-05, 0x0400}, {6.1e-05, 0x03ff}, {5.9604645e-08, 1}, {2.9802322e-08, 0}, {8.940697e-08, 2}, {1e-10, 0},
		{65520, 0x7bff}, {float32(math.Inf(-1)), 0xfbff}, // the largest in place of infinity
	} {
		if got := half(c.x); got != c.want {
			t.Errorf("half(%v) = %#04x, want %#04x", c.x, got, c.want)
		}
	}
	if h := half(float32(math.NaN())); !math.IsNaN(float64(wholes[h])) {
		t.Errorf("NaN became %v", wholes[h])
	}
	for h := range 1 << 16 {
		if x := wholes[h]; !math.IsInf(float64(x), 0) && !math.IsNaN(float64(x)) && half(x) != uint16(h) {
			t.Fatalf("%#04x is %v, whose half is %#04x", h, x, half(x))
		}
	}
}
