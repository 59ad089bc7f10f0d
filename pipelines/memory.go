package pipelines

import (
	"sync"
	"time"
)

// memoryMeter finds the peak memory of each step, of the whole process while the step
// ran: what podium itself and other steps running at the same time take is in it.
type memoryMeter struct {
	mu      sync.Mutex
	running map[*memoryPeak]struct{} // the peaks so far
	stop    chan struct{}            // ends the sampling; nil while nothing runs
}

// memoryPeak is the most memory of a step, in bytes, 0 where the system does not say.
type memoryPeak struct {
	// resident is the largest resident set. The pages of mapped files that were
	// resident are in it, which the system can take back at any time.
	//
	// On Linux the kernel's high-water mark is reset when a step starts, so the figure
	// is the step's own. Other Unixes keep one mark for the life of the process; where
	// there is none at all it is what Go has taken from the system.
	resident int64
	// anonymous is that without mapped files: what a step needs. There is no mark of
	// it, so that it is looked at every few milliseconds; a shorter peak may be missed.
	anonymous int64
}

// memory is the one meter of the process, as the mark is the process's.
var memory = memoryMeter{running: map[*memoryPeak]struct{}{}}

// memorySample is how often anonymous memory is looked at; a look takes 30 us.
const memorySample = 20 * time.Millisecond

// start begins to measure; stop ends it and gives the peak.
func (m *memoryMeter) start() (stop func() memoryPeak) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fold() // the reset would lose what the other steps have seen
	resetPeak()
	peak := new(memoryPeak)
	m.running[peak] = struct{}{}
	if m.stop == nil && readAnonymous() > 0 {
		m.stop = make(chan struct{})
		go m.sample(m.stop)
	}
	return func() memoryPeak {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.fold()
		delete(m.running, peak)
		if len(m.running) == 0 && m.stop != nil {
			close(m.stop)
			m.stop = nil
		}
		return *peak
	}
}

// sample looks at anonymous memory until stop is closed.
func (m *memoryMeter) sample(stop <-chan struct{}) {
	tick := time.NewTicker(memorySample)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			now := readAnonymous()
			m.mu.Lock()
			for p := range m.running {
				p.anonymous = max(p.anonymous, now)
			}
			m.mu.Unlock()
		}
	}
}

// fold takes the mark into the peak of every running step.
func (m *memoryMeter) fold() {
	resident, anonymous := readPeak(), readAnonymous()
	for p := range m.running {
		p.resident, p.anonymous = max(p.resident, resident), max(p.anonymous, anonymous)
	}
}
