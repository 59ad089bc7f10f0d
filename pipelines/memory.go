package pipelines

import "sync"

// memoryMeter finds the peak memory of each step. It is the largest resident set
// of the whole process while the step ran, in bytes: what podium itself and other
// steps running at the same time take is in it, and so are the pages of mapped
// files that were resident, which the system can take back at any time.
//
// On Linux the kernel's high-water mark is reset when a step starts, so the
// figure is the step's own. Other Unixes keep one mark for the life of the
// process; where there is none at all it is what Go has taken from the system.
type memoryMeter struct {
	mu      sync.Mutex
	running map[*int64]struct{} // the peaks so far
}

// memory is the one meter of the process, as the mark is the process's.
var memory = memoryMeter{running: map[*int64]struct{}{}}

// start begins to measure; stop ends it and gives the peak.
func (m *memoryMeter) start() (stop func() int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fold() // the reset would lose what the other steps have seen
	resetPeak()
	peak := new(int64)
	m.running[peak] = struct{}{}
	return func() int64 {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.fold()
		delete(m.running, peak)
		return *peak
	}
}

// fold takes the mark into the peak of every running step.
func (m *memoryMeter) fold() {
	now := readPeak()
	for p := range m.running {
		*p = max(*p, now)
	}
}
