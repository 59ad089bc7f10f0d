package features

import (
	"fmt"
	"image"
	"image/draw"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// pen writes on contact sheets, in the Go font, which has the Latin, Greek and
// Cyrillic alphabets.
type pen struct {
	face   font.Face
	height int // of a line
	ascent int
}

func newPen() (*pen, error) {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("the font of contact sheets: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 13, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("the font of contact sheets: %w", err)
	}
	m := face.Metrics()
	return &pen{face, m.Height.Ceil() + 3, m.Ascent.Ceil() + 2}, nil
}

// write writes text with its upper left corner at (x, y), cut to width pixels.
func (p *pen) write(out draw.Image, x, y, width int, text string) {
	text = strings.TrimSpace(text)
	letters := []rune(text)
	for n := len(letters); n > 0 && font.MeasureString(p.face, text).Ceil() > width; {
		n--
		text = string(letters[:n]) + "…"
	}
	d := font.Drawer{Dst: out, Src: image.NewUniform(ink), Face: p.face, Dot: fixed.P(x, y+p.ascent)}
	d.DrawString(text)
}
