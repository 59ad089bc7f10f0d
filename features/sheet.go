package features

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"iter"
)

// Sheet is a part of a contact sheet: for each row of Loader a line of images, the
// plain one with its class under it and then Variants of it, changed as in the
// first epochs of a training.
type Sheet struct {
	Heading  string
	Loader   Loader   // its Batch, Shuffle and DropLast do not matter: images are mixed with others of the sheet
	Names    []string // of the classes 0, 1, 2, ...
	Variants int
}

// WriteSheets draws the sheets below each other, for a person to see what a network
// sees: what the loader gives, normalisation undone. Small images are enlarged and
// large ones shrunk, by whole numbers. One channel is grey, three are red, green
// and blue. What was mixed of several images says of which classes.
func WriteSheets(ctx context.Context, dst io.Writer, sheets []Sheet) error {
	out, err := DrawSheets(ctx, sheets)
	if err != nil {
		return err
	}
	return png.Encode(dst, out)
}

// DrawSheets is the picture that WriteSheets writes.
func DrawSheets(ctx context.Context, sheets []Sheet) (image.Image, error) {
	pen, err := newPen()
	if err != nil {
		return nil, err
	}
	var drawn []*image.RGBA
	at := image.Rectangle{}
	for _, s := range sheets {
		m, err := s.draw(ctx, pen)
		if err != nil {
			return nil, fmt.Errorf("contact sheet: %w", err)
		}
		drawn = append(drawn, m)
		at.Max = image.Pt(max(at.Max.X, m.Bounds().Dx()), at.Max.Y+m.Bounds().Dy())
	}
	out := image.NewRGBA(at)
	draw.Draw(out, at, image.NewUniform(paper), image.Point{}, draw.Src)
	for y := 0; len(drawn) > 0; drawn = drawn[1:] {
		m := drawn[0]
		draw.Draw(out, m.Bounds().Add(image.Pt(0, y)), m, image.Point{}, draw.Src)
		y += m.Bounds().Dy()
	}
	return out, nil
}

// How a sheet is laid out, in pixels of the picture.
const (
	sheetMargin  = 12
	sheetGap     = 6   // between images; twice that after the plain one
	smallestSide = 128 // of an image on the sheet
	largestSide  = 320 // about
)

var (
	paper = color.RGBA{250, 250, 248, 255}
	ink   = color.RGBA{30, 30, 30, 255}
)

func (s Sheet) draw(ctx context.Context, pen *pen) (*image.RGBA, error) {
	l := s.Loader
	if l.Images == nil || l.Len() == 0 {
		return nil, fmt.Errorf("want at least one image")
	}
	if c := l.Images.C(); c != 1 && c != 3 {
		return nil, fmt.Errorf("want 1 or 3 channels, got %d", c)
	}
	l.Batch, l.Shuffle, l.DropLast = l.Len(), false, false
	scale := scaleFor(l.Images.H(), l.Images.W())
	w, h := scale.of(l.Images.W()), scale.of(l.Images.H())
	step, line := w+sheetGap, h+pen.height+sheetGap
	top := sheetMargin + pen.height + sheetGap
	out := image.NewRGBA(image.Rect(0, 0, 2*sheetMargin+(s.Variants+1)*step, top+l.Len()*line+sheetMargin))
	draw.Draw(out, out.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	pen.write(out, sheetMargin, sheetMargin, out.Bounds().Dx()-2*sheetMargin, s.Heading)
	for column := range s.Variants + 1 {
		batch, err := firstBatch(s.column(ctx, &l, column))
		if err != nil {
			return nil, err
		}
		x := sheetMargin + column*step
		if column > 0 {
			x += sheetGap
		}
		for i := range batch.N {
			y := top + i*line
			scale.put(out, x, y, l.Images, l.Norm, batch.X[i*l.pixels():(i+1)*l.pixels()])
			pen.write(out, x, y+h, w, s.caption(&l, batch, i, column))
		}
	}
	return out, nil
}

// column is the images of a column: the plain ones, then those of the epochs.
func (s Sheet) column(ctx context.Context, l *Loader, column int) iter.Seq2[Batch, error] {
	if column == 0 {
		return l.Predict(ctx, 0)
	}
	return l.Epoch(ctx, column-1)
}

func firstBatch(batches iter.Seq2[Batch, error]) (Batch, error) {
	for b, err := range batches {
		return b, err
	}
	return Batch{}, fmt.Errorf("no images")
}

// caption is the class of a plain image, and the classes of one that was mixed.
func (s Sheet) caption(l *Loader, b Batch, i, column int) string {
	if column == 0 {
		class, _ := l.label(b.Rows[i])
		return s.name(class)
	}
	text, classes := "", 0
	for class, share := range b.Y[i*l.Classes : (i+1)*l.Classes] {
		if share >= 0.005 {
			text += fmt.Sprintf("%s %.2f  ", s.name(class), share)
			classes++
		}
	}
	if classes < 2 {
		return ""
	}
	return text
}

func (s Sheet) name(class int) string {
	if class >= 0 && class < len(s.Names) {
		return s.Names[class]
	}
	return fmt.Sprint(class)
}

// sheetScale draws an image up times as large, or one in down of its size.
type sheetScale struct{ up, down int }

func scaleFor(h, w int) sheetScale {
	small, large := min(h, w), max(h, w)
	if large > largestSide {
		return sheetScale{1, (large + largestSide - 1) / largestSide}
	}
	return sheetScale{max(min((smallestSide+small-1)/small, largestSide/large), 1), 1}
}

func (s sheetScale) of(side int) int { return max(side*s.up/s.down, 1) }

// put draws the image of normalised values at (x0, y0): each pixel up times, or
// the mean of down times down pixels.
func (s sheetScale) put(out *image.RGBA, x0, y0 int, im *Images, norm Normalize, values []float32) {
	c := im.C()
	for y := range s.of(im.H()) {
		for x := range s.of(im.W()) {
			var rgb [3]uint8
			for ch := range 3 {
				rgb[ch] = norm.level(min(ch, c-1), s.mean(values, im.H(), im.W(), c, y, x, min(ch, c-1)))
			}
			out.SetRGBA(x0+x, y0+y, color.RGBA{rgb[0], rgb[1], rgb[2], 255})
		}
	}
}

// mean is the value of channel ch under the pixel (y, x) of the sheet.
func (s sheetScale) mean(values []float32, h, w, c, y, x, ch int) float32 {
	sum, n := float32(0), float32(0)
	for dy := range s.down {
		for dx := range s.down {
			if sy, sx := y*s.down/s.up+dy, x*s.down/s.up+dx; sy < h && sx < w {
				sum += values[(sy*w+sx)*c+ch]
				n++
			}
		}
	}
	return sum / n
}

// level undoes the normalisation of a value: the nearest of 0..255.
func (n Normalize) level(ch int, v float32) uint8 {
	if len(n.Mean) > 0 {
		v = v*n.Std[ch] + n.Mean[ch]
	}
	return uint8(min(max(v*255+0.5, 0), 255))
}
