package photo

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// seeds are the golden files.
func seeds(f *testing.F) {
	names, err := filepath.Glob("testdata/*.[jp][pn]g")
	if err != nil || len(names) < 20 {
		f.Fatalf("%d files: %v", len(names), err)
	}
	for _, name := range names {
		if st, err := os.Stat(name); err != nil || st.Size() > 4000 {
			continue
		}
		f.Add(readFile(f, filepath.Base(name)))
	}
}

// FuzzDecode: no bytes make a decoder panic, write outside of the result, or
// unfold to more than the limit.
func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Add([]byte("\xff\xd8\xff\xc0\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00\xff\xda\x00\x02"))
	f.Add(readFile(f, "rgb.png")[:30])
	o := Options{Height: 5, Width: 7, MaxPixels: 1 << 14}
	turbo, plain := newDecoder(f, o, true), newDecoder(f, o, false)
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, d := range []*Decoder{turbo, plain} {
			dst := make([]byte, o.Size()+8)
			info, err := d.Decode(dst[:o.Size()], file)
			if err == nil && (info.Width*info.Height > o.MaxPixels || info.Width < 1 || info.Orientation < 1 || info.Orientation > 8) {
				t.Fatalf("%+v", info)
			}
			if [8]byte(dst[o.Size():]) != [8]byte{} {
				t.Fatal("wrote behind the result")
			}
		}
	})
}

// FuzzBaseline: whatever the file, the machine's kernels do what the plain loops do.
func FuzzBaseline(f *testing.F) {
	seeds(f)
	const limit = 1 << 14
	plain, fast := newDecoder(f, Options{Height: 5, Width: 7}, false), newDecoder(f, Options{Height: 5, Width: 7}, false)
	plain.z.kernels = nil
	f.Fuzz(func(t *testing.T, file []byte) {
		info, err := Inspect(file)
		if err != nil || info.Format != "jpeg" || info.Width*info.Height > limit {
			return
		}
		h := info.jpeg
		for _, in := range []rect{{w: h.width, h: h.height}, {w: 1, h: 1}} {
			var errs [2]error
			for i, d := range []*Decoder{plain, fast} {
				errs[i] = d.baseline.decode(d, file, h, box{0, 0, float64(h.width), float64(h.height)}, in)
			}
			if errs[0] != errs[1] {
				t.Fatalf("plain %v, kernels %v", errs[0], errs[1])
			}
			for i := range plain.r.planes {
				if errs[0] == nil && !bytes.Equal(plain.r.planes[i].pix, fast.r.planes[i].pix) {
					t.Fatalf("channel %d: other pixels", i)
				}
			}
		}
	})
}

// FuzzOrientation: EXIF data says 1..8 or nothing.
func FuzzOrientation(f *testing.F) {
	f.Add([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"))
	f.Add([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x08\x00\x00\x00"))
	f.Add([]byte("Exif\x00\x00II*\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if o := exifOrientation(body); o < 0 || o > 8 {
			t.Fatal(o)
		}
	})
}
