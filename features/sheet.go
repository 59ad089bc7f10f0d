package features

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// Sheet says how a contact sheet looks.
type Sheet struct {
	Columns int      // images in a row; default 8
	Augment *Augment // nil: the images as they are
	Seed    uint64
}

// WritePNG draws the rows of im side by side, row after row, for a person to see
// what a network would. An image that is listed twice is moved twice, in two
// ways. One channel is grey, three are red, green and blue.
func (s Sheet) WritePNG(dst io.Writer, im *Images, rows []int) error {
	h, w, c := im.H(), im.W(), im.C()
	if c != 1 && c != 3 {
		return fmt.Errorf("contact sheet: want 1 or 3 channels, got %d", c)
	}
	if len(rows) == 0 {
		return fmt.Errorf("contact sheet: want at least one image")
	}
	var a Augment
	if s.Augment != nil {
		a = *s.Augment
	}
	if err := a.Check(); err != nil {
		return err
	}
	cols := min(orElse(s.Columns, 8), len(rows))
	const gap = 1
	lines := (len(rows) + cols - 1) / cols
	out := image.NewRGBA(image.Rect(0, 0, cols*(w+gap)-gap, lines*(h+gap)-gap))
	pixels := make([]float32, h*w*c)
	for i, row := range rows {
		if row < 0 || row >= im.N() {
			return fmt.Errorf("contact sheet: want rows in 0..%d, got %d", im.N()-1, row)
		}
		a.Apply(pixels, im.Pixels(row), h, w, c, seed.Mix(s.Seed, uint64(i)), Normalize{})
		x0, y0 := i%cols*(w+gap), i/cols*(h+gap)
		for j := range h * w {
			at := func(ch int) uint8 { return uint8(pixels[j*c+min(ch, c-1)]*255 + 0.5) }
			out.SetRGBA(x0+j%w, y0+j/w, color.RGBA{at(0), at(1), at(2), 255})
		}
	}
	return png.Encode(dst, out)
}
