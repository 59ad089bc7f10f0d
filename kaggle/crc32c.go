package kaggle

import "hash/crc32"

// castagnoli is the table of CRC-32C, which amd64 and arm64 have in hardware.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Pieces of a file that are hashed apart give the hash of the whole, since a
// CRC is the remainder of a division by a polynomial over GF(2): behind n more
// bytes a remainder has become x^(8n) times itself. Below, bit 31 of a number
// is the coefficient of x^0, as in the tables.

// crcShift is x^(8n) mod the polynomial.
func crcShift(n int64) uint32 {
	const one, x8 = 1 << 31, 1 << 23
	p, square := uint32(one), uint32(x8)
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			p = crcMul(p, square)
		}
		square = crcMul(square, square)
	}
	return p
}

// crcJoin is the CRC of a with b behind it; shift is crcShift of b's length.
func crcJoin(a, b, shift uint32) uint32 { return crcMul(a, shift) ^ b }

// crcMul is the product of two remainders.
func crcMul(a, b uint32) uint32 {
	var p uint32
	for ; a != 0; a <<= 1 {
		if a&(1<<31) != 0 {
			p ^= b
		}
		low := b & 1
		b >>= 1
		if low != 0 {
			b ^= crc32.Castagnoli
		}
	}
	return p
}
