package train

import (
	"math"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/graph"
)

// firstBatch is a trainer of the phase on the linear net, and a batch for it.
func firstBatch(t *testing.T, p Phase) (*trainer, *graph.State, Batch) {
	t.Helper()
	c := barsConfig(newEngine(t))
	state := graph.NewState(c.Engine, c.Seed)
	tr, err := newTrainer(c, p, 10, p.Batch, state, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tr, state, collect(t, bars(p.Batch, p.Batch, 1), 0, 0)[0]
}

func values(t *testing.T, e engine.Engine, x engine.T) []float32 {
	t.Helper()
	out := make([]float32, x.Shape().TotalSize())
	if err := e.Download(out, x); err != nil {
		t.Fatal(err)
	}
	return out
}

// move is the Euclidean length of the change that one step makes.
func move(t *testing.T, p Phase) float64 {
	t.Helper()
	tr, state, b := firstBatch(t, p)
	before, err := state.Clone()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := tr.step(b, 0, 0); err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, q := range state.Params() {
		old := values(t, tr.engine, before.Get(q.Name).Value)
		for i, now := range values(t, tr.engine, q.Value) {
			sum += math.Pow(float64(now-old[i]), 2)
		}
	}
	return math.Sqrt(sum)
}

// TestClip: plain gradient descent at lr 1 moves by the gradient itself, or by
// the limit if that is less.
func TestClip(t *testing.T) {
	t.Parallel()
	p := Phase{Epochs: 1, Batch: 16, Optimizer: "sgd", LR: 1}
	free := move(t, p)
	if free < 0.1 {
		t.Fatalf("the gradient's norm is %v, too small for this test", free)
	}
	for _, share := range []float64{0.01, 0.5, 0.999, 1.5} {
		p.ClipNorm = share * free
		want := min(p.ClipNorm, free)
		if got := move(t, p); math.Abs(got-want) > 1e-4*free {
			t.Errorf("limit %v: want a move of %v, got %v", p.ClipNorm, want, got)
		}
	}
}

func TestSmooth(t *testing.T) {
	t.Parallel()
	tr := &trainer{phase: Phase{LabelSmoothing: 0.3}, classes: 3}
	y := []float32{1, 0, 0, 0, 0.5, 0.5}
	got := tr.smooth(Batch{Y: y, N: 2})
	want := []float32{0.8, 0.1, 0.1, 0.1, 0.45, 0.45}
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-6 {
			t.Errorf("target %d: want %v, got %v", i, want[i], got[i])
		}
	}
	if y[0] != 1 {
		t.Error("the dataset's targets were changed")
	}
}

// TestAverage recomputes the moving average of all tensors, running statistics
// too, beside a training.
func TestAverage(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	c.Net.Arch = "mnist_bn"
	p := Phase{Epochs: 1, Batch: 4, LR: 0.01, EMA: 0.3}
	state := graph.NewState(c.Engine, c.Seed)
	tr, err := newTrainer(c, p, 10, 4, state, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float64{}
	for _, q := range state.Params() {
		for _, v := range values(t, c.Engine, q.Value) {
			want[q.Name] = append(want[q.Name], float64(v))
		}
	}
	data := bars(4, 4, 1)
	for step, decay := range []float64{0.1, 2. / 11, 0.25, 0.3, 0.3} {
		if _, _, err := tr.step(collect(t, data, step, 0)[0], step, step); err != nil {
			t.Fatal(err)
		}
		for name, avg := range want {
			for i, v := range values(t, c.Engine, state.Get(name).Value) {
				avg[i] = decay*avg[i] + (1-decay)*float64(v)
			}
		}
	}
	still := true
	for name, avg := range want {
		for i, got := range values(t, c.Engine, tr.average.state.Get(name).Value) {
			if math.Abs(float64(got)-avg[i]) > 1e-5*(1+math.Abs(avg[i])) {
				t.Fatalf("%s[%d]: want %v, got %v", name, i, avg[i], got)
			}
			still = still && float64(got) == avg[i]
		}
	}
	if still {
		t.Error("nothing moved: the test shows nothing")
	}
}

// TestDropoutPerStep: what dropout drops depends on the number of the step in
// the whole training, and on nothing else.
func TestDropoutPerStep(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	c.Net.Arch = "mnist_bn"
	loss := func(global int) float64 {
		state := graph.NewState(c.Engine, c.Seed)
		tr, err := newTrainer(c, Phase{Epochs: 1, Batch: 4, LR: 0.01}, 10, 4, state, nil)
		if err != nil {
			t.Fatal(err)
		}
		l, _, err := tr.step(collect(t, bars(4, 4, 1), 0, 0)[0], 0, global)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	if a, b := loss(3), loss(3); a != b {
		t.Errorf("the same step has losses %v and %v", a, b)
	}
	if a, b := loss(3), loss(4); a == b {
		t.Errorf("steps 3 and 4 both have loss %v", a)
	}
}

// TestStepAllocations: a step makes no garbage that grows with the net or the
// batch. Not parallel: AllocsPerRun counts the whole process.
func TestStepAllocations(t *testing.T) {
	e := newEngine(t)
	whole := barsConfig(e)
	whole.Net.Arch = "mnist_bn"
	p := Phase{Epochs: 1, Batch: 4, LR: 1e-3, EMA: 0.9, LabelSmoothing: 0.1, ClipNorm: 1, Schedule: "one_cycle"}
	stepAllocations(t, whole, p)
	p.BackboneLR = 0.1
	stepAllocations(t, cutConfig(e), p)
	p.BackboneLR, p.Freeze = 0, true
	stepAllocations(t, cutConfig(e), p)
	stepAllocations(t, boxesConfig(e), p)
}

func stepAllocations(t *testing.T, c Config, p Phase) {
	t.Helper()
	tr, err := newTrainer(c, p, 100, 4, graph.NewState(c.Engine, c.Seed), nil)
	if err != nil {
		t.Fatal(err)
	}
	b := collect(t, boxed(4, 4, 1), 0, 0)[0]
	at := 0
	got := testing.AllocsPerRun(30, func() {
		if _, _, err := tr.step(b, at, at); err != nil {
			t.Fatal(err)
		}
		at++
	})
	t.Logf("%.1f allocations a step", got)
	if got > 2 {
		t.Errorf("want at most 2 allocations a step, got %.1f", got)
	}
}
