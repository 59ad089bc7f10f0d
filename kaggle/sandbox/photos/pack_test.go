package photos_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"sync/atomic"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

// grey draws a photo that says its number by its color.
func grey(c *photos.Canvas, i int) photos.Shot {
	c.Start(16+i%5, 8)
	v := uint8(2 * i)
	c.Ground(photos.Plain(photos.Color{R: v, G: v, B: v}))
	return photos.Shot{Name: fmt.Sprintf("train/%d.jpg", i), Quality: 90}
}

func TestPack(t *testing.T) {
	t.Parallel()
	var b, again bytes.Buffer
	said := 0
	err := photos.Pack(t.Context(), &b, 100, grey, func(i int) {
		if i != said {
			t.Errorf("said %d after %d", i, said)
		}
		said++
	})
	if err != nil || said != 100 {
		t.Fatalf("%v, %d photos", err, said)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(z.File) != 100 {
		t.Fatal(err)
	}
	for i, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil { // to the checksum
			t.Error(err)
		}
		level, _, _, _ := img.At(3, 3).RGBA()
		if f.Name != fmt.Sprintf("train/%d.jpg", i) || f.Flags&8 != 0 || max(int(level>>8)-2*i, 2*i-int(level>>8)) > 2 || img.Bounds().Dx() != 16+i%5 {
			t.Errorf("photo %d: %s, flags %d, level %d, %v", i, f.Name, f.Flags, level>>8, img.Bounds())
		}
	}
	if err := photos.Pack(t.Context(), &again, 100, grey, func(int) {}); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("another zip the second time (%v)", err)
	}
}

// It stops soon, and draws only a little ahead of what is written.
func TestPackStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var begun atomic.Int64
	err := photos.Pack(ctx, io.Discard, 1_000_000, func(c *photos.Canvas, i int) photos.Shot {
		begun.Add(1)
		return grey(c, i%100)
	}, func(i int) {
		if i == 20 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if begun.Load() > 100_000 {
		t.Errorf("%d photos were drawn for the 20 that were written", begun.Load())
	}
	full := errors.New("disk full")
	if err := photos.Pack(t.Context(), failing{full}, 1_000, grey, func(int) {}); !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
