package photo

import "slices"

// fastBits is how many bits of the stream one look at a table takes: enough for
// most symbols together with the value behind them, few enough for two tables to
// stay in the nearest cache.
const fastBits = 10

// pastBlock is the step of a symbol after which the block has no more values.
const pastBlock = 128

// huffman is a table of codes (ITU T.81, C and F.2.2.3).
type huffman struct {
	// fast, which the kernel wants first, is what the next fastBits bits are, from the
	// lowest: 8 bits how many of them to take, 8 bits how many places to go on, 16 bits the
	// value that comes to the last of these places. Where code and value are longer: 0 bits.
	fast  [1 << fastBits]uint32
	set   bool
	spec  []byte     // as in the file: how many codes of 1..16 bits, then their symbols
	end   [17]uint32 // the first code of n bits that is none, at 32 bits
	first [17]int32  // of n bits: number of the first symbol less its code
}

// build makes the table, if it is not the one that is there: photos of one camera
// or program share theirs. False if the codes do not fit.
func (h *huffman) build(spec []byte, dc bool) bool {
	if h.set && slices.Equal(h.spec, spec) {
		return true
	}
	h.set = false
	h.spec = append(h.spec[:0], spec...)
	clear(h.fast[:])
	code, symbol := uint32(0), 0
	for bits := 1; bits <= 16; bits++ {
		h.first[bits] = int32(symbol) - int32(code)
		for range spec[bits-1] {
			if code >= 1<<bits {
				return false
			}
			if dc && spec[16+symbol] > 15 {
				return false
			}
			if bits <= fastBits {
				h.fill(code, bits, spec[16+symbol], dc)
			}
			code++
			symbol++
		}
		h.end[bits] = code << (16 - bits)
		code <<= 1
	}
	h.set = true
	return true
}

// fill writes the entries of all that begins with a code.
func (h *huffman) fill(code uint32, bits int, symbol byte, dc bool) {
	size, step := int(symbol&15), places(symbol, dc)
	spare := fastBits - bits
	for rest := range uint32(1) << spare {
		at := code<<spare | rest
		switch {
		case size == 0:
			h.fast[at] = uint32(bits) | step<<8
		case size <= spare:
			v := extend(rest>>(spare-size), size)
			h.fast[at] = uint32(bits+size) | step<<8 | uint32(uint16(v))<<16
		}
	}
}

// places is how far a symbol of a value goes: over the zeros before it and itself.
// A zero run without a value is 16 zeros, and any other the end of the block.
func places(symbol byte, dc bool) uint32 {
	run, size := uint32(symbol>>4), symbol&15
	if !dc && size == 0 && run != 15 {
		return pastBlock
	}
	return run + 1
}

// extend is the value that size bits say (F.2.2.1): those with the first bit 0 are
// below zero.
func extend(bits uint32, size int) int32 {
	v := int32(bits)
	if size > 0 && v < 1<<(size-1) {
		v += -1<<size + 1
	}
	return v
}

// long reads a symbol that is not in fast off the front of the stream: the entry that
// it would have, and its bits, 0 if there is no such code.
func (h *huffman) long(stream uint64, dc bool) (entry uint32, bits uint64) {
	top := uint32(stream >> 48)
	for n := 1; n <= 16; n++ {
		if top < h.end[n] {
			symbol := h.spec[16+h.first[n]+int32(top>>(16-n))]
			size := int(symbol & 15)
			v := extend(uint32(stream<<n>>1>>(63-size)), size)
			return places(symbol, dc)<<8 | uint32(uint16(v))<<16, uint64(n + size)
		}
	}
	return 0, 0
}
