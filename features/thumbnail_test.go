package features

import (
	"image"
	"testing"
)

// A thumbnail has the mean of the pixels under each of its own, and one that fits is the
// image itself.
func TestThumbnail(t *testing.T) {
	t.Parallel()
	for _, c := range []int{1, 3} {
		im := shard(t, 3, 5, 8, c)
		for _, side := range []int{8, 4, 3, 1} {
			got := im.Thumbnail(1, side)
			down := (8 + side - 1) / side
			if want := image.Pt(max(8/down, 1), max(5/down, 1)); got.Bounds().Size() != want {
				t.Fatalf("%d channels, side %d: size %v, want %v", c, side, got.Bounds().Size(), want)
			}
			for y := range got.Bounds().Dy() {
				for x := range got.Bounds().Dx() {
					r, g, b, _ := got.At(x, y).RGBA()
					for ch, level := range []uint32{r, g, b} {
						sum, n := 0, 0
						for sy := y * down; sy < min((y+1)*down, 5); sy++ {
							for sx := x * down; sx < min((x+1)*down, 8); sx++ {
								sum, n = sum+int(im.Pixels(1)[(sy*8+sx)*c+min(ch, c-1)]), n+1
							}
						}
						if want := uint32((sum + n/2) / n); level>>8 != want {
							t.Fatalf("%d channels, side %d: pixel (%d, %d) has %d in channel %d, want %d", c, side, x, y, level>>8, ch, want)
						}
					}
				}
			}
		}
	}
}
