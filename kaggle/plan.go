package kaggle

import (
	"hash/crc32"
	"math"
	"sync"
)

// segmentSize is the unit in which a download is remembered and shared out:
// what kill -9 can cost at most is one unfinished piece of it on each
// connection, and the record of 100 GB is 100 KB.
const segmentSize = 8 << 20

// spanSegments is the most that one request asks for, in segments: long enough
// that the wait for its first byte is little, short enough that a slow
// connection holds back little at the end.
const spanSegments = 8

// parallelFrom is the smallest file for which several connections are worth
// their making.
const parallelFrom = 4 * segmentSize

// defaultConnections is over how many connections a large file is fetched.
const defaultConnections = 4

// endless is the length of a segment whose object's is not known.
const endless = math.MaxInt64

// plan is which bytes of an object are there and which are being fetched. The
// object is cut into equal segments, the last one shorter; each fills from its
// beginning. One whose length is not known is a single segment without end.
type plan struct {
	total int64 // bytes of the object, -1: not known
	size  int64 // of a segment

	mu      sync.Mutex
	segs    []segment
	arrived int64
}

type segment struct {
	n     int64  // bytes that arrived
	crc   uint32 // CRC-32C of these
	noted int64  // how many of them the record on disk knows
	busy  bool   // claimed by a lane
}

func newPlan(total, size int64) *plan {
	if total < 0 {
		return &plan{total: total, size: endless, segs: make([]segment, 1)}
	}
	return &plan{total: total, size: size, segs: make([]segment, (total+size-1)/size)}
}

// start is where segment i begins, length how long it is in the end.
func (p *plan) start(i int) int64 { return int64(i) * p.size }

func (p *plan) length(i int) int64 {
	if p.total < 0 {
		return endless
	}
	return min(p.size, p.total-p.start(i))
}

// span is a piece of the object that one lane fetches: bytes at..end-1 of the
// segments first..last.
type span struct {
	at, end     int64
	first, last int
}

// claim gives a lane the first bytes that are missing and that nobody fetches,
// and the segments behind them that are empty: all of them for a lane that is
// alone, else so many that the lanes end at about the same time. There are none
// left if it is false.
func (p *plan) claim(lanes int) (span, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	first, free := -1, 0
	for i := range p.segs {
		if !p.segs[i].busy && p.segs[i].n < p.length(i) {
			free++
			if first < 0 {
				first = i
			}
		}
	}
	if first < 0 {
		return span{}, false
	}
	most := len(p.segs)
	if lanes > 1 {
		most = max(1, min(spanSegments, free/(2*lanes)))
	}
	last := first
	for last+1 < len(p.segs) && last+1-first < most && !p.segs[last+1].busy && p.segs[last+1].n == 0 {
		last++
	}
	for i := first; i <= last; i++ {
		p.segs[i].busy = true
	}
	return span{at: p.start(first) + p.segs[first].n, end: p.start(last) + p.length(last), first: first, last: last}, true
}

// release gives back what of a span is not done.
func (p *plan) release(s span) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := s.first; i <= s.last; i++ {
		p.segs[i].busy = false
	}
}

// add says that b arrived in segment i, behind what is there; the caller has
// claimed it. It gives the segment as it is then.
func (p *plan) add(i int, b []byte) segment {
	crc := crc32.Update(p.segs[i].crc, castagnoli, b) // nobody else writes this segment
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &p.segs[i]
	s.crc = crc
	s.n += int64(len(b))
	p.arrived += int64(len(b))
	return *s
}

// set replaces what is known of segment i, which nobody fetches.
func (p *plan) set(i int, s segment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.arrived += s.n - p.segs[i].n
	p.segs[i] = s
}

// done is how many bytes arrived.
func (p *plan) done() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.arrived
}

// crc is the CRC-32C of the whole object, which must be complete.
func (p *plan) crc() uint32 {
	var crc uint32
	whole := crcShift(p.size)
	for _, s := range p.segs {
		shift := whole
		if s.n != p.size {
			shift = crcShift(s.n)
		}
		crc = crcJoin(crc, s.crc, shift)
	}
	return crc
}
