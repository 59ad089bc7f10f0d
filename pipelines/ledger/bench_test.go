package ledger_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
)

// BenchmarkRead reads a table of 10,000 runs and 9,000 submissions: without its
// cache, and with it.
func BenchmarkRead(b *testing.B) {
	home := madeHome(b, 10_000)
	read := func(b *testing.B) {
		if t, err := ledger.Read(home); err != nil || len(t.Rows) != 10_000 {
			b.Fatal(len(t.Rows), err)
		}
	}
	b.Run("without index", func(b *testing.B) {
		for b.Loop() {
			if err := os.Remove(filepath.Join(home, "runs.arrow")); err != nil && !errors.Is(err, fs.ErrNotExist) {
				b.Fatal(err)
			}
			read(b)
		}
	})
	time.Sleep(2 * time.Second) // what was written just now is not believed
	read(b)
	b.Run("with index", func(b *testing.B) {
		for b.Loop() {
			read(b)
		}
	})
}
