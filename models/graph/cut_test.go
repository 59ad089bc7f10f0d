package graph

import (
	"errors"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
)

// trunk is two convolutions with normalisation, pooled.
func trunk(n *Net, x *G.Node) *G.Node {
	x = n.BatchNorm(n.Conv(x, Conv{Name: "a", Filters: 3, Kernel: 3}), BatchNorm{Name: "bna", ReLU: true})
	x = n.MaxPool(x, 2, 2, 0)
	x = n.BatchNorm(n.Conv(x, Conv{Name: "b", Filters: 4, Kernel: 2}), BatchNorm{Name: "bnb"})
	x = n.Mark("last_conv", n.ReLU(x))
	return n.Mark("pool", n.GlobalAvgPool(x))
}

func wholeNet(n *Net, x *G.Node, classes int) *G.Node {
	return n.Dense(n.Dropout(trunk(n, x), 0.5), Dense{Name: "fc", Units: classes, Bias: true})
}

// TestUntil cuts one net everywhere.
func TestUntil(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shape  []int
		params int
	}{
		"a": {[]int{2, 6, 6, 3}, 1}, "bna": {[]int{2, 6, 6, 3}, 5}, "maxpool1": {[]int{2, 3, 3, 3}, 5},
		"relu1": {[]int{2, 2, 2, 4}, 10}, "last_conv": {[]int{2, 2, 2, 4}, 10}, "pool": {[]int{2, 4}, 10},
		"globalavgpool1": {[]int{2, 1, 1, 4}, 10}, "fc": {[]int{2, 5}, 12},
	} {
		n := NewNet(NewState(ref.New(), 1), Train, 2)
		x := n.Until(name, func() { wholeNet(n, n.Input(8, 8, 1), 5) })
		if n.Err() != nil || !slices.Equal(x.Shape(), c.shape) || len(n.State().Params()) != c.params {
			t.Errorf("%s: shape %v, %d parameters, %v; want %v, %d", name, x.Shape(), len(n.State().Params()), n.Err(), c.shape, c.params)
		}
		if name == "fc" {
			continue
		}
		if logits := n.Dense(n.Flatten(x), Dense{Name: "head", Units: 2}); n.Err() != nil || logits == nil {
			t.Errorf("%s: no head fits: %v", name, n.Err())
		}
	}
}

func TestUntilUnknown(t *testing.T) {
	t.Parallel()
	for name, hint := range map[string]string{
		"last_convv": "did you mean last_conv?",
		"zzzzzzz":    "cut at one of a, bna, maxpool1, b, bnb, relu1, last_conv, globalavgpool1, flatten1, pool, dropout1, fc",
	} {
		n := NewNet(NewState(ref.New(), 1), Eval, 2)
		if x := n.Until(name, func() { wholeNet(n, n.Input(8, 8, 1), 5) }); x != nil {
			t.Errorf("%s: got %v", name, x)
		}
		var f *fault.Error
		if !errors.As(n.Err(), &f) || f.Kind != fault.Usage || f.Hint != hint || !strings.Contains(f.Msg, `no layer "`+name) {
			t.Errorf("%s: %v, hint %q", name, n.Err(), fault.HintOf(n.Err()))
		}
	}
}

// TestFreeze: the frozen trunk of a training net computes what an evaluation
// net's features are, none of it changes, and its backward pass is not there.
func TestFreeze(t *testing.T) {
	t.Parallel()
	e := ref.New()
	s := NewState(e, 1)
	in, target := make([]float32, 3*64), []float32{1, 0, 0, 1, 1, 0}
	for i := range in {
		in[i] = float32(i*7%11)/11 - 0.4
	}
	build := func(frozen bool) *Executor {
		t.Helper()
		n := NewNet(s, Train, 3)
		n.Freeze(frozen)
		n.Group("trunk")
		x := n.Until("pool", func() { wholeNet(n, n.Input(8, 8, 1), 5) })
		n.Freeze(false)
		n.Group("")
		exec, err := n.Compile(n.Dense(x, Dense{Name: "head", Units: 2, Bias: true}))
		if want := 2 - count(frozen); n.MinBatch() != want {
			t.Errorf("frozen %v: smallest batch %d, want %d", frozen, n.MinBatch(), want)
		}
		if err != nil {
			t.Fatal(err)
		}
		return exec
	}

	frozen := build(true)
	if names := paramNames(frozen.Params()); !slices.Equal(names, []string{"head.weight", "head.bias"}) {
		t.Errorf("trained: %v", names)
	}
	for _, o := range frozen.Ops() {
		if strings.Contains(o.Kind, "backward") && o.Layer != "head" && o.Layer != "loss" {
			t.Errorf("%v is in the program", o)
		}
	}
	before, err := s.Clone()
	if err != nil {
		t.Fatal(err)
	}
	loss, err := frozen.Step(3, in, target, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range s.Params() {
		if !slices.Equal(p.Value.Data().([]float32), before.Get(p.Name).Value.Data().([]float32)) {
			t.Errorf("%s changed", p.Name)
		}
	}

	// The same head on the features of an evaluation net gives the same loss.
	n := NewNet(s, Eval, 3)
	cut, err := n.Features(n.Until("pool", func() { wholeNet(n, n.Input(8, 8, 1), 5) }))
	if err != nil {
		t.Fatal(err)
	}
	features := make([]float32, 3*4)
	if err := cut.Predict(3, in, features); err != nil {
		t.Fatal(err)
	}
	n = NewNet(s, Train, 3)
	head, err := n.Compile(n.Dense(n.Flatten(n.Input(1, 1, 4)), Dense{Name: "head", Units: 2, Bias: true}))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := head.Step(3, features, target, 1); err != nil || got != loss {
		t.Errorf("loss on features %v, %v; with the frozen trunk %v", got, err, loss)
	}

	// The next stage trains everything, the trunk in a group of its own.
	// A net of the stage before is what it was.
	if all := build(false); len(all.Params()) != 8 || all.Trained()[0].Group != "trunk" || all.Trained()[7].Group != "" || len(frozen.Trained()) != 2 {
		t.Errorf("thawed: %v", paramNames(all.Params()))
	}
}

func TestFeaturesOfImages(t *testing.T) {
	t.Parallel()
	s := NewState(ref.New(), 1)
	n := NewNet(s, Eval, 2)
	x, err := n.Features(n.Until("maxpool1", func() { wholeNet(n, n.Input(8, 8, 1), 5) }))
	if err != nil {
		t.Fatal(err)
	}
	in, one, both := make([]float32, 128), make([]float32, 27), make([]float32, 54)
	for i := range in {
		in[i] = float32(i % 13)
	}
	if err := errors.Join(x.Predict(2, in, both), x.Predict(1, in[:64], one)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(one, both[:27]) || slices.Equal(one, both[27:]) || slices.Max(one) == 0 {
		t.Errorf("features %v and %v", one, both)
	}
	if _, err := NewNet(s, Train, 2).Features(nil); err == nil || !strings.Contains(err.Error(), "want an eval net, got one for train") {
		t.Errorf("got %v", err)
	}
}

func paramNames(all []*Param) []string {
	var out []string
	for _, p := range all {
		out = append(out, p.Name)
	}
	return out
}
