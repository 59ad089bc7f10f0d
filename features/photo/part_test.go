package photo

import (
	"fmt"
	"os"
	"testing"
)

// TestDecodePart compares a part at its own size with what is there in the whole
// photo, for every way that a photo may lie.
func TestDecodePart(t *testing.T) {
	t.Parallel()
	names := []string{"baseline-444.jpg", "baseline-420.jpg", "progressive.jpg", "rgb.png", "grey.jpg"}
	for i := range 8 {
		names = append(names, fmt.Sprintf("exif-%d.jpg", i+1))
	}
	for _, name := range names {
		file, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := Inspect(file)
		if err != nil {
			t.Fatal(err)
		}
		w, h := info.Width, info.Height
		whole := decodeAs(t, Options{Height: h, Width: w}, func(d *Decoder, dst []byte) error { _, err := d.Decode(dst, file); return err })
		// Not in the middle, and not of the photo's proportions.
		x0, y0, x1, y1 := w/4, h/8, w/4+w/3, h/8+h/2
		part := Part{float64(x0), float64(y0), float64(x1), float64(y1)}
		got := decodeAs(t, Options{Height: y1 - y0, Width: x1 - x0}, func(d *Decoder, dst []byte) error { _, err := d.DecodePart(dst, file, part); return err })
		worst := 0
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				for c := range 3 {
					a, b := int(whole[(y*w+x)*3+c]), int(got[((y-y0)*(x1-x0)+x-x0)*3+c])
					worst = max(worst, a-b, b-a)
				}
			}
		}
		if worst > 1 {
			t.Errorf("%s: pixels of the part differ by %d from those of the photo", name, worst)
		}
	}
}

func TestDecodePartErrors(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/rgb.jpg")
	if err != nil {
		t.Fatal(err)
	}
	info, err := Inspect(file)
	if err != nil {
		t.Fatal(err)
	}
	w, h := float64(info.Width), float64(info.Height)
	d, err := NewDecoder(Options{Height: 4, Width: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, p := range []Part{{-1, 0, w, h}, {0, 0, w + 1, h}, {0, 0, w, h + 0.5}, {5, 5, 5, 9}, {9, 5, 5, 9}, {}} {
		if _, err := d.DecodePart(make([]byte, 48), file, p); err == nil {
			t.Errorf("part %v: want an error", p)
		}
	}
	if _, err := d.DecodePart(make([]byte, 48), file, Part{0.5, 0.25, 1, h}); err != nil {
		t.Errorf("half a pixel: %v", err)
	}
}

// decodeAs makes a photo of the size in o.
func decodeAs(t *testing.T, o Options, decode func(d *Decoder, dst []byte) error) []byte {
	t.Helper()
	d, err := NewDecoder(o)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	dst := make([]byte, o.Size())
	if err := decode(d, dst); err != nil {
		t.Fatal(err)
	}
	return dst
}
