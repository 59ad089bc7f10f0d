package graph

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	G "gorgonia.org/gorgonia"
)

// everything is one net with every operation of the package.
var everything = netCase{"everything", 12, 12, 3, 4, func(n *Net, x *G.Node) *G.Node {
	x = n.Dropout(n.Conv(x, Conv{Name: "c1", Filters: 4, Kernel: 3, Bias: true, ReLU: true}), 0.1)
	y := n.BatchNorm(n.Conv(x, Conv{Name: "c2", Filters: 4, Kernel: 3, Same: true}), BatchNorm{Name: "n2", ReLU: true})
	x = n.ReLU(n.Add(x, y))
	x = n.AvgPool(n.MaxPool(x, 2, 0, 0), 2, 1, 0)
	y = n.GlobalAvgPool(x)
	y = n.Dense(y, Dense{Name: "f1", Units: 8})
	z := n.Dense(n.Flatten(x), Dense{Name: "f2", Units: 8, Bias: true, ReLU: true})
	x = n.Dropout(n.Add(n.BatchNorm(y, BatchNorm{Name: "n3"}), z), 0.5)
	return n.Dense(x, Dense{Name: "out", Units: 4, Bias: true})
}}

// TestStepIsPure: neither what was in memory before, nor the batch sizes of the
// steps before, nor which Net made the parameters changes a step.
func TestStepIsPure(t *testing.T) {
	t.Parallel()
	e := newRef(t)
	in, target := everything.data(5, 3)
	run := func(before func(x *Executor)) (float32, []float32) {
		_, _, x := everything.train(t, e, 1)
		before(x)
		loss, err := x.Step(3, in, target, 8)
		if err != nil {
			t.Fatal(err)
		}
		return loss, slices.Concat(download(t, e, x.GradBlock()))
	}
	loss, grads := run(func(x *Executor) { x.poison = false })
	if math.IsNaN(float64(loss)) || slices.ContainsFunc(grads, func(v float32) bool { return v != v }) {
		t.Fatalf("loss %v or gradients are NaN", loss)
	}
	loss2, grads2 := run(func(x *Executor) {
		for _, batch := range []int{5, 2, 3} {
			in, target := everything.data(6, batch)
			if _, err := x.Step(batch, in, target, uint64(batch)); err != nil {
				t.Fatal(err)
			}
		}
	})
	if loss != loss2 || !slices.Equal(grads, grads2) {
		t.Errorf("loss %v and %v, gradients equal: %v", loss, loss2, slices.Equal(grads, grads2))
	}
}

func TestOps(t *testing.T) {
	t.Parallel()
	c := netCase{"", 6, 6, 1, 2, func(n *Net, x *G.Node) *G.Node {
		x = n.MaxPool(n.Conv(x, Conv{Name: "a", Filters: 2, Kernel: 3, Bias: true, ReLU: true}), 2, 0, 0)
		return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 2, Bias: true})
	}}
	s, _, x := c.train(t, newRef(t), 1)
	want := []string{
		"a conv", "maxpool1 maxpool", "flatten1 flatten", "out dense", "loss softmax cross-entropy",
		"loss softmax cross-entropy backward", "out bias backward", "out dense backward weights", "out dense backward data",
		"flatten1 flatten backward", "a bias relu backward", "maxpool1 maxpool backward", "a conv backward weights",
	}
	if d := cmp.Diff(want, names(x)); d != "" {
		t.Errorf("operations of training, without the gradient of the images (-want +got):\n%s", d)
	}
	want = []string{"a conv", "maxpool1 maxpool", "flatten1 flatten", "out dense", "probabilities softmax"}
	if d := cmp.Diff(want, names(c.eval(t, s))); d != "" {
		t.Errorf("operations of evaluation (-want +got):\n%s", d)
	}
}

// TestAllocations: in the steady state a step, of the largest batch or a partial
// one, allocates nothing of the executor's own.
func TestAllocations(t *testing.T) {
	for _, c := range []netCase{everything, netCases[len(netCases)-1]} {
		t.Run(c.name, c.allocates)
	}
}

func (c netCase) allocates(t *testing.T) {
	e := newNop()
	s, _, x := c.train(t, e, 1)
	v := c.eval(t, s)
	x.poison, v.poison = false, false
	batches := []Rows{c.rows(x, 5, testBatch), c.rows(x, 5, 2)}
	out := make([]float32, testBatch*c.classes)
	step := uint64(0)
	both := func() {
		for i := range batches {
			r := &batches[i]
			step++
			if _, err := x.StepRows(*r, step); err != nil {
				t.Fatal(err)
			}
			if err := v.PredictRows(*r, out[:r.N*c.classes], r.Values); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := testing.AllocsPerRun(100, both); got != 0 {
		t.Errorf("%v allocations in two steps and two predictions, want none", got)
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for range 1000 {
		both()
	}
	if after := heap(); after > before+64<<10 {
		t.Errorf("heap grew from %d to %d bytes in 1,000 rounds", before, after)
	}
}

func TestPanicBecomesError(t *testing.T) {
	t.Parallel()
	e := newNop()
	_, _, x := everything.train(t, e, 1)
	in, target := everything.data(5, 2)
	e.hook = func() error { panic("index out of range") }
	_, err := x.Step(2, in, target, 1)
	if err == nil || err.Error() != "graph: c1 conv: panic: index out of range" {
		t.Errorf("got %v", err)
	}
	cause := errors.New("device lost")
	e.hook = func() error { return cause }
	if _, err = x.Step(2, in, target, 1); !errors.Is(err, cause) || !strings.HasPrefix(err.Error(), "graph: c1 conv: ") {
		t.Errorf("got %v", err)
	}
	e.hook = nil
	if _, err := x.Step(2, in, target, 1); err != nil {
		t.Errorf("step after a failed one: %v", err)
	}
}

func TestCheckStopsBetweenOperations(t *testing.T) {
	t.Parallel()
	e := newNop()
	_, _, x := everything.train(t, e, 1)
	in, target := everything.data(5, 2)
	ctx, cancel := context.WithCancel(t.Context())
	x.Check = ctx.Err
	convolutions := 0
	e.hook = func() error { convolutions++; cancel(); return nil }
	if _, err := x.Step(2, in, target, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if convolutions != 1 {
		t.Errorf("%d convolutions ran, want the run to stop after the first of 2", convolutions)
	}
}

func TestCallErrors(t *testing.T) {
	t.Parallel()
	s, _, x := everything.train(t, newRef(t), 1)
	v := everything.eval(t, s)
	in, target := everything.data(5, 3)
	step := func(batch int, in, target []float32) error {
		_, err := x.Step(batch, in, target, 1)
		return err
	}
	_, stepOnEval := v.Step(3, in, target, 1)
	for _, c := range []struct {
		err  error
		want string
	}{
		{step(0, nil, nil), "graph: step: want a batch of 1 to 5, got 0"},
		{step(6, nil, nil), "graph: step: want a batch of 1 to 5, got 6"},
		{step(3, in[1:], target), "graph: step: want 1296 input values (3 images of 432), got 1295"},
		{step(2, in[:2*432], target), "graph: step: want 8 class values (2 rows of 4), got 12"},
		{v.Predict(9, in, target), "graph: predict: want a batch of 1 to 5, got 9"},
		{v.Predict(3, in, target[1:]), "graph: predict: want 12 class values (3 rows of 4), got 11"},
		{x.Predict(3, in, target), "graph: predict: want a net in eval mode, got train"},
		{stepOnEval, "graph: step: want a net in train mode, got eval"},
	} {
		if c.err == nil || c.err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", c.err, c.want)
		}
	}
}

func names(x *Executor) []string {
	var out []string
	for _, o := range x.Ops() {
		out = append(out, o.String())
	}
	return out
}

// TestTrace: every operation with a kernel is told of, in order.
func TestTrace(t *testing.T) {
	t.Parallel()
	c := netCase{"", 6, 6, 1, 2, func(n *Net, x *G.Node) *G.Node {
		return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 2, Bias: true})
	}}
	_, _, x := c.train(t, newRef(t), 1)
	var told []int
	x.Trace = func(op int, took time.Duration) {
		if took < 0 {
			t.Errorf("operation %d took %v", op, took)
		}
		told = append(told, op)
	}
	in, target := c.data(1, 1)
	if _, err := x.Step(1, in, target, 1); err != nil {
		t.Fatal(err)
	}
	var want []int
	for i, o := range x.Ops() {
		if !strings.HasPrefix(o.Kind, "flatten") { // a view
			want = append(want, i)
		}
	}
	if d := cmp.Diff(want, told); d != "" {
		t.Errorf("operations (-want +got):\n%s", d)
	}
}
