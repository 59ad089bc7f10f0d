package graph

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
)

// fusable are nets with what fuse looks for, and with what it must leave alone.
var fusable = append(slices.Clone(netCases), everything,
	netCase{"bottleneck", 6, 6, 3, 2, func(n *Net, x *G.Node) *G.Node {
		norm := func(x *G.Node, name string, relu bool) *G.Node {
			return n.BatchNorm(n.Conv(x, Conv{Name: name, Filters: 4, Kernel: 3, Same: true}), BatchNorm{Name: "n" + name, ReLU: relu})
		}
		x = n.MaxPool(norm(x, "stem", true), 3, 1, 1)
		x = n.ReLU(n.Add(norm(norm(x, "a", true), "b", false), norm(x, "project", false)))
		x = n.ReLU(n.Add(norm(norm(x, "c", true), "d", false), x))
		return n.Dense(n.GlobalAvgPool(x), Dense{Name: "out", Units: 2, Bias: true})
	}},
	netCase{"norm behind a bias", 5, 4, 2, 3, func(n *Net, x *G.Node) *G.Node {
		x = n.BatchNorm(n.Conv(x, Conv{Name: "a", Filters: 3, Kernel: 3, Bias: true}), BatchNorm{Name: "na"})
		x = n.BatchNorm(n.Conv(x, Conv{Name: "b", Filters: 3, Kernel: 2, ReLU: true}), BatchNorm{Name: "nb", ReLU: true})
		x = n.ReLU(n.BatchNorm(n.Dense(n.Flatten(x), Dense{Name: "c", Units: 7, Bias: true}), BatchNorm{Name: "nc"}))
		return n.Dense(x, Dense{Name: "out", Units: 3, Bias: true})
	}},
	netCase{"others read it", 4, 4, 2, 2, func(n *Net, x *G.Node) *G.Node {
		y := n.Conv(x, Conv{Name: "a", Filters: 2, Kernel: 3, Same: true, Bias: true})
		z := n.BatchNorm(y, BatchNorm{Name: "na"})
		y = n.Add(n.Add(n.ReLU(z), y), z)                                                   // z, y are read twice
		y = n.Add(n.Conv(y, Conv{Name: "b", Filters: 2, Kernel: 3, Same: true}), y)         // the residual is the input
		w := n.Flatten(n.ReLU(n.Add(n.Conv(y, Conv{Name: "c", Filters: 2, Kernel: 1}), y))) // the same again
		w = n.Add(n.Dense(n.Flatten(x), Dense{Name: "d", Units: 32}), w)                    // the residual is a view
		v := n.Dense(n.Flatten(x), Dense{Name: "e", Units: 32, Bias: true})
		w = n.Add(n.ReLU(n.Add(n.Dense(w, Dense{Name: "f", Units: 32}), v)), v) // v is read later
		return n.Dense(w, Dense{Name: "out", Units: 2, Bias: true})
	}},
)

// TestFusedTraining: a training step of the fused program gives the bytes of the
// one that is not, on every engine.
func TestFusedTraining(t *testing.T) {
	t.Parallel()
	engines := map[string]engine.Engine{"ref": newRef(t)}
	for _, l := range []cpu.Level{cpu.AVX512, cpu.AVX2, cpu.Portable} {
		e, err := cpu.New(cpu.Options{Level: l, Threads: 1})
		if err != nil {
			t.Logf("NOT TESTED on this machine: %v", err)
			continue
		}
		t.Cleanup(func() { e.Close() })
		engines[e.String()] = e
	}
	for name, e := range engines {
		t.Run(name, func(t *testing.T) { // one after the other: an engine has one user
			for _, c := range fusable {
				for _, batch := range []int{testBatch, 3} {
					t.Run(fmt.Sprintf("%s/%d", c.name, batch), func(t *testing.T) {
						want := c.trained(t, e, batch, true)
						if got := c.trained(t, e, batch, false); !slices.Equal(got, want) {
							t.Errorf("off by %g from the program that is not fused", maxDiff(got, want))
						}
					})
				}
			}
		})
	}
}

// trained is all that a step leaves: gradients, loss and the State.
func (c netCase) trained(t *testing.T, e engine.Engine, batch int, plain bool) []float32 {
	t.Helper()
	s := NewState(e, 7)
	x := c.compile(t, s, Train, plain)
	scramble(t, s, 3)
	loss, err := x.StepRows(c.rows(x, 12, batch), 9)
	if err != nil {
		t.Fatal(err)
	}
	out := append(download(t, e, x.GradBlock()), loss)
	for _, p := range s.Params() {
		out = append(out, download(t, e, p.Value)...)
	}
	return out
}

// predicted are the probabilities of some rows, and the values of a net that has any.
func (c netCase) predicted(t *testing.T, x *Executor, batch int) []float32 {
	t.Helper()
	out := make([]float32, batch*c.classes)
	var values []float32
	if len(x.results) == 2 {
		values = make([]float32, batch*x.program.values[x.results[1]].shape[1])
	}
	if err := x.PredictRows(c.rows(x, 12, batch), out, values); err != nil {
		t.Fatal(err)
	}
	return append(out, values...)
}

// TestFusedEval: the probabilities of the fused program differ by the rounding of
// folded normalisations only.
func TestFusedEval(t *testing.T) {
	t.Parallel()
	for _, c := range fusable {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := newRef(t)
			s := NewState(e, 7)
			plain, fused := c.compile(t, s, Eval, true), c.compile(t, s, Eval, false)
			scramble(t, s, 3)
			checkPlan(t, fused)
			got, want := c.predicted(t, fused, 4), c.predicted(t, plain, 4)
			if d := maxDiff(got, want); !(d <= 1e-6) || math.IsNaN(float64(got[0])) {
				t.Errorf("results off by %g", d)
			}
		})
	}
}

// TestFusedOps: what is left of a bottleneck with and without a projection.
func TestFusedOps(t *testing.T) {
	t.Parallel()
	i := slices.IndexFunc(fusable, func(c netCase) bool { return c.name == "bottleneck" })
	s := NewState(newRef(t), 1)
	train, eval := fusable[i].compile(t, s, Train, false), fusable[i].compile(t, s, Eval, false)
	count := func(x *Executor) map[string]int {
		kinds := map[string]int{}
		for _, o := range x.Ops() {
			kinds[o.Kind]++
		}
		return kinds
	}
	if d := cmp.Diff(map[string]int{
		"batchnorm fold": 6, "conv": 6, "maxpool": 1, "avgpool": 1, "flatten": 1, "dense": 1, "softmax": 1,
	}, count(eval)); d != "" {
		t.Errorf("operations of evaluation (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]int{
		"conv": 6, "conv backward data": 5, "conv backward weights": 6, "batchnorm": 6, "batchnorm backward": 6,
		"maxpool": 1, "maxpool backward": 1, "avgpool": 1, "avgpool backward": 1, "flatten": 1, "flatten backward": 1,
		"dense": 1, "dense backward data": 1, "dense backward weights": 1, "bias backward": 1,
		"softmax cross-entropy": 1, "softmax cross-entropy backward": 1,
	}, count(train)); d != "" {
		t.Errorf("operations of training (-want +got):\n%s", d)
	}
	checkPlan(t, train)
}

// compile is the case's net over a State, fused or plain.
func (c netCase) compile(t *testing.T, s *State, m Mode, plain bool) *Executor {
	t.Helper()
	n := NewNet(s, m, testBatch)
	n.plain = plain
	x, err := n.Compile(c.build(n, n.Input(c.h, c.w, c.c)))
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	x.poison = true
	return x
}
