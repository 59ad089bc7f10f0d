//go:build !nocuda && (linux || darwin) && (amd64 || arm64)

package photo

import (
	"runtime"
	"testing"
)

// libraryOrSkip is libjpeg-turbo, if the machine has it.
func libraryOrSkip(t *testing.T) *library {
	t.Helper()
	lib, err := openLibrary()
	if err != nil {
		t.Skipf("no libjpeg-turbo: %v", err)
	}
	return lib
}

// An error of the library comes back as an error, again and again, and the
// decompressor stays good.
func TestTurboError(t *testing.T) {
	t.Parallel()
	lib := libraryOrSkip(t)
	for range 4 {
		x, err := newTurbo(lib)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if err := x.call(lib.start); err == nil {
				t.Fatal("decompression starts without a file")
			}
			runtime.GC()
			if err := x.call(lib.abort); err != nil {
				t.Fatal(err)
			}
		}
		x.close()
	}
}

// The library itself decodes what it is meant for: nothing hides behind
// image/jpeg.
func TestTurboDecodes(t *testing.T) {
	t.Parallel()
	libraryOrSkip(t)
	for name, works := range map[string]bool{"baseline-444.jpg": true, "baseline-422.jpg": true, "baseline-420.jpg": true, "progressive.jpg": true,
		"grey.jpg": true, "restart.jpg": true, "cmyk.jpg": false, "rgb.jpg": false} {
		for _, eighths := range []int{8, 4, 2, 1} {
			d := newDecoder(t, Options{Height: 8, Width: 8}, true)
			file := readFile(t, name)
			info, err := Inspect(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.turbo.decode(d, file, info.jpeg, eighths); (err == nil) != works {
				t.Errorf("%s at %d/8: %v", name, eighths, err)
			}
		}
	}
}

func TestWrongVersionIsRefused(t *testing.T) {
	t.Parallel()
	lib := *libraryOrSkip(t)
	lib.version = 61
	if _, err := newTurbo(&lib); err == nil {
		t.Error("a structure of another version is accepted")
	}
}
