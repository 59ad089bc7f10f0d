package train

import (
	"context"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
)

const side = 16 // the smallest image that mnist_bn takes

// bars is a synthetic problem: images of noise with a bright bar that lies
// (class 0), stands (class 1) or leans (class 2).
func bars(images, batch int, root uint64) *Memory {
	r := seed.Rand(root, "bars")
	m := &Memory{X: make([]float32, images*side*side), Labels: make([]int, images), Classes: 3, Batch: batch, Seed: root}
	for i := range images {
		x := m.X[i*side*side : (i+1)*side*side]
		for j := range x {
			x[j] = float32(r.NormFloat64() * 0.3)
		}
		m.Labels[i] = r.IntN(3)
		at := r.IntN(side)
		for j := range side {
			switch m.Labels[i] {
			case 0:
				x[at*side+j]++
			case 1:
				x[j*side+at]++
			case 2:
				x[j*side+(j+at)%side]++
			}
		}
	}
	return m
}

// barsConfig has two phases with all that has a state: both kinds of solver,
// averages, a schedule. Its net is the linear one.
func barsConfig(e engine.Engine) Config {
	return Config{
		Net: Net{Arch: "linear"}, Input: [3]int{side, side, 1}, Classes: 3, Seed: 7, Engine: e,
		Phases: []Phase{
			{Epochs: 2, Batch: 16, LR: 0.01, Schedule: "one_cycle", LabelSmoothing: 0.1, EMA: 0.9},
			{Epochs: 2, Batch: 16, Optimizer: "momentum", LR: 0.01, Schedule: "cosine", EMA: 0.95, ClipNorm: 1, WeightDecay: 1e-3},
		},
	}
}

// newEngine is the engine of the tests, with as many threads on every machine.
func newEngine(t testing.TB) engine.Engine {
	t.Helper()
	e, err := cpu.New(cpu.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// mustFit trains and gives the bytes of the model's file.
func mustFit(t *testing.T, c Config, d Dataset) (*Model, []byte) {
	t.Helper()
	m, err := Fit(t.Context(), c, d)
	if err != nil {
		t.Fatal(err)
	}
	return m, modelBytes(t, m)
}

func modelBytes(t *testing.T, m *Model) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// plain hides that a dataset can begin in the middle of an epoch.
type plain struct{ Dataset }

// hooked calls before with the number of batches given so far, before each.
type hooked struct {
	Skipper
	given  int
	before func(given int)
}

func (h *hooked) Epoch(ctx context.Context, epoch int) iter.Seq2[Batch, error] {
	return h.EpochFrom(ctx, epoch, 0)
}

func (h *hooked) EpochFrom(ctx context.Context, epoch, batch int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		for b, err := range h.Skipper.EpochFrom(ctx, epoch, batch) {
			h.before(h.given)
			h.given++
			if !yield(b, err) {
				return
			}
		}
	}
}

// altered gives the batches of a dataset after change has had them.
type altered struct {
	Dataset
	change func(epoch, batch int, b *Batch) error
}

func (a altered) Epoch(ctx context.Context, epoch int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		n := 0
		for b, err := range a.Dataset.Epoch(ctx, epoch) {
			if err == nil {
				err = a.change(epoch, n, &b)
			}
			n++
			if !yield(b, err) {
				return
			}
		}
	}
}
