package photo

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// whole decodes with baseline alone.
func whole(t *testing.T, d *Decoder, file []byte) error {
	t.Helper()
	info, err := Inspect(file)
	if err != nil {
		t.Fatal(err)
	}
	f := info.jpeg
	return d.baseline.decode(d, file, f, box{0, 0, float64(f.width), float64(f.height)}, rect{w: f.width, h: f.height})
}

// It decodes what it is meant for: nothing hides behind the others.
func TestBaselineDecodes(t *testing.T) {
	t.Parallel()
	d := newDecoder(t, Options{Height: 8, Width: 8}, false)
	for name, works := range map[string]bool{"baseline-444.jpg": true, "baseline-422.jpg": true, "baseline-420.jpg": true, "grey.jpg": true,
		"restart.jpg": true, "large.jpg": true, "exif-6.jpg": true, "progressive.jpg": false, "cmyk.jpg": false, "rgb.jpg": false} {
		if err := whole(t, d, readFile(t, name)); (err == nil) != works || err != nil && !errors.Is(err, errDoubt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A photo without its end is broken, wherever it ends.
func TestCutShort(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"baseline-420.jpg", "restart.jpg", "grey.jpg"} {
		file := readFile(t, name)
		d, dst := newDecoder(t, Options{Height: 8, Width: 8}, false), make([]byte, 8*8*3)
		for n := range len(file) {
			if _, err := d.Decode(dst, file[:n]); err == nil {
				t.Errorf("%s: the first %d of %d bytes are a photo", name, n, len(file))
			}
		}
	}
}

// natural is a JPEG with detail of every size, as photos have.
func natural(t testing.TB, width, height int) []byte {
	t.Helper()
	r, m := seed.Rand(1, "natural"), image.NewRGBA(image.Rect(0, 0, width, height))
	sum, amount := make([]float64, 3*width*height), 50.0
	for cells := 4; cells < width/2; cells *= 2 {
		grid := make([]float64, 3*(cells+2)*(cells+2))
		for i := range grid {
			grid[i] = amount * r.NormFloat64()
		}
		for i := range sum {
			c, x, y := i%3, float64(i/3%width*cells)/float64(width), float64(i/3/width*cells)/float64(width)
			at, u, v := 3*(int(y)*(cells+2)+int(x))+c, x-float64(int(x)), y-float64(int(y))
			below := at + 3*(cells+2)
			sum[i] += (grid[at]*(1-u)+grid[at+3]*u)*(1-v) + (grid[below]*(1-u)+grid[below+3]*u)*v
		}
		amount *= 0.62
	}
	for i := range width * height {
		var c [3]uint8
		for k := range c {
			c[k] = uint8(min(max(sum[3*i+k]+120, 0), 255))
		}
		m.SetRGBA(i%width, i/width, color.RGBA{c[0], c[1], c[2], 255})
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// A photo that is decoded at a part of its size, where far more is there than is asked
// for, differs little from one that was decoded whole: by 3 of 255 at most and 0.4 in the
// mean, by 10 and 1.6 if the filter is Area, which takes no weighted mean.
func TestPartOfTheSize(t *testing.T) {
	t.Parallel()
	file := natural(t, 960, 720)
	info, err := Inspect(file)
	if err != nil {
		t.Fatal(err)
	}
	for size, side := range map[int]int{224: 8, 120: 4, 56: 2, 28: 1} {
		for f := Bilinear; f <= Area; f++ {
			d := newDecoder(t, Options{Height: size, Width: size, Filter: f}, false)
			got, want := make([]byte, d.o.Size()), make([]byte, d.o.Size())
			if _, err := d.Decode(got, file); err != nil {
				t.Fatal(err)
			}
			if d.baseline.channels[0].side != side {
				t.Errorf("%d pixels: decoded at %d eighths, want %d", size, d.baseline.channels[0].side, side)
			}
			all := box{0, 0, float64(info.Width), float64(info.Height)}
			if err := whole(t, d, file); err != nil {
				t.Fatal(err)
			}
			d.shrink(want, all, rect{0, 0, size, size}, size, size)
			most, mean := difference(got, want)
			wantMost, wantMean := 3, 0.4
			if f == Area {
				wantMost, wantMean = 10, 1.6
			}
			if most > wantMost || mean > wantMean {
				t.Errorf("%d pixels, %d eighths, filter %d: differs by up to %d, in the mean by %.2f", size, side, f, most, mean)
			}
		}
	}
}
