package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Info is what the header of a photo says.
type Info struct {
	Format      string // "jpeg" or "png"
	Width       int    // as it is to be looked at, after Orientation
	Height      int
	Orientation int   // EXIF: 1 as it lies, 2..8 mirrored and turned
	Memory      int64 // bytes that decoding takes at most, without the file's own

	jpeg frame
}

// frame is the header of a JPEG frame (ITU T.81, B.2.2).
type frame struct {
	width, height int
	precision     int
	components    int
	progressive   bool
}

var errShort = errors.New("the file ends too early")

// Inspect reads the header of a JPEG or PNG file.
func Inspect(file []byte) (Info, error) {
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xd8")):
		return inspectJPEG(file)
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		return inspectPNG(file)
	case len(file) == 0:
		return Info{}, errors.New("the file is empty")
	}
	return Info{}, fmt.Errorf("want a JPEG or PNG file, got %s", guess(file))
}

// guess names a format that podium does not read.
func guess(file []byte) string {
	for _, f := range []struct {
		at          int
		magic, name string
	}{
		{0, "GIF8", "GIF"}, {8, "WEBP", "WebP"}, {0, "BM", "BMP"}, {0, "II*\x00", "TIFF"}, {0, "MM\x00*", "TIFF"},
		{4, "ftypavif", "AVIF"}, {4, "ftyphei", "HEIC"}, {0, "<", "a web page or other text"}, {0, "PK", "a zip"},
	} {
		if len(file) > f.at && bytes.HasPrefix(file[f.at:], []byte(f.magic)) {
			return f.name
		}
	}
	return fmt.Sprintf("%d bytes of something else", len(file))
}

// Markers of a JPEG file.
const (
	markSOF0    = 0xc0
	markDHT     = 0xc4
	markJPG     = 0xc8
	markDAC     = 0xcc
	markLastSOF = 0xcf
	markRST0    = 0xd0
	markEOI     = 0xd9
	markSOS     = 0xda
	markDQT     = 0xdb
	markDRI     = 0xdd
	markAPP1    = 0xe1
	markAPP14   = 0xee
	markTEM     = 0x01
)

// inspectJPEG walks over the segments up to the first scan.
func inspectJPEG(file []byte) (Info, error) {
	info := Info{Format: "jpeg", Orientation: 1}
	found := false
	for at := 2; ; {
		marker, next, err := nextMarker(file, at)
		if err != nil {
			return Info{}, err
		}
		at = next
		if marker == markTEM || marker >= markRST0 && marker < markEOI {
			continue
		}
		if marker == markEOI {
			return Info{}, errors.New("the JPEG has no image in it")
		}
		if at+2 > len(file) {
			return Info{}, errShort
		}
		size := int(binary.BigEndian.Uint16(file[at:]))
		if size < 2 || at+size > len(file) {
			return Info{}, errShort
		}
		body := file[at+2 : at+size]
		at += size
		switch {
		case marker == markSOS:
			if !found {
				return Info{}, errors.New("the JPEG has no size")
			}
			info = info.upright()
			info.Memory += int64(len(file)) // its scan, without what is stuffed into it
			return info, nil
		case marker == markAPP1:
			if o := exifOrientation(body); o != 0 {
				info.Orientation = o
			}
		case marker >= markSOF0 && marker <= markLastSOF && marker != markDHT && marker != markJPG && marker != markDAC && !found:
			if info.jpeg, err = readFrame(marker, body); err != nil {
				return Info{}, err
			}
			found = true
		}
	}
}

// nextMarker is the marker at or behind at and the place behind it. Bytes between
// segments are skipped, as libjpeg does.
func nextMarker(file []byte, at int) (marker byte, next int, err error) {
	for ; at+1 < len(file); at++ {
		if m := file[at+1]; file[at] == 0xff && m != 0 && m != 0xff {
			return m, at + 2, nil
		}
	}
	return 0, 0, errShort
}

func readFrame(marker byte, body []byte) (frame, error) {
	if len(body) < 6 {
		return frame{}, errShort
	}
	f := frame{precision: int(body[0]), height: int(binary.BigEndian.Uint16(body[1:])), width: int(binary.BigEndian.Uint16(body[3:])),
		components: int(body[5]), progressive: marker == markSOF0+2}
	switch {
	case f.precision != 8:
		return frame{}, fmt.Errorf("want a JPEG of 8 bits, got %d", f.precision)
	case f.width == 0 || f.height == 0:
		return frame{}, fmt.Errorf("want a JPEG with a size, got %dx%d", f.width, f.height)
	case f.components < 1 || f.components > 4:
		return frame{}, fmt.Errorf("want a JPEG of 1 to 4 channels, got %d", f.components)
	}
	return f, nil
}

// upright fills in the size as it is looked at, and the memory.
func (i Info) upright() Info {
	f := i.jpeg
	i.Width, i.Height = f.width, f.height
	if i.Orientation > 4 {
		i.Width, i.Height = f.height, f.width
	}
	bytes := f.components
	if f.progressive {
		bytes *= 5 // and coefficients: 4 bytes in image/jpeg, 2 in libjpeg
	}
	blocks := func(n int) int64 { return int64(n+63) &^ 63 }                                          // of the largest sampling, 4
	i.Memory = blocks(f.width)*blocks(f.height)*int64(bytes) + blocks(f.width)*64*int64(f.components) // and a row of blocks
	return i
}
