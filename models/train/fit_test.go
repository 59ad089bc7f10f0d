package train

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// TestLearns trains a small deep net on the synthetic bars and looks at images
// that it has not seen.
func TestLearns(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	c.Net.Arch = "mnist_bn"
	c.Phases = []Phase{{Epochs: 6, Batch: 8, LR: 5e-3, Schedule: "one_cycle", EMA: 0.9}}
	m, _ := mustFit(t, c, bars(240, 8, 1))
	unseen := bars(90, 16, 2)
	got := accuracy(t, m, unseen, 32)
	t.Logf("accuracy %.3f", got)
	if got < 0.97 {
		t.Errorf("accuracy on unseen images: want at least 0.97, got %.3f", got)
	}
	if first, last := m.History[0].Loss, m.History[len(m.History)-1].Loss; last > first/2 {
		t.Errorf("the loss went from %.3f to %.3f only", first, last)
	}
}

// accuracy is the share of the dataset's images whose likeliest class is right.
func accuracy(t *testing.T, m *Model, d *Memory, maxBatch int) float64 {
	t.Helper()
	right, at := 0, 0
	var truth []int
	for b, err := range d.Epoch(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.N {
			truth = append(truth, likeliest(b.Y[i*d.Classes:(i+1)*d.Classes]))
		}
	}
	p, err := m.Predict(t.Context(), d.Epoch(t.Context(), 0), maxBatch)
	if err != nil {
		t.Fatal(err)
	}
	if len(p) != len(truth)*d.Classes {
		t.Fatalf("want %d probabilities, got %d", len(truth)*d.Classes, len(p))
	}
	for ; at < len(truth); at++ {
		if likeliest(p[at*d.Classes:(at+1)*d.Classes]) == truth[at] {
			right++
		}
	}
	return float64(right) / float64(len(truth))
}

// TestSameBytes: the same seed gives the same model, another seed another.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	data := bars(40, 16, 1)
	_, a := mustFit(t, c, data)
	_, b := mustFit(t, c, plain{data})
	if !bytes.Equal(a, b) {
		t.Error("the same training gave another model")
	}
	c.Seed++
	if _, other := mustFit(t, c, data); bytes.Equal(a, other) {
		t.Error("another seed gave the same model")
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	var told []Progress
	c.Progress = func(p Progress) { told = append(told, p) }
	m, _ := mustFit(t, c, bars(40, 16, 1))
	ends, step := 0, 0
	for _, p := range told {
		if p.Step <= step || p.Steps != 12 || p.Epochs != 4 || p.Epoch != (p.Step-1)/3+1 || !(p.Loss > 0) || p.LR <= 0 {
			t.Errorf("after step %d: %+v", step, p)
		}
		step = p.Step
		if p.Epoch == 1 && p.Ended != nil || p.Epoch > 1 && (p.Ended == nil || *p.Ended != m.History[p.Epoch-2]) {
			t.Errorf("in epoch %d, the one that ended is %+v, and kept was %+v", p.Epoch, p.Ended, m.History)
		}
		if p.EpochEnd {
			ends++
			if h := m.History[p.Epoch-1]; p.Step != 3*p.Epoch || h.LR != p.LR || h.Epoch != p.Epoch {
				t.Errorf("end of epoch %d: told %+v, kept %+v", p.Epoch, p, h)
			}
		}
	}
	if ends != 4 || step != 12 {
		t.Errorf("want 4 ends of epochs and 12 steps, got %d and %d", ends, step)
	}
	if len(told) > 6 {
		t.Errorf("%d reports in a few milliseconds are not throttled", len(told))
	}
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	tests := []struct {
		label  string
		change func(*Config)
		want   string
	}{
		{"arch", func(c *Config) { c.Net.Arch = "mnist_nb" }, `"mnist_nb"`},
		{"input", func(c *Config) { c.Input[1] = 0 }, "train: want a positive height"},
		{"huge input", func(c *Config) { c.Input = [3]int{1 << 40, 1 << 40, 1} }, "train: want a positive height"},
		{"classes", func(c *Config) { c.Classes = 1 }, "train: want at least 2 classes and at most 262144, got 1"},
		{"no phase", func(c *Config) { c.Phases = nil }, "train: want at least one phase"},
		{"epochs", func(c *Config) { c.Phases[1].Epochs = 0 }, "train: phase 2: want at least 1 epoch, got 0"},
		{"batch", func(c *Config) { c.Phases[0].Batch = -1 }, "train: phase 1: want a batch of at least 1 image, got -1"},
		{"lr", func(c *Config) { c.Phases[0].LR = math.NaN() }, "train: phase 1: want lr > 0, got NaN"},
		{"weight decay", func(c *Config) { c.Phases[0].WeightDecay = -1 }, "weight decay"},
		{"momentum", func(c *Config) { c.Phases[1].Momentum = 1 }, "momentum"},
		{"momentum of adam", func(c *Config) { c.Phases[0].Momentum = 0.9 }, "momentum"},
		{"ema", func(c *Config) { c.Phases[0].EMA = 1 }, "ema"},
		{"smoothing", func(c *Config) { c.Phases[0].LabelSmoothing = -0.1 }, "label smoothing"},
		{"clip", func(c *Config) { c.Phases[0].ClipNorm = math.Inf(1) }, "clip norm"},
		{"schedule", func(c *Config) { c.Phases[1].Schedule = "cosin" }, `phase 2: unknown schedule "cosin"`},
		{"optimizer", func(c *Config) { c.Phases[1].Optimizer = "adamm" }, `phase 2: solver "adamm"`},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			t.Parallel()
			c := barsConfig(e)
			tt.change(&c)
			_, err := Fit(t.Context(), c, bars(40, 16, 1))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("want an error with %q, got %v", tt.want, err)
			}
			if fault.KindOf(err) != fault.Usage {
				t.Errorf("want kind Usage, got %v", fault.KindOf(err))
			}
		})
	}
}

func TestDatasetErrors(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	broken := errors.New("image 7 is broken")
	on := func(do func(b *Batch) error) func(epoch, batch int, b *Batch) error {
		return func(epoch, batch int, b *Batch) error {
			if epoch != 1 || batch != 2 {
				return nil
			}
			return do(b)
		}
	}
	tests := []struct {
		label  string
		change func(epoch, batch int, b *Batch) error
		want   string
	}{
		{"error", on(func(*Batch) error { return broken }), "train: epoch 2, batch 3: image 7 is broken"},
		{"fewer images", on(func(b *Batch) error { b.N--; return nil }), "train: epoch 2, batch 3: want 8 images, got 7"},
		{"fewer values", on(func(b *Batch) error { b.X = b.X[1:]; return nil }), "8 images of 16x16x1 want 2048 values, got 2047"},
		{"no targets", on(func(b *Batch) error { b.Y = nil; return nil }), "8 images of 3 classes want 24 target probabilities, got 0"},
		{"NaN", on(func(b *Batch) error { b.X[5] = float32(math.NaN()); return nil }), "training diverged: the loss is NaN at lr"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			c := barsConfig(e)
			_, err := Fit(t.Context(), c, altered{bars(40, 16, 1), tt.change})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("want an error with %q, got %v", tt.want, err)
			}
			if tt.label == "error" && !errors.Is(err, broken) {
				t.Error("the dataset's error is not wrapped")
			}
			if tt.label == "NaN" && !strings.Contains(fault.HintOf(err), "lower lr") {
				t.Errorf("want a hint to lower lr, got %q", fault.HintOf(err))
			}
		})
	}
}

// longer is a dataset that says that it has more or fewer images than it gives.
type longer struct {
	*Memory
	by int
}

func (l longer) Len() int { return l.Memory.Len() + l.by }

func TestDatasetLength(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	for by, want := range map[int]string{
		16:  "train: epoch 1, batch 3: want 16 images, got 8",
		8:   "train: epoch 1: want 3 batches of 16 images, got 2",
		-8:  "train: epoch 1, batch 3: the dataset gives more than the 32 images that it said",
		-40: "the dataset has no images",
	} {
		images := 40
		if by == 8 {
			images = 32
		}
		if _, err := Fit(t.Context(), c, longer{bars(images, 16, 1), by}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("length off by %d: want an error with %q, got %v", by, want, err)
		}
	}
}

// TestLoneImage: a last batch of one image is refused before the training if the
// net normalises batches, and only then.
func TestLoneImage(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	mustFit(t, c, bars(33, 16, 1))
	c.Net.Arch = "mnist_bn"
	_, err := Fit(t.Context(), c, altered{bars(33, 16, 1), func(_, _ int, _ *Batch) error { return errors.New("read") }})
	if err == nil || !strings.Contains(err.Error(), "the last batch of each epoch has 1 image (of 33, in batches of 16)") {
		t.Errorf("want an error that says so, got %v", err)
	}
	c.Phases[0].Batch = 11 // only the second phase has the lone image
	_, err = Fit(t.Context(), c, altered{bars(33, 11, 1), func(_, _ int, _ *Batch) error { return errors.New("read") }})
	if err == nil || !strings.Contains(err.Error(), "phase 2: the last batch of each epoch has 1 image") {
		t.Errorf("want an error before the first phase, got %v", err)
	}
}

// TestDiverges: a learning rate that is far too large ends in a clear error,
// with the last good checkpoint untouched.
func TestDiverges(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	c.Phases = []Phase{{Epochs: 30, Batch: 16, Optimizer: "sgd", LR: 1e38}}
	_, err := Fit(t.Context(), c, bars(40, 16, 1))
	if err == nil || !strings.Contains(err.Error(), "training diverged") || !strings.Contains(fault.HintOf(err), "lower lr") {
		t.Errorf("want an error that says so with a hint, got %v (%s)", err, fault.HintOf(err))
	}
}
