package features

import (
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkCSVToIPC converts a generated table in the form of digit-recognizer,
// 4,200 rows of 785 columns.
func BenchmarkCSVToIPC(b *testing.B) {
	dir := b.TempDir()
	in := filepath.Join(dir, "in.csv")
	size, err := writeSample(in, 4200)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	for b.Loop() {
		if _, err := CSVToIPC(b.Context(), in, filepath.Join(dir, "out.arrow"), CSVOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestBenchCSV(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	got, err := BenchCSV(t.Context(), dir, 300, CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// A real row has 1,827 bytes; a uint8 table about 785 a row.
	if got.Rows != 300 || got.CSVBytes < 300*1700 || got.CSVBytes > 300*2000 || got.IPCBytes < 300*785 || got.Elapsed <= 0 {
		t.Errorf("%+v", got)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := BenchCSV(t.Context(), filepath.Join(dir, "none"), 1, CSVOptions{}); err == nil {
		t.Error("no error without the folder")
	}
}
