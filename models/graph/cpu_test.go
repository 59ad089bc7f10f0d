package graph_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/solver"
)

func newCPU(t *testing.T, threads int) *cpu.Engine {
	t.Helper()
	e, err := cpu.New(cpu.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// residual is a net with every fused operation and with sums of gradients.
func residual(n *graph.Net) *G.Node {
	x := n.Conv(n.Input(13, 11, 3), graph.Conv{Name: "stem", Filters: 7, Kernel: 3, Bias: true, ReLU: true})
	y := n.Conv(x, graph.Conv{Name: "a", Filters: 7, Kernel: 3, Same: true})
	y = n.BatchNorm(y, graph.BatchNorm{Name: "na", ReLU: true})
	y = n.BatchNorm(n.Conv(y, graph.Conv{Name: "b", Filters: 7, Kernel: 3, Same: true}), graph.BatchNorm{Name: "nb"})
	x = n.Dropout(n.MaxPool(n.ReLU(n.Add(x, y)), 2, 2, 0), 0.2)
	x = n.Conv(x, graph.Conv{Name: "c", Filters: 31, Kernel: 3, Stride: 2, Pad: 1, Bias: true, ReLU: true})
	x = n.AvgPool(x, 2, 1, 0)
	x = n.Dense(n.Flatten(x), graph.Dense{Name: "d", Units: 33})
	x = n.Dropout(n.BatchNorm(x, graph.BatchNorm{Name: "nd", ReLU: true}), 0.4)
	return n.Dense(x, graph.Dense{Name: "out", Units: 5, Bias: true})
}

// TestCPUFollowsRef trains a net on the CPU engine and on the reference, full
// and partial batches by turns, and compares every step. Before each step the
// reference takes over the CPU's parameters: what is compared is one step, not
// how rounding grows.
func TestCPUFollowsRef(t *testing.T) {
	t.Parallel()
	for _, threads := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d threads", threads), func(t *testing.T) {
			t.Parallel()
			fast, slow := newTrainee(t, newCPU(t, threads)), newTrainee(t, ref.New())
			r := rand.New(rand.NewPCG(3, 3))
			for step := range uint64(6) {
				batch := []int{9, 4}[step%2]
				in, target := batchOf(r, batch)
				check(t, slow.state.CopyFrom(fast.state))
				a, b := fast.step(t, batch, in, target, step), slow.step(t, batch, in, target, step)
				if d := math.Abs(float64(a - b)); !(d < 1e-5) {
					t.Errorf("step %d: loss %v, on the reference %v", step, a, b)
				}
				for i, p := range fast.train.Params() {
					compare(t, fmt.Sprintf("step %d: gradient of %s", step, p.Name),
						host(t, fast.engine, fast.train.Grads()[i]), host(t, slow.engine, slow.train.Grads()[i]))
				}
				for i, p := range fast.state.Params() {
					if !p.Trainable {
						compare(t, fmt.Sprintf("step %d: %s", step, p.Name), host(t, fast.engine, p.Value), host(t, slow.engine, slow.state.Params()[i].Value))
					}
				}
				check(t, fast.update.Step(fast.train.ValueGrads()))
			}
			check(t, slow.state.CopyFrom(fast.state))
			in, _ := batchOf(r, 9)
			compare(t, "probabilities", fast.predict(t, in), slow.predict(t, in))
		})
	}
}

// TestCPUAllocations: neither a step nor a prediction allocates.
func TestCPUAllocations(t *testing.T) {
	x := newTrainee(t, newCPU(t, 2))
	r := rand.New(rand.NewPCG(3, 3))
	in, target := batchOf(r, 9)
	out, step := make([]float32, 9*5), uint64(0)
	both := func() {
		for _, batch := range []int{9, 4} {
			step++
			if _, err := x.train.Step(batch, in[:batch*13*11*3], target[:batch*5], step); err != nil {
				t.Fatal(err)
			}
			check(t, x.update.Step(x.train.ValueGrads()))
			check(t, x.eval.Predict(batch, in[:batch*13*11*3], out[:batch*5]))
		}
	}
	if got := testing.AllocsPerRun(20, both); got > 0 {
		t.Errorf("%v allocations in two steps and predictions", got)
	}
}

// trainee is a net in training on one engine.
type trainee struct {
	engine engine.Engine
	state  *graph.State
	train  *graph.Executor
	eval   *graph.Executor
	update *solver.Solver
}

func newTrainee(t *testing.T, e engine.Engine) *trainee {
	t.Helper()
	x := &trainee{engine: e, state: graph.NewState(e, 1)}
	var err error
	n := graph.NewNet(x.state, graph.Train, 9)
	x.train, err = n.Compile(residual(n))
	check(t, err)
	n = graph.NewNet(x.state, graph.Eval, 9)
	x.eval, err = n.Compile(residual(n))
	check(t, err)
	x.update, err = solver.New("adam", e, x.train.Trained(), solver.Config{LR: 0.01})
	check(t, err)
	return x
}

func (x *trainee) step(t *testing.T, batch int, in, target []float32, step uint64) float32 {
	t.Helper()
	loss, err := x.train.Step(batch, in, target, step)
	check(t, err)
	return loss
}

func (x *trainee) predict(t *testing.T, in []float32) []float32 {
	t.Helper()
	out := make([]float32, 9*5)
	check(t, x.eval.Predict(9, in, out))
	return out
}

func batchOf(r *rand.Rand, batch int) (in, target []float32) {
	in, target = make([]float32, batch*13*11*3), make([]float32, batch*5)
	for i := range in {
		in[i] = float32(r.NormFloat64())
	}
	for i := range batch {
		target[i*5+r.IntN(5)] = 1
	}
	return in, target
}

// compare wants two slices that differ by no more than rounding.
func compare(t *testing.T, what string, got, want []float32) {
	t.Helper()
	diff, size := 0.0, 1e-3
	for i := range got {
		diff = max(diff, math.Abs(float64(got[i]-want[i])))
		size = max(size, math.Abs(float64(want[i])))
		if got[i] != got[i] {
			t.Errorf("%s: element %d is NaN", what, i)
			return
		}
	}
	if diff > 5e-5*size {
		t.Errorf("%s: off by %g, the largest is %g", what, diff, size)
	}
}

func host(t *testing.T, e engine.Engine, v engine.T) []float32 {
	t.Helper()
	out := make([]float32, v.Shape().TotalSize())
	check(t, e.Download(out, v))
	return out
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
