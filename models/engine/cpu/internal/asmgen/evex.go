package main

import (
	"encoding/binary"
	"fmt"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/reg"
)

// evex is an instruction of AVX512-BF16 on three vectors of 512 bits, which Go's
// assembler does not know and gets as bytes: in Intel's order
//
//	name dst, first, second
//
// with the EVEX prefix of opcode map 0F38 and W0 (Intel, "Software Developer's
// Manual", volume 2, section 2.7). TestBF16Encodings runs what it writes.
type evex struct {
	name   string
	prefix byte // the compressed prefix pp: 2 for F3, 3 for F2
	opcode byte
}

var (
	// vdpbf16ps adds to each float32 of dst the products of a pair of first with a
	// pair of second.
	vdpbf16ps = evex{"VDPBF16PS", 2, 0x52}
	// vcvtne2ps2bf16 rounds: second gives the low half of dst, first the high one.
	vcvtne2ps2bf16 = evex{"VCVTNE2PS2BF16", 3, 0x72}
)

// encode writes the instruction. The comment beside the bytes has Go's order of
// operands.
func (f *file) encode(i evex, dst, first, second reg.VecPhysical) {
	d, a, b := byte(dst.PhysicalIndex()), byte(first.PhysicalIndex()), byte(second.PhysicalIndex())
	inverted := func(n, bit, to byte) byte { return (^n >> bit & 1) << to }
	code := [6]byte{
		0x62,
		inverted(d, 3, 7) | inverted(b, 4, 6) | inverted(b, 3, 5) | inverted(d, 4, 4) | 2, // R X B R', map 0F38
		^a&15<<3 | 4 | i.prefix,  // W0, vvvv
		0x40 | inverted(a, 4, 3), // 512 bits, V', no mask
		i.opcode,
		0xc0 | d&7<<3 | b&7, // registers only
	}
	f.Instruction(&ir.Instruction{Opcode: fmt.Sprintf("LONG $0x%08x; WORD $0x%04x // %s Z%d, Z%d, Z%d",
		binary.LittleEndian.Uint32(code[:]), binary.LittleEndian.Uint16(code[4:]), i.name, b, a, d), ISA: []string{"AVX512BF16"}})
}
