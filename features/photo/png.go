package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
)

// inspectPNG reads IHDR, and the eXIf chunk where it stands before the pixels.
func inspectPNG(file []byte) (Info, error) {
	const ihdr = 8 + 8 + 13 + 4 // magic, length and kind, body, checksum
	if len(file) < ihdr {
		return Info{}, errShort
	}
	if string(file[12:16]) != "IHDR" {
		return Info{}, errors.New("the PNG has no header")
	}
	w, h := binary.BigEndian.Uint32(file[16:]), binary.BigEndian.Uint32(file[20:])
	if w == 0 || h == 0 || w > 1<<30 || h > 1<<30 {
		return Info{}, fmt.Errorf("want a PNG with a size, got %dx%d", w, h)
	}
	i := Info{Format: "png", Width: int(w), Height: int(h), Orientation: 1}
	bytesPixel := int64(4 + 4) // decoded, and as RGB
	if file[24] == 16 {
		bytesPixel += 4
	}
	i.Memory = int64(w) * int64(h) * bytesPixel
	for rest := file[ihdr:]; len(rest) >= 12; {
		size, kind := binary.BigEndian.Uint32(rest), string(rest[4:8])
		if kind == "IDAT" || uint64(size)+12 > uint64(len(rest)) {
			break
		}
		if o := tiffOrientation(rest[8 : 8+size]); kind == "eXIf" && o != 0 {
			i.Orientation = o
		}
		rest = rest[12+size:]
	}
	if i.Orientation > 4 {
		i.Width, i.Height = i.Height, i.Width
	}
	return i, nil
}

// decodePNG decodes to grey or RGB of 8 bits. What is transparent lies over
// white; of 16 bits the upper 8 count, as PIL does it.
func (d *Decoder) decodePNG(file []byte) error {
	m, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return err
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	switch m := m.(type) {
	case *image.Gray:
		d.r.set(grey, m.Pix, m.Stride, 1, w, h)
		return nil
	case *image.Gray16:
		d.r.set(grey, m.Pix, m.Stride, 2, w, h) // big-endian: the upper byte is the first
		return nil
	case *image.RGBA: // PNG's truecolour without alpha
		d.r.set(rgb, m.Pix, m.Stride, 4, w, h)
		return nil
	}
	d.pixels = grow(d.pixels, 3*w*h)
	if !overWhite(d.pixels, m) {
		return fmt.Errorf("cannot read a PNG of %T", m)
	}
	d.r.set(rgb, d.pixels, 3*w, 3, w, h)
	return nil
}

// overWhite writes m as RGB; false for what image/png never gives.
func overWhite(dst []byte, m image.Image) bool {
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	put := func(i int, r, g, b, a uint8) {
		dst[i], dst[i+1], dst[i+2] = over(r, a), over(g, a), over(b, a)
	}
	switch m := m.(type) {
	case *image.NRGBA:
		for y := range h {
			for x := range w {
				p := m.Pix[y*m.Stride+4*x:][:4]
				put(3*(y*w+x), p[0], p[1], p[2], p[3])
			}
		}
	case *image.RGBA64:
		for y := range h {
			for x := range w {
				p := m.Pix[y*m.Stride+8*x:][:8]
				put(3*(y*w+x), p[0], p[2], p[4], 255)
			}
		}
	case *image.NRGBA64:
		for y := range h {
			for x := range w {
				p := m.Pix[y*m.Stride+8*x:][:8]
				put(3*(y*w+x), p[0], p[2], p[4], p[6])
			}
		}
	case *image.Paletted:
		var table [256][3]byte
		for i, c := range m.Palette {
			r, g, b, a := nrgba(c)
			table[i] = [3]byte{over(r, a), over(g, a), over(b, a)}
		}
		for y := range h {
			for x := range w {
				copy(dst[3*(y*w+x):], table[m.Pix[y*m.Stride+x]][:])
			}
		}
	default:
		return false
	}
	return true
}
