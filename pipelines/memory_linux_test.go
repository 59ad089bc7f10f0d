package pipelines

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
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
	big := first().resident
	b = nil
	debug.FreeOSMemory()
	small := memory.start()().resident
	whole := outer().resident
	if big < size || small > big-size/2 {
		t.Errorf("peak of a step that takes %d bytes is %d, of one that takes nothing %d", size, big, small)
	}
	if whole < big {
		t.Errorf("the step around both peaked at %d, within it %d", whole, big)
	}
}

// TestAnonymousPeak: the pages of a mapped file are no memory that a step needs. It is
// not parallel: other tests' memory would count.
func TestAnonymousPeak(t *testing.T) {
	if readAnonymous() == 0 {
		t.Skip("this system does not say")
	}
	const size = 64 << 20
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	pages, err := syscall.Mmap(int(file.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(pages)
	debug.FreeOSMemory()
	before := readAnonymous()
	stop := memory.start()
	sum := 0
	for i := 0; i < size; i += 4096 {
		sum += int(pages[i])
	}
	if p := stop(); sum != 0 || p.anonymous-before > size/2 || p.resident < size {
		t.Errorf("a map of %d bytes that was read: %d anonymous (%d before), %d resident", size, p.anonymous, before, p.resident)
	}
	stop = memory.start()
	own := make([]byte, size)
	for i := range own {
		own[i] = 1
	}
	runtime.KeepAlive(own)
	if p := stop(); p.anonymous-before < size/2 {
		t.Errorf("%d bytes that were written to: %d anonymous (%d before)", size, p.anonymous, before)
	}
}
