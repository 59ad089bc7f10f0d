package features

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
)

// HeatPhoto is a photo of a sheet of heat maps.
type HeatPhoto struct {
	Images  *Images
	Row     int
	H, W    int       // of the map
	Map     []float32 // [H, W], from cold to hot, 0 and 1
	Boxes   []Box     // shares of the photo's sides
	X, Y    float64   // where the heat is, shares of the sides
	Caption string
}

// heatColumns is how many photos stand side by side.
const heatColumns = 4

// WriteHeatSheet draws photos with their heat maps over them, yellow where it is warm
// and red where it is hot, a frame around each box and a cross where the heat is, as
// one PNG.
func WriteHeatSheet(dst io.Writer, heading string, photos []HeatPhoto) error {
	if len(photos) == 0 {
		return fmt.Errorf("heat maps: want at least one photo")
	}
	pen, err := newPen()
	if err != nil {
		return err
	}
	im := photos[0].Images
	scale := scaleFor(im.H(), im.W())
	w, h := scale.of(im.W()), scale.of(im.H())
	columns := min(heatColumns, len(photos))
	lines := (len(photos) + columns - 1) / columns
	step, line, top := w+sheetGap, h+pen.height+sheetGap, sheetMargin+pen.height+sheetGap
	out := image.NewRGBA(image.Rect(0, 0, 2*sheetMargin+columns*step-sheetGap, top+lines*line-sheetGap+sheetMargin))
	draw.Draw(out, out.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	pen.write(out, sheetMargin, sheetMargin, out.Bounds().Dx()-2*sheetMargin, heading)
	for i, p := range photos {
		if len(p.Map) != p.H*p.W || p.H*p.W == 0 {
			return fmt.Errorf("heat maps: photo %d: want a map of %dx%d, got %d values", i, p.H, p.W, len(p.Map))
		}
		at := image.Rect(0, 0, w, h).Add(image.Pt(sheetMargin+i%columns*step, top+i/columns*line))
		p.draw(out, at, scale)
		pen.write(out, at.Min.X, at.Max.Y, w, p.Caption)
	}
	return png.Encode(dst, out)
}

// draw draws the photo at a place of the sheet.
func (p HeatPhoto) draw(out *image.RGBA, at image.Rectangle, scale sheetScale) {
	pixels, c := p.Images.Pixels(p.Row), p.Images.C()
	values := make([]float32, len(pixels))
	for i, v := range pixels {
		values[i] = float32(v)
	}
	w, h := at.Dx(), at.Dy()
	for y := range h {
		for x := range w {
			heat := p.at((float64(x)+0.5)/float64(w), (float64(y)+0.5)/float64(h))
			glow := color.RGBA{255, uint8(230 * (1 - heat)), 0, 255}
			share := 0.65 * heat
			mix := func(ch int, over uint8) uint8 {
				v := scale.mean(values, p.Images.H(), p.Images.W(), c, y, x, min(ch, c-1))
				return uint8(float64(v)*(1-share) + float64(over)*share + 0.5)
			}
			out.SetRGBA(at.Min.X+x, at.Min.Y+y, color.RGBA{mix(0, glow.R), mix(1, glow.G), mix(2, glow.B), 255})
		}
	}
	for _, b := range p.Boxes {
		r := image.Rect(int(b.X*float64(w)), int(b.Y*float64(h)), int((b.X+b.W)*float64(w)), int((b.Y+b.H)*float64(h))).Add(at.Min)
		outline(out, r.Intersect(at), color.RGBA{40, 255, 80, 255})
	}
	cross := at.Min.Add(image.Pt(int(p.X*float64(w)), int(p.Y*float64(h))))
	for d := -4; d <= 4; d++ {
		for _, q := range []image.Point{{d, 0}, {0, d}} {
			if q = cross.Add(q); q.In(at) {
				out.SetRGBA(q.X, q.Y, color.RGBA{255, 255, 255, 255})
			}
		}
	}
}

// at is the map between the centres of its cells, linearly, 0 to 1; x and y are shares
// of the sides.
func (p HeatPhoto) at(x, y float64) float64 {
	fx, fy := min(max(x*float64(p.W)-0.5, 0), float64(p.W-1)), min(max(y*float64(p.H)-0.5, 0), float64(p.H-1))
	x0, y0 := int(fx), int(fy)
	x1, y1 := min(x0+1, p.W-1), min(y0+1, p.H-1)
	dx, dy := fx-float64(x0), fy-float64(y0)
	v := func(x, y int) float64 { return float64(p.Map[y*p.W+x]) }
	return min(max((v(x0, y0)*(1-dx)+v(x1, y0)*dx)*(1-dy)+(v(x0, y1)*(1-dx)+v(x1, y1)*dx)*dy, 0), 1)
}

// outline draws a frame two pixels wide on the inner side of r.
func outline(out *image.RGBA, r image.Rectangle, c color.RGBA) {
	for inner := range 2 {
		f := r.Inset(inner)
		if f.Empty() {
			return
		}
		for x := f.Min.X; x < f.Max.X; x++ {
			out.SetRGBA(x, f.Min.Y, c)
			out.SetRGBA(x, f.Max.Y-1, c)
		}
		for y := f.Min.Y; y < f.Max.Y; y++ {
			out.SetRGBA(f.Min.X, y, c)
			out.SetRGBA(f.Max.X-1, y, c)
		}
	}
}
