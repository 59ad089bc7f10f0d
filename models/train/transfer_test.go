package train

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/graph"
)

// cutConfig is a trunk of four convolutions under a head that has all layers, on
// bars.
func cutConfig(e engine.Engine, phases ...Phase) Config {
	return Config{
		Net:   Net{Arch: "mnist_bn", Cut: "maxpool2", Head: []string{"drop 0.1", "dense 8 bn", "drop 0.2"}},
		Input: [3]int{side, side, 1}, Classes: 3, Seed: 7, Engine: e, Phases: phases,
	}
}

// extracted is a dataset of the features of another one's images.
type extracted struct {
	*Memory
	x *Extractor
}

func (d extracted) Epoch(ctx context.Context, epoch int) iter.Seq2[Batch, error] {
	return d.x.Features(ctx, d.Memory.Epoch(ctx, epoch), d.Batch)
}

func (d extracted) EpochFrom(ctx context.Context, epoch, batch int) iter.Seq2[Batch, error] {
	return d.x.Features(ctx, d.Memory.EpochFrom(ctx, epoch, batch), d.Batch)
}

// weightsOf writes a file of published weights for the trunk, by training it.
func weightsOf(t *testing.T, c Config) string {
	t.Helper()
	c.Phases = []Phase{{Epochs: 1, Batch: 16, LR: 0.01}}
	m, _ := mustFit(t, c, bars(40, 16, 5))
	return torchFile(t, m.state)
}

// TestHeadAlone: a head that is trained on the trunk's features is the head that is
// trained on the images under a frozen trunk, and joined with the trunk it predicts
// the same.
func TestHeadAlone(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	whole := cutConfig(e, Phase{Epochs: 2, Batch: 16, LR: 0.01, Schedule: "one_cycle", EMA: 0.9, Freeze: true})
	whole.Net.Head = whole.Net.Head[1:2] // mnist_bn has dropout before its cut, which is counted
	whole.Weights = weightsOf(t, whole)
	data := bars(40, 16, 1)
	want, _ := mustFit(t, whole, data)

	x, err := Trunk(whole)
	if err != nil {
		t.Fatal(err)
	}
	if x.Shape() != [3]int{1, 1, 64} {
		t.Fatalf("features %v", x.Shape())
	}
	head := whole
	head.Input, head.Features, head.Weights = x.Shape(), true, ""
	onFeatures := extracted{data, x}
	got, _ := mustFit(t, head, onFeatures)
	if !got.Features || len(got.state.Params()) != 7 {
		t.Errorf("%+v", got)
	}
	for _, p := range got.state.Params() {
		w, g := values(t, e, want.state.Get(p.Name).Value), values(t, e, p.Value)
		for i := range w {
			if d := math.Abs(float64(w[i] - g[i])); !(d <= 1e-5*(1+math.Abs(float64(w[i])))) {
				t.Fatalf("%s[%d]: %v on features, %v on images", p.Name, i, g[i], w[i])
			}
		}
	}

	file := filepath.Join(t.TempDir(), "head.safetensors")
	if err := got.Save(file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(file, e)
	if err != nil {
		t.Fatal(err)
	}
	join := whole
	join.From = file
	joined, err := Start(join)
	if err != nil {
		t.Fatal(err)
	}
	if joined.Features || joined.Input != whole.Input || joined.Recipe != got.Recipe || len(joined.History) != 2 {
		t.Errorf("joined %+v", joined)
	}
	p, err := loaded.Predict(t.Context(), onFeatures.Epoch(t.Context(), 0), 7)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*Model{want, joined} {
		for i, w := range predict(t, m, data, 16) {
			if math.Abs(float64(w-p[i])) > 1e-5 {
				t.Fatalf("probability %d: %v of the head alone, %v of the whole", i, p[i], w)
			}
		}
	}
	// Saved and read, the joined model is the same.
	if err := joined.Save(file); err != nil {
		t.Fatal(err)
	}
	if loaded, err = Load(file, e); err != nil || !slices.Equal(predict(t, loaded, data, 16), predict(t, joined, data, 16)) {
		t.Errorf("read again, the joined model predicts otherwise; %v", err)
	}
}

// TestFrozenStays: in a phase that freezes the trunk none of it moves, running
// statistics too, and its activations are not kept; the next phase moves all.
func TestFrozenStays(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	c := cutConfig(e, Phase{Epochs: 1, Batch: 16, LR: 0.01, EMA: 0.5, WeightDecay: 0.1, Freeze: true})
	c.Weights = weightsOf(t, c)
	data := bars(40, 16, 1)
	before, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	moved := func(m *Model) (trunk, head int) {
		for _, p := range m.state.Params() {
			if slices.Equal(values(t, e, p.Value), values(t, e, before.state.Get(p.Name).Value)) {
				continue
			}
			if strings.HasPrefix(p.Name, "head.") {
				head++
			} else {
				trunk++
			}
		}
		return trunk, head
	}
	m, _ := mustFit(t, c, data)
	if trunk, head := moved(m); trunk != 0 || head != 7 {
		t.Errorf("frozen: %d of the trunk and %d of the head moved, want 0 and 7", trunk, head)
	}
	c.Phases = append(c.Phases, Phase{Epochs: 1, Batch: 16, LR: 0.01, BackboneLR: 0.1})
	m, _ = mustFit(t, c, data)
	if trunk, head := moved(m); trunk != 20 || head != 7 {
		t.Errorf("unfrozen: %d of the trunk and %d of the head moved, want 20 and 7", trunk, head)
	}

	bytes := func(mode graph.Mode, frozen bool) int64 {
		x, err := c.design().compile(m.state, mode, frozen, 16)
		if err != nil {
			t.Fatal(err)
		}
		return x.Bytes()
	}
	if eval, frozen, free := bytes(graph.Eval, false), bytes(graph.Train, true), bytes(graph.Train, false); float64(frozen) > 1.1*float64(eval) || free < 2*frozen {
		t.Errorf("memory: %d bytes to predict, %d with a frozen trunk, %d with all", eval, frozen, free)
	}
}

// TestBackboneLR: the first step of plain gradient descent moves the trunk by the
// factor's share of what it else moves it, and the head as far as ever.
func TestBackboneLR(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	step := func(factor float64) map[string]float64 {
		c := cutConfig(e, Phase{Epochs: 1, Batch: 16, Optimizer: "sgd", LR: 0.5, BackboneLR: factor})
		before, err := Start(c)
		if err != nil {
			t.Fatal(err)
		}
		m, _ := mustFit(t, c, bars(16, 16, 1))
		out := map[string]float64{}
		for _, p := range m.state.Trainable() {
			old, sum := values(t, e, before.state.Get(p.Name).Value), 0.0
			for i, v := range values(t, e, p.Value) {
				sum += math.Pow(float64(v-old[i]), 2)
			}
			out[p.Name] = math.Sqrt(sum)
		}
		return out
	}
	one, tenth := step(0), step(0.1)
	for name, far := range one {
		want := far
		if !strings.HasPrefix(name, "head.") {
			want /= 10
		}
		if got := tenth[name]; far == 0 || math.Abs(got-want) > 1e-3*far+1e-7 {
			t.Errorf("%s moves by %v, want %v", name, got, want)
		}
	}
}

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
