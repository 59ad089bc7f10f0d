package features

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkCSVToIPC converts a generated table in the form of digit-recognizer,
// 4,200 rows of 785 columns.
func BenchmarkCSVToIPC(b *testing.B) {
	dir := b.TempDir()
	in := filepath.Join(dir, "in.csv")
	var csv bytes.Buffer
	if err := WriteDigitsCSV(&csv, 4200); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(in, csv.Bytes(), 0o644); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(csv.Len()))
	for b.Loop() {
		if _, err := CSVToIPC(b.Context(), in, filepath.Join(dir, "out.arrow"), CSVOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// The generated table must have the size of a real one, or the benchmark says
// nothing: a row of Kaggle's train.csv has 1,827 bytes.
func TestWriteDigitsCSV(t *testing.T) {
	t.Parallel()
	var csv bytes.Buffer
	if err := WriteDigitsCSV(&csv, 300); err != nil {
		t.Fatal(err)
	}
	if n := csv.Len(); n < 300*1700 || n > 300*2000 {
		t.Errorf("300 rows have %d bytes", n)
	}
	if lines := bytes.Count(csv.Bytes(), []byte{'\n'}); lines != 301 {
		t.Errorf("%d lines, want 301", lines)
	}
}
