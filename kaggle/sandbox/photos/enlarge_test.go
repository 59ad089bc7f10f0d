package photos_test

import (
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

// Each old pixel becomes four that lie around it; a slope stays one, and a plain
// canvas plain.
func TestEnlarge(t *testing.T) {
	t.Parallel()
	var c photos.Canvas
	for range 2 { // with memory of its own, and again
		c.Start(8, 6)
		c.Ground(func(x, y int) photos.Color { return photos.Color{R: uint8(16 * x), G: uint8(32 * y), B: 77} })
		c.Enlarge()
		if w, h := c.Size(); w != 16 || h != 12 {
			t.Fatalf("%d x %d, want 16 x 12", w, h)
		}
		for y := range 12 {
			for x := range 16 {
				want := photos.Color{R: uint8(min(max(8*x-4, 0), 16*7)), G: uint8(min(max(16*y-8, 0), 32*5)), B: 77}
				if got := c.Image().RGBAAt(x, y); got.R != want.R || got.G != want.G || got.B != want.B || got.A != 255 {
					t.Errorf("(%d, %d): %v, want %v", x, y, got, want)
				}
			}
		}
	}
}
