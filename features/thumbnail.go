package features

import (
	"image"
	"image/color"
)

// Thumbnail is image i for a person to look at: shrunk, by a whole number and by the
// mean of the pixels under each, until no side is longer than side; never enlarged. One
// channel is grey, three are red, green and blue. i outside [0, N) panics.
func (m *Images) Thumbnail(i, side int) image.Image {
	down := (max(m.h, m.w) + side - 1) / side
	at := image.Rect(0, 0, max(m.w/down, 1), max(m.h/down, 1))
	pixels := m.Pixels(i)
	if m.c == 1 {
		out := image.NewGray(at)
		for y := range at.Max.Y {
			for x := range at.Max.X {
				out.SetGray(x, y, color.Gray{Y: m.under(pixels, y, x, 0, down)})
			}
		}
		return out
	}
	out := image.NewRGBA(at)
	for y := range at.Max.Y {
		for x := range at.Max.X {
			out.SetRGBA(x, y, color.RGBA{m.under(pixels, y, x, 0, down), m.under(pixels, y, x, min(1, m.c-1), down), m.under(pixels, y, x, min(2, m.c-1), down), 255})
		}
	}
	return out
}

// under is the mean of channel ch of the down x down pixels under one of a thumbnail.
func (m *Images) under(pixels []byte, y, x, ch, down int) uint8 {
	sum, n := 0, 0
	for dy := range down {
		for dx := range down {
			if sy, sx := y*down+dy, x*down+dx; sy < m.h && sx < m.w {
				sum += int(pixels[(sy*m.w+sx)*m.c+ch])
				n++
			}
		}
	}
	return uint8((sum + n/2) / n)
}
