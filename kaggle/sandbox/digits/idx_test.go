package digits

import (
	"bytes"
	"testing"
)

// FuzzParseIDX: no file makes the reader take more than it holds.
func FuzzParseIDX(f *testing.F) {
	f.Add([]byte{0, 0, 8, 1, 0, 0, 0, 2, 3, 4}, 1)
	f.Add([]byte{0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28}, 3)
	f.Add([]byte{0, 0, 8, 1, 255, 255, 255, 255}, 1)
	f.Fuzz(func(t *testing.T, b []byte, dims int) {
		if dims != 1 {
			dims = 3
		}
		data, err := parseIDX(bytes.NewReader(b), dims)
		if err == nil && len(data) != len(b)-4-4*dims {
			t.Errorf("%d bytes out of a file of %d", len(data), len(b))
		}
	})
}
