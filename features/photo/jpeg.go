package photo

import (
	"bytes"
	"errors"
	"image/jpeg"
)

// errDoubt is a decoder's when a file is damaged, or of a kind that it is not meant for:
// the next one then decodes, and image/jpeg has the last word.
var errDoubt = errors.New("in doubt")

// decodeJPEG decodes to planes, at a part of the size where that is enough for
// the rectangle.
func (d *Decoder) decodeJPEG(file []byte, info Info, b box, in rect) error {
	if err := d.baseline.decode(d, file, info.jpeg, b, in); !errors.Is(err, errDoubt) {
		return err
	}
	if d.turbo != nil {
		err := d.turbo.decode(d, file, info.jpeg, eighths(b, in))
		if !errors.Is(err, errDoubt) {
			return err
		}
	}
	m, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		return err
	}
	if !d.r.take(m) {
		return errors.New("want a JPEG of grey, YCbCr, RGB or CMYK")
	}
	return nil
}

// eighths is the smallest part of the size, 8, 4, 2 or 1 eighths, at which a plane
// may be decoded: three times the size of the result is left, so that the filter does most
// of the work and the result is close to what decoding in full gives.
func eighths(b box, in rect) int {
	n := 8
	for n > 1 && (b.x1-b.x0)*float64(n)/2/8 >= 3*float64(in.w) && (b.y1-b.y0)*float64(n)/2/8 >= 3*float64(in.h) {
		n /= 2
	}
	return n
}
