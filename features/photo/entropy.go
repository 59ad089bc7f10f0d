package photo

import (
	"bytes"
	"encoding/binary"
)

// entropy is a stretch of a scan between two markers: bits, without what is stuffed
// in to tell them from markers. Reading past the end gives zeros.
type entropy struct {
	bytes []byte // and slack bytes of zeros
	size  int    // without those
	cursor
}

// cursor is how far a stretch is read.
type cursor struct {
	at     uint64 // bytes taken into stream
	stream uint64 // the next bits from the highest; more than have of them may be there already
	have   uint64 // bits, 0..63
}

// read is how many bits were.
func (c cursor) read() int { return int(8*c.at - c.have) }

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
	e.cursor = cursor{}
	return at, true
}

// done tells whether all was read, and no more, but for the bits that fill the last byte.
func (e *entropy) done() bool { return e.read() <= e.size*8 && e.read() > e.size*8-8 }

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

// block reads the 64 values of a block, which is all zeros before, but for the
// factors of its quantisation; predicted is the first value of the block before.
// False if the stream is damaged.
func (e *entropy) block(values *[64]int16, dc, ac *huffman, predicted *int32, k *rowKernels) bool {
	if e.at > uint64(e.size)+8 {
		return false
	}
	n := e.short(values, dc, ac, 0, k)
	for n < 64 {
		table := ac
		if n == 0 {
			table = dc
		}
		e.refill()
		entry, bits := table.long(e.stream, n == 0)
		if bits == 0 {
			return false
		}
		e.stream, e.have = e.stream<<(bits&63), e.have-bits
		n += int(entry >> 8 & 255)
		values[order[uint8(n-1)]&63] = int16(entry >> 16)
		if n < 64 {
			n = e.short(values, dc, ac, n, k)
		}
	}
	*predicted += int32(values[0])
	values[0] = int16(*predicted)
	return n == 64 || n >= pastBlock
}

// refill shows the next 56 bits of the stream or more.
func (e *entropy) refill() {
	e.stream |= binary.BigEndian.Uint64(e.bytes[e.at:]) >> (e.have & 63)
	e.at, e.have = e.at+(63-e.have)>>3, e.have|56
}

// shortPlain reads symbols from place n of the block on, up to its end or to one
// that is not in the tables, and returns the place behind them.
func (e *entropy) shortPlain(values *[64]int16, dc, ac *[1 << fastBits]uint32, n int) int {
	data, c := e.bytes, e.cursor
	table := ac
	if n == 0 {
		table = dc
	}
	for {
		c.stream |= binary.BigEndian.Uint64(data[c.at:]) >> (c.have & 63)
		c.at, c.have = c.at+(63-c.have)>>3, c.have|56
		entry := table[c.stream>>(64-fastBits)]
		bits := uint64(entry & 63)
		if bits == 0 {
			break
		}
		c.stream, c.have = c.stream<<bits, c.have-bits
		n += int(entry >> 8 & 255)
		values[order[uint8(n-1)]&63] = int16(entry >> 16)
		if n >= 64 {
			break
		}
		table = ac
	}
	e.cursor = c
	return n
}
