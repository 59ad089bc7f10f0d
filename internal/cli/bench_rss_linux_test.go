package cli

import (
	"runtime/debug"
	"testing"
)

// TestPeakRSS: the peak is of what came after the last reset. It does not run
// beside others, whose memory would count.
func TestPeakRSS(t *testing.T) {
	const much = 256 << 20
	func() {
		b := make([]byte, much)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
	}()
	high, ok := peakRSS()
	if !ok || high < much {
		t.Fatalf("%d bytes, %v, after touching %d", high, ok, much)
	}
	debug.FreeOSMemory()
	resetPeakRSS()
	if low, _ := peakRSS(); low > high-much/2 {
		t.Errorf("%d bytes after a reset, %d before", low, high)
	}
}
