package photo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// both runs test with libjpeg-turbo, where the machine has it, and without.
func both(t *testing.T, test func(t *testing.T, turbo bool)) {
	t.Run("image/jpeg", func(t *testing.T) { t.Parallel(); test(t, false) })
	if lib := Library(); lib != "image/jpeg" {
		t.Run(lib, func(t *testing.T) { t.Parallel(); test(t, true) })
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	jpg, pg := readFile(t, "baseline-420.jpg"), readFile(t, "rgb.png")
	garbled := bytes.Clone(jpg)
	for i := len(jpg) - 400; i < len(jpg)-100; i++ {
		garbled[i] = 0xff
	}
	wrong := bytes.Clone(pg)
	wrong[len(wrong)-30] ^= 1
	both(t, func(t *testing.T, turbo bool) {
		d := newDecoder(t, Options{Height: 8, Width: 8}, turbo)
		dst := make([]byte, 8*8*3)
		for name, tt := range map[string]struct {
			file []byte
			want string
		}{
			"empty":         {nil, "the file is empty"},
			"text":          {[]byte("<html>"), "got a web page"},
			"gif":           {[]byte("GIF89a..."), "got GIF"},
			"header only":   {jpg[:4], "ends too early"},
			"no scan":       {jpg[:200], "ends too early"},
			"half a scan":   {jpg[:len(jpg)/2+200], "JPEG"},
			"garbled":       {garbled, "invalid JPEG"},
			"half a png":    {pg[:len(pg)/2], "pixel data"},
			"wrong png":     {wrong, "checksum"},
			"png without":   {pg[:20], "ends too early"},
			"only end":      {[]byte("\xff\xd8\xff\xd9"), "no image"},
			"no size":       {append([]byte("\xff\xd8\xff\xda\x00\x04ab"), jpg...), "no size"},
			"twelve bits":   {[]byte("\xff\xd8\xff\xc1\x00\x0b\x0c\x00\x10\x00\x10\x01\x01\x11\x00\xff\xda\x00\x02"), "8 bits, got 12"},
			"nothing wide":  {[]byte("\xff\xd8\xff\xc0\x00\x0b\x08\x00\x10\x00\x00\x01\x01\x11\x00\xff\xda\x00\x02"), "0x16"},
			"large nothing": {[]byte("\xff\xd8\xff\xc0\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00\xff\xda\x00\x02"), "more than the limit"},
		} {
			if _, err := d.Decode(dst, tt.file); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: got error %v, want one with %q", name, err, tt.want)
			}
			if _, err := d.Decode(dst, jpg); err != nil { // the next photo is none the worse
				t.Fatalf("after %s: %v", name, err)
			}
		}
	})
}

// Bytes between segments and behind the image are common, and harmless.
func TestHarmlessFiles(t *testing.T) {
	t.Parallel()
	jpg := readFile(t, "baseline-420.jpg")
	end := len(jpg) - 2
	both(t, func(t *testing.T, turbo bool) {
		d := newDecoder(t, Options{Height: 8, Width: 8}, turbo)
		want, got := make([]byte, 8*8*3), make([]byte, 8*8*3)
		if _, err := d.Decode(want, jpg); err != nil {
			t.Fatal(err)
		}
		for name, file := range map[string][]byte{
			"behind": append(bytes.Clone(jpg), "some words"...),
			"before": append(append(bytes.Clone(jpg[:end]), 0, 0, 0), jpg[end:]...),
		} {
			if _, err := d.Decode(got, file); err != nil {
				t.Errorf("%s: %v", name, err)
			} else if most, _ := difference(got, want); most > 2 {
				t.Errorf("%s: differs by %d", name, most)
			}
		}
	})
}

func TestPixelLimit(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"rgb.png": false, "baseline-420.jpg": false, "exif-6.jpg": false} {
		d, err := NewDecoder(Options{Height: 4, Width: 4, MaxPixels: 61*47 - 1})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if _, err := d.Decode(make([]byte, 48), readFile(t, name)); (err == nil) != want || !strings.Contains(err.Error(), "limit") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A plain surface stays what it is under every filter, size and mode.
func TestPlainSurface(t *testing.T) {
	t.Parallel()
	m := image.NewRGBA(image.Rect(0, 0, 37, 53))
	for i := range 37 * 53 {
		m.SetRGBA(i%37, i/37, color.RGBA{200, 100, 50, 255})
	}
	var file bytes.Buffer
	if err := png.Encode(&file, m); err != nil {
		t.Fatal(err)
	}
	for f := Bilinear; f <= Area; f++ {
		for _, size := range [][2]int{{1, 1}, {5, 3}, {100, 200}, {37, 53}, {36, 54}} {
			for _, mode := range []Mode{Squash, Crop} {
				d := newDecoder(t, Options{Height: size[0], Width: size[1], Filter: f, Mode: mode}, false)
				dst := make([]byte, d.o.Size())
				if _, err := d.Decode(dst, file.Bytes()); err != nil {
					t.Fatal(err)
				}
				for i := 0; i < len(dst); i += 3 {
					if dst[i] != 200 || dst[i+1] != 100 || dst[i+2] != 50 {
						t.Fatalf("filter %d, %v: %v", f, size, dst[i:i+3])
					}
				}
			}
		}
	}
}

// The same photo in the same decoder again gives the same bytes, whatever was
// decoded between.
func TestDecoderForgets(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, turbo bool) {
		d := newDecoder(t, Options{Height: 20, Width: 30}, turbo)
		want, got := make([]byte, 1800), make([]byte, 1800)
		names := []string{"baseline-420.jpg", "large.jpg", "rgb.png", "grey.jpg", "progressive.jpg", "exif-6.jpg", "cmyk.jpg"}
		for _, name := range names {
			fresh := newDecoder(t, d.o, turbo)
			if _, err := fresh.Decode(want, readFile(t, name)); err != nil {
				t.Fatal(err)
			}
			for _, other := range names {
				_, _ = d.Decode(got, readFile(t, other))
				if _, err := d.Decode(got, readFile(t, name)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s after %s: other bytes, %v", name, other, err)
				}
			}
			d.Forget()
		}
	})
}

func TestOptionsCheck(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{}, {Height: 1}, {Height: 9000, Width: 1}, {Height: 1, Width: 1, Channels: 2}, {Height: 1, Width: 1, Mode: 3},
		{Height: 1, Width: 1, Filter: 4}, {Height: 1, Width: 1, MaxPixels: -1}} {
		if _, err := NewDecoder(o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func TestLumaOfColours(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	m := image.NewRGBA(image.Rect(0, 0, 16, 16))
	for i := range 256 {
		m.SetRGBA(i%16, i/16, color.RGBA{250, 30, 60, 255})
	}
	if err := jpeg.Encode(&file, m, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	both(t, func(t *testing.T, turbo bool) {
		d := newDecoder(t, Options{Height: 1, Width: 1, Channels: 1}, turbo)
		var y [1]byte
		if _, err := d.Decode(y[:], file.Bytes()); err != nil || y[0] < 97 || y[0] > 101 {
			t.Errorf("got %d, want 99: %v", y[0], err)
		}
	})
}
