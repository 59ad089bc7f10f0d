package disk_test

import (
	"path/filepath"
	"runtime"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/disk"
)

func TestFree(t *testing.T) {
	t.Parallel()
	switch runtime.GOOS {
	case "linux", "darwin", "freebsd", "windows":
	default:
		t.Skip("unknown on " + runtime.GOOS)
	}
	dir := t.TempDir()
	here, ok := disk.Free(dir)
	if !ok || here <= 0 {
		t.Fatalf("free here: %d, %v", here, ok)
	}
	if later, ok := disk.Free(filepath.Join(dir, "not", "made", "yet")); !ok || later <= 0 {
		t.Errorf("free in a folder that is to be made: %d, %v", later, ok)
	}
}
