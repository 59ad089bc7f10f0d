package drivers_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos/drivers"
)

// frame is the photo of a driver in a posture at a time.
func frame(driver int, p drivers.Posture, time float64) drivers.Frame {
	return drivers.Frame{
		Driver: seed.Rand(1, "driver", driver), Clip: seed.Rand(1, "clip", driver, p), Photo: seed.Rand(1, "photo", driver, p, int(1000*time)),
		Posture: p, Time: time,
	}
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
		f := frame(i%13, drivers.Posture(i%drivers.Postures), float64(i)/40)
		f.Resized = i%7 == 0
		fmt.Fprintln(h, drivers.Draw(&c, f))
		h.Write(c.Image().Pix)
	}
	const want = "20dab1c2192a82983f80c1bda588c827813d0f3dd15d88d0994cbf8822dd2cc4"
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// apart is the mean difference of two photos' levels.
func apart(a, b []uint8) float64 {
	sum := 0
	for i := range a {
		sum += max(int(a[i]), int(b[i])) - min(int(a[i]), int(b[i]))
	}
	return float64(sum) / float64(len(a))
}

// Photos of a clip are nearer to each other than to the driver's other clips,
// and those nearer than photos of other drivers: what makes a split at random
// leak.
func TestClipsAreAlike(t *testing.T) {
	t.Parallel()
	draw := func(f drivers.Frame) []uint8 {
		var c photos.Canvas
		drivers.Draw(&c, f)
		if w, h := c.Size(); w != drivers.Width || h != drivers.Height {
			t.Fatalf("%d x %d", w, h)
		}
		return c.Image().Pix
	}
	var clip, driver, others float64
	const n = 10
	for i := range n {
		p := drivers.Posture(i % drivers.Postures)
		one := draw(frame(i, p, 0.1))
		clip += apart(one, draw(frame(i, p, 0.12))) / n
		driver += apart(one, draw(frame(i, (p+3)%10, 0.1))) / n
		others += apart(one, draw(frame(i+n, p, 0.1))) / n
	}
	if clip > 0.6*driver || driver > 0.6*others {
		t.Errorf("levels apart: in a clip %.1f, of a driver %.1f, of two drivers %.1f", clip, driver, others)
	}
}

func BenchmarkDraw(b *testing.B) {
	var c photos.Canvas
	for i := 0; b.Loop(); i++ {
		drivers.Draw(&c, frame(i%16, drivers.Posture(i%drivers.Postures), 0.5))
		b.SetBytes(drivers.Width * drivers.Height)
	}
}
