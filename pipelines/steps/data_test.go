package steps

import (
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

func TestTrainable(t *testing.T) {
	t.Parallel()
	phases := func(batches ...int) (p []pipelines.Phase) {
		for _, b := range batches {
			p = append(p, pipelines.Phase{Batch: b})
		}
		return p
	}
	for _, c := range []struct {
		n       int
		batches []int
		want    int
	}{
		{128, []int{64}, 128},
		{129, []int{64}, 128},
		{130, []int{64}, 130},
		{1, []int{64}, 1}, // nothing to leave out; the trainer says what is wrong
		{5, []int{1}, 5},
		{65, []int{64, 63}, 63}, // 65 leaves one over with 64, 64 with 63
	} {
		if got := trainable(c.n, phases(c.batches...)); got != c.want {
			t.Errorf("trainable(%d, %v) = %d, want %d", c.n, c.batches, got, c.want)
		}
	}
}
