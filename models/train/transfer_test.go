package train

import (
	"context"
	"iter"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
	c.Phases, c.Weights, c.Checkpoint = []Phase{{Epochs: 1, Batch: 16, LR: 0.01}}, "", ""
	m, _ := mustFit(t, c, bars(40, 16, 5))
	return torchFile(t, m.state)
}

// TestHeadAlone: a head that is trained on the trunk's features is the head that is
// trained on the images under a frozen trunk, and joined with the trunk it predicts
// the same.
func TestHeadAlone(t *testing.T) {
	t.Parallel()
	t.Run("classes", func(t *testing.T) {
		t.Parallel()
		testHeadAlone(t, 0, 0, 7)
	})
	t.Run("boxes", func(t *testing.T) {
		t.Parallel()
		testHeadAlone(t, 4, 0.01, 13)
	})
}

// testHeadAlone is of a head with so many parameters.
func testHeadAlone(t *testing.T, extra int, boxes float64, params int) {
	e := newEngine(t)
	whole := cutConfig(e, Phase{Epochs: 2, Batch: 16, LR: 0.01, Schedule: "one_cycle", EMA: 0.9, Freeze: true})
	whole.Net.Cut = "maxpool1" // before mnist_bn's own dropout, so that the head's is drawn alike
	whole.Weights = weightsOf(t, whole)
	whole.Extra, whole.Boxes = extra, boxes
	data := boxed(40, 16, 1)
	want, _ := mustFit(t, whole, data)

	x, err := Trunk(whole)
	if err != nil {
		t.Fatal(err)
	}
	if x.Shape() != [3]int{6, 6, 32} {
		t.Fatalf("features %v", x.Shape())
	}
	head := whole
	head.Input, head.Features, head.Weights = x.Shape(), true, ""
	onFeatures := extracted{data, x}
	got, _ := mustFit(t, head, onFeatures)
	if !got.Features || len(got.state.Params()) != params {
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
