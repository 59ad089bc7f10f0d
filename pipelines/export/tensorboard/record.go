package tensorboard

import (
	"encoding/binary"
	"hash/crc32"
)

// frame puts a message between its length and checksums: eight bytes of length and
// four of its checksum before it, four of the message's checksum behind it, all with
// the low byte first.
func frame(message []byte) []byte {
	b := make([]byte, 0, len(message)+16)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(message)))
	b = binary.LittleEndian.AppendUint32(b, masked(b))
	b = append(b, message...)
	return binary.LittleEndian.AppendUint32(b, masked(message))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the CRC-32C of b, turned by 15 bits and moved by a constant: a checksum
// of bytes that hold checksums themselves would be weak.
func masked(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}
