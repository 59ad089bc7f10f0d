package fish_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos/fish"
)

// frame draws a frame of a haul of a boat.
func frame(c *photos.Canvas, boat, haul, number int, class fish.Class) ([]fish.Box, int) {
	b := fish.NewBoat(boat%fish.Cameras, seed.Rand(1, "boat", boat))
	return b.Haul(class, seed.Rand(1, "haul", boat, haul)).Draw(c, number, seed.Rand(1, "frame", boat, haul, number))
}

// The pixels are the same on every machine: GOARCH=386 computes without the
// instructions of amd64, and GOAMD64=v3 lets the compiler fuse products and sums
// where nothing forbids it; .ci/run has this test under both. Whoever means to
// change the drawings changes this sum, and the board of the competition with
// it.
func TestPixels(t *testing.T) {
	t.Parallel()
	var c photos.Canvas
	h := sha256.New()
	for i := range 40 {
		boxes, quality := frame(&c, i%13, i, i, fish.Class(i%fish.Classes))
		w, high := c.Size()
		fmt.Fprintln(h, w, high, quality, boxes)
		h.Write(c.Image().Pix)
	}
	const want = "102d11a2d45da6bbd15274385d1b3b3b9bfb1d29458af61cdecfb13ce4a08c36"
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Boxes lie inside the photo and are of a size that can be found; where there is
// no fish there is none, and the last one is the largest.
func TestBoxes(t *testing.T) {
	t.Parallel()
	var c photos.Canvas
	several := 0
	const n = 120
	for i := range n {
		class := fish.Class(i % fish.Classes)
		boxes, _ := frame(&c, i%17, i, 0, class)
		w, h := c.Size()
		if class == fish.NoFish {
			if len(boxes) != 0 {
				t.Errorf("photo %d: no fish, and %v", i, boxes)
			}
			continue
		}
		if len(boxes) == 0 {
			t.Fatalf("photo %d: a fish without box", i)
		}
		if len(boxes) > 1 {
			several++
		}
		main := boxes[len(boxes)-1]
		for _, b := range boxes {
			if b.X < 0 || b.Y < 0 || b.X+b.Width > float64(w) || b.Y+b.Height > float64(h) || b.Width < 8 || b.Height < 8 {
				t.Errorf("photo %d of %d x %d: %v", i, w, h, b)
			}
			if b.Width*b.Height > main.Width*main.Height {
				t.Errorf("photo %d: %v is larger than the main fish's %v", i, b, main)
			}
		}
		if share := max(main.Width/float64(w), main.Height/float64(h)); share < 0.1 {
			t.Errorf("photo %d of %d x %d: %v is too small to be found", i, w, h, main)
		}
	}
	if several < n/20 || several > n/3 {
		t.Errorf("%d of %d photos have several fish", several, n)
	}
}

// A box holds what the fish changes of the photo: the same frame is drawn with
// and without fish. Shadow and hands lie outside.
func TestBoxesHoldTheFish(t *testing.T) {
	t.Parallel()
	var with, without photos.Canvas
	n := 0
	for i := range 16 {
		boxes, _ := frame(&with, i, i, 0, []fish.Class{fish.Albacore, fish.Opah, fish.Shark, fish.Dolphinfish}[i%4])
		frame(&without, i, i, 0, fish.NoFish)
		if len(boxes) > 1 {
			continue
		}
		n++
		b, in, out := boxes[0], 0, 0
		x0, y0, x1, y1 := 1e9, 1e9, 0.0, 0.0
		for k := 0; k < len(with.Image().Pix); k += 4 {
			x, y := float64(k/4%with.Image().Rect.Dx()), float64(k/4/with.Image().Rect.Dx())
			change := 0
			for c := range 3 {
				change += max(int(with.Image().Pix[k+c])-int(without.Image().Pix[k+c]), int(without.Image().Pix[k+c])-int(with.Image().Pix[k+c]))
			}
			switch inside := x >= b.X-2 && y >= b.Y-2 && x <= b.X+b.Width+2 && y <= b.Y+b.Height+2; {
			case change < 15:
			case inside:
				in++
				x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
			default:
				out++
			}
		}
		if out > in/3 || x0 > b.X+b.Width/10 || y0 > b.Y+b.Height/10 || x1 < b.X+b.Width*0.9 || y1 < b.Y+b.Height*0.9 {
			t.Errorf("photo %d: box %.0f, changed are %.0f to %.0f and %.0f to %.0f, %d pixels inside, %d outside", i, b, x0, x1, y0, y1, in, out)
		}
	}
	if n < 8 {
		t.Errorf("only %d photos with one fish", n)
	}
}

// levels are the mean colours of 16 x 9 fields of a photo.
func levels(c *photos.Canvas) (mean [16 * 9 * 3]float64) {
	w, h := c.Size()
	var count [16 * 9]float64
	for y := 0; y < h; y += 2 {
		for x := 0; x < w; x += 2 {
			at := y*9/h*16 + x*16/w
			count[at]++
			for k := range 3 {
				mean[3*at+k] += float64(c.Image().Pix[y*c.Image().Stride+4*x+k])
			}
		}
	}
	for i := range mean {
		mean[i] /= count[i/3]
	}
	return mean
}

// Thumbnails of a haul are nearer to each other than to the boat's other hauls,
// and those nearer than to any other boat's, whatever was caught: so boats can
// be found by clustering, and a split at random leaks.
func TestBoatsCanBeFound(t *testing.T) {
	t.Parallel()
	const boats, hauls = 12, 3
	var all [boats][hauls][2][16 * 9 * 3]float64
	for b := range boats {
		for h := range hauls {
			for f := range 2 {
				var c photos.Canvas
				frame(&c, b, h, f, fish.Class((b+3*h)%fish.Classes))
				all[b][h][f] = levels(&c)
			}
		}
	}
	apart := func(a, b [16 * 9 * 3]float64) (d float64) {
		for i := range a {
			d += (a[i] - b[i]) * (a[i] - b[i])
		}
		return d
	}
	wrong := 0
	for b := range boats {
		for h := range hauls {
			one := all[b][h][0]
			haul, own, other := apart(one, all[b][h][1]), 1e12, 1e12
			for b2 := range boats {
				for h2 := range hauls {
					switch d := apart(one, all[b2][h2][0]); {
					case b2 != b:
						other = min(other, d)
					case h2 != h:
						own = min(own, d)
					}
				}
			}
			if haul > own || own > other {
				wrong++
			}
		}
	}
	if wrong > 1 {
		t.Errorf("%d of %d hauls are not nearest to themselves, then to those of their boat", wrong, boats*hauls)
	}
}

func BenchmarkDraw(b *testing.B) {
	var c photos.Canvas
	for i := 0; b.Loop(); i++ {
		frame(&c, i%16, i%64, i, fish.Class(i%fish.Classes))
		w, h := c.Size()
		b.SetBytes(int64(w * h))
	}
}
