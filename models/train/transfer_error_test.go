package train

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// TestOneImageLeft: a last batch of one image is refused for a phase that normalises
// by the batch, also if that is a later one, and for no other.
func TestOneImageLeft(t *testing.T) {
	t.Parallel()
	frozen, free := Phase{Epochs: 1, Batch: 8, LR: 0.01, Freeze: true}, Phase{Epochs: 1, Batch: 8, LR: 0.01}
	for label, c := range map[string]struct {
		head   string
		phases []Phase
		want   string
	}{
		"frozen":      {"drop 0.1", []Phase{frozen}, ""},
		"its own":     {"dense 4 bn", []Phase{frozen}, "train: phase 1: the last batch of each epoch has 1 image (of 17, in batches of 8)"},
		"the later's": {"drop 0.1", []Phase{frozen, free}, "train: phase 2: the last batch of each epoch has 1 image (of 17, in batches of 8)"},
	} {
		config := cutConfig(newEngine(t), c.phases...)
		config.Net.Head = []string{c.head}
		_, err := Fit(t.Context(), config, bars(17, 8, 1))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", label, err, c.want)
		}
	}
}

func TestTransferErrors(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	tests := []struct {
		label  string
		change func(*Config)
		want   string
	}{
		{"cut", func(c *Config) { c.Net.Cut = "maxpool3" }, `on images of 16x16x1: the net has no layer "maxpool3" to cut at`},
		{"head", func(c *Config) { c.Net.Head[1] = "dens 8" }, `head, layer 2 of 3, "dens 8"`},
		{"head of a whole net", func(c *Config) { c.Net.Cut = "" }, "the net mnist_bn is whole, but has a head"},
		{"weights of a whole net", func(c *Config) { c.Net = Net{Arch: "mnist_bn"}; c.Weights = "x" }, "the net mnist_bn is whole: weights and features are of one that is cut"},
		{"frozen whole net", func(c *Config) { c.Net = Net{Arch: "mnist_bn"} }, "phase 1: the net mnist_bn is whole: want a cut"},
		{"backbone lr of a whole net", func(c *Config) { c.Net = Net{Arch: "mnist_bn"}; c.Phases = c.Phases[1:] }, "phase 1: the net mnist_bn is whole"},
		{"frozen and a factor", func(c *Config) { c.Phases[0].BackboneLR = 0.1 }, "phase 1: a frozen backbone has no learning rate, got a factor of 0.1"},
		{"frozen again", func(c *Config) { c.Phases = append(c.Phases, c.Phases[0]) }, "phase 3: the backbone is frozen after a phase that trained it"},
		{"factor", func(c *Config) { c.Phases[1].BackboneLR = -1 }, "phase 2: want a factor of at least 0"},
		{"warm-up", func(c *Config) { c.Phases[1].WarmUp = 1 }, "phase 2: want a warm-up from 0 to less than 1, got 1"},
		{"features unfrozen", func(c *Config) { c.Features = true; c.Input = [3]int{1, 1, 64} }, "phase 2: a head on features is trained with a frozen backbone only"},
		{"features and weights", func(c *Config) { c.Features = true; c.Weights = "x" }, "a head on features has no trunk to load weights into"},
		{"small images", func(c *Config) { c.Input = [3]int{4, 4, 1} }, "train: mnist_bn cut at maxpool2 with head [drop 0.1, dense 8 bn, drop 0.2] on images of 4x4x1"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			t.Parallel()
			c := cutConfig(e, Phase{Epochs: 1, Batch: 16, LR: 0.01, Freeze: true}, Phase{Epochs: 1, Batch: 16, LR: 0.01, BackboneLR: 0.1})
			tt.change(&c)
			_, err := Fit(t.Context(), c, bars(40, 16, 1))
			if err == nil || !strings.Contains(err.Error(), tt.want) || fault.KindOf(err) != fault.Usage {
				t.Errorf("want a fault of usage with %q, got %v (%v)", tt.want, err, fault.KindOf(err))
			}
		})
	}
}

// TestFrom: a whole model's training goes on from a file; what is of another net is
// refused.
func TestFrom(t *testing.T) {
	t.Parallel()
	c := cutConfig(newEngine(t), Phase{Epochs: 1, Batch: 16, LR: 0.01})
	data := bars(40, 16, 1)
	m, first := mustFit(t, c, data)
	c.From = filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(c.From); err != nil {
		t.Fatal(err)
	}
	start, err := Start(c)
	if err != nil || !bytes.Equal(modelBytes(t, start), first) {
		t.Errorf("the start is not the file's model; %v", err)
	}
	if _, second := mustFit(t, c, data); bytes.Equal(first, second) {
		t.Error("the training did not go on")
	}
	for want, change := range map[string]func(*Config){
		"want a model of mnist_bn cut at maxpool1": func(c *Config) { c.Net.Cut = "maxpool1" },
		"want a model of 4 classes, got one of 3":  func(c *Config) { c.Classes = 4 },
		"want shape [256 8], got [64 8]":           func(c *Config) { c.Input = [3]int{20, 20, 1} },
	} {
		c := c
		change(&c)
		if _, err := Start(c); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.From) {
			t.Errorf("want an error with %q and the file, got %v", want, err)
		}
	}
}

// TestTrunkErrors: images that do not fit, and the dataset's own errors.
func TestTrunkErrors(t *testing.T) {
	t.Parallel()
	c := cutConfig(newEngine(t))
	x, err := Trunk(c)
	if err != nil {
		t.Fatal(err)
	}
	run := func(ctx context.Context, d Dataset, maxBatch int) error {
		for _, err := range x.Features(ctx, d.Epoch(t.Context(), 0), maxBatch) {
			if err != nil {
				return err
			}
		}
		return nil
	}
	broken := errors.New("broken")
	data := bars(40, 16, 1)
	bad := altered{data, func(_, batch int, b *Batch) error {
		if batch == 1 {
			return broken
		}
		return nil
	}}
	if err := run(t.Context(), bad, 16); !errors.Is(err, broken) || !strings.Contains(err.Error(), "features: image 16") {
		t.Errorf("got %v", err)
	}
	short := altered{data, func(_, _ int, b *Batch) error { b.X = b.X[1:]; return nil }}
	if err := run(t.Context(), short, 16); err == nil || !strings.Contains(err.Error(), "16 images of 16x16x1 want 4096 values, got 4095") {
		t.Errorf("got %v", err)
	}
	if err := run(t.Context(), data, 0); err == nil || !strings.Contains(err.Error(), "want batches of at least 1 image") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, data, 16); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	c.Net.Cut = ""
	if _, err := Trunk(c); err == nil || fault.HintOf(err) != `cut it at "pool"` {
		t.Errorf("got %v", err)
	}
}

// TestOtherWeights: a checkpoint is not gone on from with other weights than it began
// with, but is if they only lie elsewhere.
func TestOtherWeights(t *testing.T) {
	t.Parallel()
	c := cutConfig(newEngine(t), Phase{Epochs: 1, Batch: 16, LR: 0.01, Freeze: true})
	data := bars(40, 16, 1)
	c.Weights = weightsOf(t, c)
	c.Checkpoint = t.TempDir()
	_, want := mustFit(t, c, data)
	same, other := c, c
	same.Weights = weightsOf(t, c)
	if _, got := mustFit(t, same, data); !bytes.Equal(got, want) {
		t.Error("with the same weights in another place the model differs")
	}
	other.Net.Head = nil
	other.Seed++
	c.Weights = weightsOf(t, other)
	if _, err := Fit(t.Context(), c, data); err == nil || !strings.Contains(err.Error(), "of another training: its Weights is ") {
		t.Errorf("got %v", err)
	}
	c.Weights = filepath.Join(t.TempDir(), "none")
	if _, err := Fit(t.Context(), c, data); err == nil || !strings.Contains(err.Error(), c.Weights) {
		t.Errorf("got %v", err)
	}
}
