package features

import (
	"image/color"
	"path/filepath"
	"testing"

	"github.com/seed-a5aa75a0/podium/features/photo"
)

// The dark corner of each photo alone: a part is taken as if it were the photo.
func TestPhotosPart(t *testing.T) {
	t.Parallel()
	path := writeZip(t, map[string][]byte{
		"train/a.jpg": jpegOf(t, 64, 32, color.RGBA{200, 100, 40, 255}),
		"train/b.jpg": jpegOf(t, 96, 48, color.RGBA{40, 200, 100, 255}),
	})
	dir := t.TempDir()
	o := PhotoOptions{Pattern: "train/{f}.jpg", Photo: photo.Options{Height: 8, Width: 8}, Part: func(name string, w, h int) photo.Part {
		if name == "train/a.jpg" {
			return photo.Part{X1: float64(w) / 2, Y1: float64(h) / 2}
		}
		return photo.Part{X0: float64(w) / 2, X1: float64(w), Y1: float64(h)}
	}}
	if _, err := PhotosToImages(t.Context(), path, dir, o); err != nil {
		t.Fatal(err)
	}
	images, err := OpenImages(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer images.Close()
	for i, want := range [][3]int{{100, 50, 20}, {40, 200, 100}} {
		for p, got := range images.Pixels(i)[9*3 : 12*3] { // the middle, away from what the other side lends
			if d := int(got) - want[p%3]; d < -8 || d > 8 {
				t.Fatalf("photo %d: want pixels of about %v, got %v", i, want, images.Pixels(i)[9*3:12*3])
			}
		}
	}
	table, err := OpenTable(filepath.Join(dir, PhotoTable))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if w, err := table.Ints("width"); err != nil || w[0] != 64 || w[1] != 96 {
		t.Errorf("want the widths of the photos, got %v, %v", w, err)
	}
	o.Part = func(string, int, int) photo.Part { return photo.Part{X1: 1000, Y1: 10} }
	if _, err := PhotosToImages(t.Context(), path, t.TempDir(), o); err == nil {
		t.Error("a part beyond the photo: want an error")
	}
}
