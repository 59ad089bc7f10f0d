package photo

import "image"

// colours is what the planes of a raster are.
type colours int

const (
	grey colours = iota
	ycbcr
	rgb
	cmyk // 255: full ink
)

// plane is one channel: pixel x, y is pix[y*stride+x*step].
type plane struct {
	pix          []byte
	stride, step int
	w, h         int
	sx, sy       float64 // its pixels for one of the photo
}

// raster is a decoded photo as it lies in the file, not yet upright.
type raster struct {
	colours colours
	planes  []plane
	w, h    int
}

// set makes r of planes of one size that lie together, n bytes a pixel.
func (r *raster) set(c colours, pix []byte, stride, n, w, h int) {
	*r = raster{colours: c, planes: r.planes[:0], w: w, h: h}
	for i := range channels(c) {
		r.planes = append(r.planes, plane{pix[i:], stride, n, w, h, 1, 1})
	}
}

func channels(c colours) int { return [...]int{grey: 1, ycbcr: 3, rgb: 3, cmyk: 4}[c] }

// take makes r of what image/jpeg decodes to; false for what it never gives.
func (r *raster) take(m image.Image) bool {
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	switch m := m.(type) {
	case *image.Gray:
		r.set(grey, m.Pix, m.Stride, 1, w, h)
	case *image.CMYK:
		r.set(cmyk, m.Pix, m.Stride, 4, w, h)
	case *image.RGBA:
		r.set(rgb, m.Pix, m.Stride, 4, w, h)
	case *image.YCbCr:
		sx, sy := shares(m.SubsampleRatio)
		cw, ch := (w+sx-1)/sx, (h+sy-1)/sy
		*r = raster{colours: ycbcr, planes: r.planes[:0], w: w, h: h}
		r.planes = append(r.planes, plane{m.Y, m.YStride, 1, w, h, 1, 1},
			plane{m.Cb, m.CStride, 1, cw, ch, 1 / float64(sx), 1 / float64(sy)},
			plane{m.Cr, m.CStride, 1, cw, ch, 1 / float64(sx), 1 / float64(sy)})
	default:
		return false
	}
	return true
}

// shares is how many pixels share a sample of chroma, across and down.
func shares(r image.YCbCrSubsampleRatio) (x, y int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}
