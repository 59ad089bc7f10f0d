package features

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

// drawSheets writes sheets and reads the picture back.
func drawSheets(t *testing.T, sheets ...Sheet) (image.Image, string) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSheets(t.Context(), &b, sheets); err != nil {
		t.Fatal(err)
	}
	file := b.String()
	m, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return m, file
}

// inkIn counts the dark pixels in a rectangle.
func inkIn(m image.Image, r image.Rectangle) (n int) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if g := color.GrayModel.Convert(m.At(x, y)).(color.Gray); g.Y < 120 {
				n++
			}
		}
	}
	return n
}

// A sheet shows the pixels that the net sees, enlarged, with normalisation undone.
func TestSheetShowsPixels(t *testing.T) {
	t.Parallel()
	for _, c := range []int{1, 3} {
		im := shard(t, 5, 4, 6, c)
		norm := Normalize{Mean: []float32{.5, .4, .3}[:c], Std: []float32{.2, .3, .1}[:c]}
		m, _ := drawSheets(t, Sheet{Loader: Loader{Images: im, Rows: []int{1, 4}, Classes: 3, Norm: norm}, Variants: 1})
		const up = 32 // 4 pixels to 128
		pen, err := newPen()
		if err != nil {
			t.Fatal(err)
		}
		top := sheetMargin + pen.height + sheetGap
		line, step := 4*up+pen.height+sheetGap, 6*up+sheetGap
		if want := image.Pt(2*sheetMargin+2*step, top+2*line+sheetMargin); m.Bounds().Size() != want {
			t.Errorf("size %v, want %v", m.Bounds().Size(), want)
		}
		for column, left := range []int{sheetMargin, sheetMargin + step + sheetGap} { // nothing is augmented
			for y := range 4 * up {
				for x := range 6 * up {
					r, g, b, _ := m.At(left+x, top+line+y).RGBA()
					p := im.Pixels(4)[(y/up*6+x/up)*c:]
					if byte(r>>8) != p[0] || byte(g>>8) != p[min(1, c-1)] || byte(b>>8) != p[min(2, c-1)] {
						t.Fatalf("%d channels, column %d: pixel %d,%d is %v, want %v", c, column, x, y, m.At(left+x, top+line+y), p[:c])
					}
				}
			}
		}
	}
}

// Large images are shrunk, to the mean of the pixels.
func TestSheetShrinks(t *testing.T) {
	t.Parallel()
	values := make([]float32, 700*4)
	for i := range values {
		values[i] = float32(i%3) / 2 // 0, 0.5, 1 across
	}
	s := scaleFor(4, 700)
	if s != (sheetScale{1, 3}) || s.of(700) != 233 || s.of(4) != 1 {
		t.Fatalf("%v: %d x %d", s, s.of(4), s.of(700))
	}
	if got := s.mean(values[:2100], 3, 700, 1, 0, 2, 0); got != 0.5 {
		t.Errorf("mean %v, want 0.5", got)
	}
	for _, c := range []struct {
		h, w int
		want sheetScale
	}{{28, 28, sheetScale{5, 1}}, {224, 224, sheetScale{1, 1}}, {64, 64, sheetScale{2, 1}}, {10, 300, sheetScale{1, 1}}, {640, 480, sheetScale{1, 2}}} {
		if got := scaleFor(c.h, c.w); got != c.want {
			t.Errorf("%dx%d: %v, want %v", c.h, c.w, got, c.want)
		}
	}
}

// The same sheet is the same file; another augmentation or seed is another one.
func TestSheetOfAugmentedPhotos(t *testing.T) {
	t.Parallel()
	im := shard(t, 6, 8, 9, 3)
	seen := map[string]bool{}
	for _, s := range []struct {
		a    *Augment
		seed uint64
	}{{nil, 1}, {&Augment{FlipX: true, Crop: .5}, 1}, {&Augment{FlipX: true, Crop: .5}, 2}, {&Augment{Channel: 60, Hue: 90}, 1}, {&Augment{Erase: 1}, 1}} {
		sheet := Sheet{Loader: Loader{Images: im, Rows: []int{0, 1, 2}, Classes: 3, Augment: s.a, Seed: s.seed}, Variants: 3}
		_, file := drawSheets(t, sheet)
		if seen[file] {
			t.Errorf("%+v, seed %d: drawn before", s.a, s.seed)
		}
		seen[file] = true
		if _, again := drawSheets(t, sheet); again != file {
			t.Errorf("%+v: drawn again it is another one", s.a)
		}
	}
}

// Classes stand under plain images, and under mixed ones those of both.
func TestSheetCaptions(t *testing.T) {
	t.Parallel()
	im := shard(t, 6, 8, 9, 3)
	s := Sheet{Heading: "cnn", Names: []string{"cat", "dog", "кот"}, Variants: 1,
		Loader: Loader{Images: im, Rows: []int{0, 1, 2, 3}, Classes: 3, Augment: &Augment{MixUp: 1}, Seed: 3}}
	l := s.Loader
	l.Batch = 4
	plain, err := firstBatch(l.Predict(t.Context(), 0))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.caption(&l, plain, 1, 0); got != "dog" {
		t.Errorf("plain: %q", got)
	}
	batch := Batch{Y: []float32{1, 0, 0, .25, .75, 0}, Rows: []int{0, 1}, N: 2}
	if got, want := s.caption(&l, batch, 0, 1)+"|"+s.caption(&l, batch, 1, 1), "|cat 0.25  dog 0.75  "; got != want {
		t.Errorf("augmented: %q, want %q", got, want)
	}
	m, _ := drawSheets(t, s)
	pen, err := newPen()
	if err != nil {
		t.Fatal(err)
	}
	if inkIn(m, image.Rect(sheetMargin, sheetMargin, 200, sheetMargin+pen.height)) == 0 {
		t.Error("no heading")
	}
}

func TestSheetErrors(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]Loader{
		"two channels": {Images: shard(t, 2, 2, 2, 2), Classes: 3}, "no row": {Images: shard(t, 2, 2, 2, 1), Rows: []int{}, Classes: 3},
		"a row too many": {Images: shard(t, 2, 2, 2, 1), Rows: []int{2}, Classes: 3}, "no images": {},
	} {
		if err := WriteSheets(t.Context(), &bytes.Buffer{}, []Sheet{{Loader: l}}); err == nil {
			t.Errorf("%s: drawn", name)
		}
	}
}
