package photo

import (
	"bytes"
	"encoding/binary"
)

// entropy reads blocks of values out of a stretch of a scan between two markers:
// bits, without what is stuffed in to tell them from markers. The kernel knows where
// the fields up to mcus lie (rowgen), and those of job.
type entropy struct {
	at     uint64 // bytes taken into stream
	stream uint64 // the next bits from the highest; more than have of them may be there already
	have   uint64 // bits, 0..63
	limit  uint64 // no block begins with more bytes taken
	bytes  []byte // of the stretch, and slack bytes of zeros
	jobs   []job  // the blocks of an MCU
	job    int    // whose turn it is
	place  int    // in its block: how many values are read
	mcus   int    // left to read
	size   int    // bytes of the stretch
}

// job is one block of each MCU.
type job struct {
	values    [][64]int16 // all zeros before, but for the factors of quantisation
	dc, ac    *huffman
	predicted *int32 // of the channel: the first value of the block before
	at        int    // bytes of values before the block
	step      int    // bytes to that of the next MCU
}

// slack is more than what is looked at from the end of the stretch on: a block of 64
// codes and values of 16 and 15 bits, and the eight bytes ahead.
const slack = 64*(16+15)/8 + 32

// load takes what lies before the next marker and returns the place of that
// marker. False if there is none.
func (e *entropy) load(scan []byte) (at int, ok bool) {
	e.bytes = grow(e.bytes, len(scan)+slack)[:0]
	for {
		n := bytes.IndexByte(scan[at:], 0xff)
		if n < 0 || at+n+1 >= len(scan) {
			return 0, false
		}
		e.bytes = append(e.bytes, scan[at:at+n]...)
		at += n
		if scan[at+1] != 0 {
			break
		}
		e.bytes = append(e.bytes, 0xff)
		at += 2
	}
	e.size = len(e.bytes)
	e.bytes = e.bytes[:e.size+slack]
	clear(e.bytes[e.size:])
	e.at, e.stream, e.have, e.limit = 0, 0, 0, uint64(e.size)+8
	return at, true
}

// done tells whether all was read, and no more, but for the bits that fill the last byte.
func (e *entropy) done() bool {
	read := int(8*e.at - e.have)
	return read <= e.size*8 && read > e.size*8-8
}

// order is the place of the n-th value of a block, row by row; behind the last the
// last, where a zero is written.
var order = func() (o [256]uint8) {
	x, y := 0, 0
	for n := range o {
		o[n] = uint8(8*y + x)
		switch up := (x+y)%2 == 0; {
		case n >= 63:
		case up && x == 7, !up && y < 7 && x == 0:
			y++
		case up && y == 0, !up && y == 7:
			x++
		case up:
			x, y = x+1, y-1
		default:
			x, y = x-1, y+1
		}
	}
	return o
}()

// read reads the blocks of so many MCUs. False if the stream is damaged.
func (e *entropy) read(mcus int, k *rowKernels) bool {
	e.mcus, e.job, e.place = mcus, 0, 0
	for {
		k.short(e)
		if e.mcus == 0 {
			return true
		}
		if e.at > e.limit || e.place >= 64 || !e.long() {
			return false
		}
	}
}

// long reads a symbol that is not in the tables.
func (e *entropy) long() bool {
	e.refill()
	j := &e.jobs[e.job]
	table := j.ac
	if e.place == 0 {
		table = j.dc
	}
	entry, bits := table.long(e.stream, e.place == 0)
	if bits == 0 {
		return false
	}
	e.take(&j.values[j.at/blockBytes], entry, bits)
	return true
}

// blockBytes is how many a block of values takes.
const blockBytes = 128

// refill shows the next 56 bits of the stream or more.
func (e *entropy) refill() {
	e.stream |= binary.BigEndian.Uint64(e.bytes[e.at:]) >> (e.have & 63)
	e.at, e.have = e.at+(63-e.have)>>3, e.have|56
}

// take goes on behind a symbol and writes its value.
func (e *entropy) take(values *[64]int16, entry uint32, bits uint64) {
	e.stream, e.have = e.stream<<(bits&63), e.have-bits
	e.place += int(entry >> 8 & 255)
	values[order[uint8(e.place-1)]&63] = int16(entry >> 16)
}

// shortPlain reads up to the end, to a symbol that is not in the tables, to a block
// that goes on too long, or past the limit.
func (e *entropy) shortPlain() {
	for e.mcus > 0 {
		j := &e.jobs[e.job]
		values := &j.values[j.at/blockBytes]
		if e.place == 0 {
			if e.at > e.limit {
				return
			}
			e.refill()
			entry := j.dc.fast[e.stream>>(64-fastBits)]
			if entry&255 == 0 {
				return
			}
			e.take(values, entry, uint64(entry&255))
		}
		for e.place < 64 {
			e.refill()
			entry := j.ac.fast[e.stream>>(64-fastBits)]
			if entry&255 == 0 {
				return
			}
			e.take(values, entry, uint64(entry&255))
		}
		if e.place != 64 && e.place < pastBlock {
			return
		}
		*j.predicted += int32(values[0])
		values[0] = int16(*j.predicted)
		j.at += j.step
		e.place = 0
		if e.job++; e.job == len(e.jobs) {
			e.job = 0
			e.mcus--
		}
	}
}
