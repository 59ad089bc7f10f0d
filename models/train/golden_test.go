package train

import (
	"context"
	"encoding/json"
	"flag"
	"iter"
	"math"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

var update = flag.Bool("update", false, "write testdata/initial.safetensors; then run testdata/golden.py")

// waves is the dataset of testdata/golden.py: 22 images of 3x4 in a fixed order.
type waves struct{}

func (waves) Len() int { return 22 }

func (waves) Epoch(context.Context, int) iter.Seq2[Batch, error] {
	const pixels, classes, batch = 12, 3, 8
	return func(yield func(Batch, error) bool) {
		for at := 0; at < 22; at += batch {
			b := Batch{N: min(batch, 22-at)}
			b.X, b.Y = make([]float32, b.N*pixels), make([]float32, b.N*classes)
			for k := range b.N {
				label := (at + k) * 7 % 5 % classes
				b.Y[k*classes+label] = 1
				for j := range pixels {
					v := math.Sin(float64(at+k) + 0.7*float64(j))
					if j%classes == label {
						v += 0.5
					}
					b.X[k*pixels+j] = float32(v)
				}
			}
			if !yield(b, nil) {
				return
			}
		}
	}
}

// TestAgainstPyTorch compares a whole training with PyTorch's: solvers, weight
// decay, schedules, label smoothing, clipping and the moving average together.
func TestAgainstPyTorch(t *testing.T) {
	t.Parallel()
	c := Config{Net: Net{Arch: "linear"}, Input: [3]int{3, 4, 1}, Classes: 3, Seed: 11, Engine: newEngine(t), Phases: []Phase{
		{Epochs: 3, Batch: 8, LR: 0.05, Schedule: "one_cycle", WeightDecay: 0.1, LabelSmoothing: 0.1, EMA: 0.9},
		{Epochs: 2, Batch: 8, Optimizer: "momentum", LR: 0.2, Schedule: "cosine", EMA: 0.95, ClipNorm: 0.05},
	}}
	checkInitial(t, c)
	m, err := Fit(t.Context(), c, waves{})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, m, "testdata/golden.safetensors")
}

// soft is waves in which every third image has probabilities in place of a label, as a
// batch has that is mixed with pseudo-labels.
type soft struct{ waves }

func (s soft) Epoch(ctx context.Context, epoch int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		image := 0
		for b, err := range s.waves.Epoch(ctx, epoch) {
			for k := range b.N {
				if image%3 == 0 {
					y, sum := b.Y[3*k:3*k+3], 0.0
					for c := range y {
						sum += float64(1 + (image+c)%4)
					}
					for c := range y {
						y[c] = float32(float64(1+(image+c)%4) / sum)
					}
				}
				image++
			}
			if !yield(b, err) {
				return
			}
		}
	}
}

// TestSoftTargetsAgainstPyTorch compares the loss of mixed batches, and what it teaches,
// with PyTorch's cross-entropy of probabilities.
func TestSoftTargetsAgainstPyTorch(t *testing.T) {
	t.Parallel()
	c := Config{Net: Net{Arch: "linear"}, Input: [3]int{3, 4, 1}, Classes: 3, Seed: 11, Engine: newEngine(t),
		Phases: []Phase{{Epochs: 4, Batch: 8, Optimizer: "sgd", LR: 0.3, LabelSmoothing: 0.1}}}
	checkInitial(t, c)
	m, err := Fit(t.Context(), c, soft{})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, m, "testdata/soft.safetensors")
}

// compare compares a model and its losses with those of a golden file.
func compare(t *testing.T, m *Model, path string) {
	t.Helper()
	golden, err := weight.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := download(m.state.Engine(), partsOf(m.state, false))
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range got {
		want, ok := golden.Find(g.Name)
		if !ok {
			t.Fatalf("%s has no %q", path, g.Name)
		}
		for i := range g.Data {
			if d := math.Abs(float64(g.Data[i] - want.Data[i])); d > 1e-5 {
				t.Errorf("%s[%d]: want %v, got %v", g.Name, i, want.Data[i], g.Data[i])
			}
		}
	}
	var losses []float64
	if err := json.Unmarshal([]byte(golden.Meta["losses"]), &losses); err != nil {
		t.Fatal(err)
	}
	if len(losses) != len(m.History) {
		t.Fatalf("want %d epochs, got %d", len(losses), len(m.History))
	}
	for i, want := range losses {
		if got := m.History[i].Loss; math.Abs(got-want) > 1e-5 {
			t.Errorf("epoch %d: want loss %v, got %v", i+1, want, got)
		}
	}
}

// checkInitial makes sure that the net begins where golden.py began.
func checkInitial(t *testing.T, c Config) {
	t.Helper()
	state := graph.NewState(c.Engine, c.Seed)
	if _, err := c.design().compile(state, graph.Train, false, 8); err != nil {
		t.Fatal(err)
	}
	m := Model{state: state}
	now, err := download(c.Engine, partsOf(m.state, false))
	if err != nil {
		t.Fatal(err)
	}
	const path = "testdata/initial.safetensors"
	if *update {
		if err := weight.Save(path, now, nil); err != nil {
			t.Fatal(err)
		}
	}
	was, err := weight.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range now {
		w, _ := was.Find(n.Name)
		for i := range n.Data {
			if w.Data[i] != n.Data[i] {
				t.Fatalf("the initial weights are others than in %s: run with -update, then golden.py", path)
			}
		}
	}
}

// download copies tensors from the engine.
func download(e engine.Engine, parts []named) ([]weight.Tensor, error) {
	out := make([]weight.Tensor, len(parts))
	for i, p := range parts {
		shape := p.value.Shape()
		out[i] = weight.Tensor{Name: p.name, Shape: shape, Data: make([]float32, shape.TotalSize())}
		if err := e.Download(out[i].Data, p.value); err != nil {
			return nil, err
		}
	}
	return out, nil
}
