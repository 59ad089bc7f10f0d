package steps

import (
	"reflect"
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

// A setting that a spec takes and the trainer never sees would be a lie that no
// other test can find.
func TestPhasesKeepEverySetting(t *testing.T) {
	t.Parallel()
	in := pipelines.Phase{Epochs: 1, Batch: 2, Optimizer: "adam", LR: 3, WeightDecay: 4, Momentum: 5, ClipNorm: 6,
		Schedule: "cosine", EMA: 7, LabelSmoothing: 8, Freeze: true, BackboneLR: 9, WarmUp: 10, Patience: 11, Share: 12}
	from, to := reflect.ValueOf(in), reflect.ValueOf(phasesOf([]pipelines.Phase{in})[0])
	for i := range from.NumField() {
		name := from.Type().Field(i).Name
		if from.Field(i).IsZero() {
			t.Errorf("the test sets no %s", name)
		}
		if name == "Share" { // of readFold
			continue
		}
		if got := to.FieldByName(name); !got.IsValid() || !got.Equal(from.Field(i)) {
			t.Errorf("%s: got %v, want %v", name, got, from.Field(i))
		}
	}
}
