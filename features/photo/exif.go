package photo

import (
	"bytes"
	"encoding/binary"
)

// orientationTag is EXIF's tag of how the camera was held (CIPA DC-008, 4.6.5).
const orientationTag = 0x0112

// exifOrientation is 1..8 out of the body of an APP1 segment, 0 if it says none.
// Only the first directory is read, which is where the tag stands.
func exifOrientation(body []byte) int {
	tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00"))
	if !ok {
		return 0
	}
	return tiffOrientation(tiff)
}

// tiffOrientation reads the tag out of a TIFF header, which EXIF data is.
func tiffOrientation(tiff []byte) int {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(tiff, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(tiff, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 0
	}
	if len(tiff) < 8 {
		return 0
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 0
	}
	n := int(order.Uint16(tiff[at:]))
	entries := tiff[at+2:]
	for range n {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == orientationTag {
			const short = 3
			v := int(order.Uint16(entries[8:]))
			if order.Uint16(entries[2:]) != short || v < 1 || v > 8 {
				return 0
			}
			return v
		}
		entries = entries[12:]
	}
	return 0
}
