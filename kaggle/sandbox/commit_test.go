package sandbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// BenchmarkJournal is durable events a second, from one and from many at once.
func BenchmarkJournal(b *testing.B) {
	for _, writers := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s, err := sandbox.Open(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			if err := s.Ensure(b.Context(), sandbox.DigitRecognizer, nil); err != nil {
				b.Fatal(err)
			}
			b.SetParallelism(writers)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := s.Accept(sandbox.DigitRecognizer, "ann"); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// TestJournalDiskFull: what the disk did not take did not happen, and when there
// is space again it goes on.
func TestJournalDiskFull(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("SKIPPED: no /dev/full here")
	}
	dir := t.TempDir()
	journal := filepath.Join(dir, "journal.jsonl")
	if err := os.Symlink("/dev/full", journal); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, dir)
	r.configure(t, "rules: accept\n")
	limits := func() int {
		return r.call(t, sandbox.DevToken, wire.GetSubmissionLimits, wire.Named{CompetitionName: "toy"}, &json.RawMessage{})
	}
	if err := r.Accept("toy", "sandbox"); err == nil {
		t.Error("a full disk took an event")
	}
	if code := limits(); code != http.StatusForbidden {
		t.Errorf("with a full disk: HTTP %d", code)
	}
	if err := os.Remove(journal); err != nil {
		t.Fatal(err)
	}
	if err := r.Accept("toy", "sandbox"); err != nil {
		t.Error(err)
	}
	if code := limits(); code != http.StatusOK {
		t.Errorf("with space again: HTTP %d", code)
	}
}

// TestAfterClose: what comes too late is an error, not a wait for ever.
func TestAfterClose(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Accept("toy", "sandbox"); !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v", err)
	}
}
