package pipelines

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

// TestPeakIsOfTheStep is not parallel: other tests' memory would count.
func TestPeakIsOfTheStep(t *testing.T) {
	if os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) != nil {
		t.Skip("the peak cannot be reset here")
	}
	const size = 64 << 20
	outer := memory.start()
	first := memory.start()
	b := make([]byte, size)
	for i := range b {
		b[i] = 1
	}
	runtime.KeepAlive(b)
	big := first()
	b = nil
	debug.FreeOSMemory()
	small := memory.start()()
	whole := outer()
	if big < size || small > big-size/2 {
		t.Errorf("peak of a step that takes %d bytes is %d, of one that takes nothing %d", size, big, small)
	}
	if whole < big {
		t.Errorf("the step around both peaked at %d, within it %d", whole, big)
	}
}
