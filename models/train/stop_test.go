package train

import (
	"bytes"
	"context"
	"errors"
	"testing"
)

// TestStoppedAtEpochEnd ends ctx after the last batch of each epoch in turn, the
// last of a phase and the last of all among them: the checkpoint is good, and no
// batch is trained on again.
func TestStoppedAtEpochEnd(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	data := bars(40, 16, 1)
	_, want := mustFit(t, c, data)
	c.Warn = func(err error) { t.Errorf("warned: %v", err) }
	for epoch := 1; epoch <= 4; epoch++ {
		c.Checkpoint, c.Every = t.TempDir(), -1
		ctx, cancel := context.WithCancel(t.Context())
		c.Progress = func(p Progress) {
			if p.EpochEnd && p.Epoch == epoch {
				cancel()
			}
		}
		if _, err := Fit(ctx, c, data); !errors.Is(err, context.Canceled) {
			t.Errorf("stopped in epoch %d: got error %v", epoch, err)
		}
		batches := 0
		_, got := mustFit(t, c, &hooked{Skipper: data, before: func(int) { batches++ }})
		if !bytes.Equal(got, want) {
			t.Errorf("stopped at the end of epoch %d: the model differs", epoch)
		}
		if left := 3 * (4 - epoch); batches != left {
			t.Errorf("stopped at the end of epoch %d: %d batches read, want %d", epoch, batches, left)
		}
	}
}
