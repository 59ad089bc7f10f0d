//go:build zz

package features

import (
	"testing"
	"syscall"
	"time"

	"github.com/seed-a5aa75a0/podium/features/photo"
)

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(0, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestZIngest(t *testing.T) {
	
	for range 3 {
		best, wall := time.Hour, time.Hour
		for range 12 {
			s, w := cpu(), time.Now()
			if _, err := PhotosToImages(t.Context(), "/tmp/pod/j/photos256.zip", t.TempDir(), PhotoOptions{Pattern: "train/{label}.{n}.jpg", Label: "label", Photo: photo.Options{Height: 224, Width: 224}, Workers: 1}); err != nil {
				t.Fatal(err)
			}
			best, wall = min(best, cpu()-s), min(wall, time.Since(w))
		}
		t.Logf("ingest cpu %.0f us a photo, wall %.0f", best.Seconds()*1e6/256, wall.Seconds()*1e6/256)
	}
}

func TestZAugment(t *testing.T) {
	b, err := NewPhotoBench("/tmp/pod/j/photos.zip", 1, true)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for range 3 {
		best, wall := time.Hour, time.Hour
		for range 12 {
			s, w := cpu(), time.Now()
			b.Turn()
			best, wall = min(best, cpu()-s), min(wall, time.Since(w))
		}
		t.Logf("augment cpu %.0f us a photo, wall %.0f", best.Seconds()*1e6/64, wall.Seconds()*1e6/64)
	}
}
