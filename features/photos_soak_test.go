package features

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/features/photo"
	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
)

// TestPhotosMemory puts 100,000 generated photos through PhotosToImages (with
// PODIUM_SOAK=1; else a thousand): the process stays below 2 GiB.
func TestPhotosMemory(t *testing.T) {
	n := 1000
	if os.Getenv("PODIUM_SOAK") != "" {
		n = 100_000
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "train.zip")
	if err := atomicfile.Write(source, 0o600, func(w io.Writer) error { return WritePhotoZip(w, n, 240, 180) }); err != nil {
		t.Fatal(err)
	}
	rep, err := PhotosToImages(t.Context(), source, dir, PhotoOptions{Pattern: "train/{label}.{n}.jpg", Label: "label", ID: "n",
		Photo: photo.Options{Height: 96, Width: 96}, ShardBytes: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	im, err := OpenImages(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	if want := (n + 2426 - 1) / 2426; rep.Photos != n || im.N() != n || len(rep.Shards) != want { // 64 MiB / 27,648 bytes
		t.Errorf("%d photos, %d images in %d shards, want %d in %d", rep.Photos, im.N(), len(rep.Shards), n, want)
	}
	peak, ok := peakMemory(t)
	if !ok {
		t.Skip("this system does not say the peak memory")
	}
	t.Logf("%d photos, peak memory %d MiB", n, peak>>20)
	if peak > 2<<30 {
		t.Errorf("peak memory %d MiB, want less than 2048", peak>>20)
	}
}

// peakMemory is the most that the process has held.
func peakMemory(t *testing.T) (bytes int64, ok bool) {
	if runtime.GOOS != "linux" {
		return 0, false
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(after, " kB")
	kb, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	if !found || err != nil {
		t.Fatalf("no peak memory in /proc/self/status: %v", err)
	}
	return kb << 10, true
}

// The photos of the benchmarks must have about the bytes of real ones, or the
// benchmarks say nothing: those of Dogs vs Cats have 0.15 a pixel.
func TestWritePhotoZip(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.zip")
	if err := atomicfile.Write(path, 0o600, func(w io.Writer) error { return WritePhotoZip(w, 4, 500, 375) }); err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if perPixel := float64(f.UncompressedSize64) / (500 * 375); perPixel < 0.13 || perPixel > 0.18 {
			t.Errorf("%s: %.3f bytes a pixel", f.Name, perPixel)
		}
	}
	if len(z.File) != 4 || z.File[3].Name != "train/dog.3.jpg" {
		t.Errorf("%d files", len(z.File))
	}
}
