//go:build !nocuda && (linux || darwin) && (amd64 || arm64)

package photo

import "testing"

// The planes of a photo are those that libjpeg-turbo gives, bit by bit.
func TestBaselineBesideTurbo(t *testing.T) {
	t.Parallel()
	libraryOrSkip(t)
	for _, name := range []string{"baseline-444.jpg", "baseline-422.jpg", "baseline-420.jpg", "grey.jpg", "restart.jpg", "large.jpg", "exif-6.jpg"} {
		file := readFile(t, name)
		ours, theirs := newDecoder(t, Options{Height: 8, Width: 8}, false), newDecoder(t, Options{Height: 8, Width: 8}, true)
		info, err := Inspect(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := whole(t, ours, file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := theirs.turbo.decode(theirs, file, info.jpeg, 8); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, p := range ours.r.planes {
			q := theirs.r.planes[i]
			if p.w != q.w || p.h != q.h || p.sx != q.sx || p.sy != q.sy {
				t.Fatalf("%s: channel %d has %dx%d, want %dx%d", name, i, p.w, p.h, q.w, q.h)
			}
			for at := range p.w * p.h {
				x, y := at%p.w, at/p.w
				if got, want := p.pix[y*p.stride+x], q.pix[y*q.stride+x]; got != want {
					t.Fatalf("%s: channel %d, %d,%d: got %d, want %d", name, i, x, y, got, want)
				}
			}
		}
	}
}
