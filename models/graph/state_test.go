package graph

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	G "gorgonia.org/gorgonia"
)

func TestStateParams(t *testing.T) {
	t.Parallel()
	s := NewState(newRef(t), 1)
	n := NewNet(s, Train, 2)
	x := n.Conv(n.Input(4, 5, 2), Conv{Name: "conv", Filters: 3, KH: 3, KW: 2, Bias: true})
	x = n.BatchNorm(x, BatchNorm{Name: "bn"})
	n.Group("head")
	n.Dense(n.Flatten(x), Dense{Name: "fc", Units: 7})
	if n.Err() != nil {
		t.Fatal(n.Err())
	}
	type row struct {
		Name             string
		Shape            []int
		Decay, Trainable bool
		Group            string
	}
	var got []row
	groups := map[*Param]string{}
	for _, p := range n.Trained() {
		groups[p.Param] = p.Group
	}
	for _, p := range s.Params() {
		got = append(got, row{p.Name, p.Value.Shape(), p.Decay, p.Trainable, groups[p]})
	}
	want := []row{
		{"conv.weight", []int{3, 2, 2, 3}, true, true, ""},
		{"conv.bias", []int{3}, false, true, ""},
		{"bn.weight", []int{3}, false, true, ""},
		{"bn.bias", []int{3}, false, true, ""},
		{"bn.running_mean", []int{3}, false, false, ""},
		{"bn.running_var", []int{3}, false, false, ""},
		{"fc.weight", []int{24, 7}, true, true, "head"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if s.Get("fc.weight") != s.Params()[6] || s.Get("fc.bias") != nil {
		t.Error("Get does not find what is there, or finds what is not")
	}
}

// TestInit: standard deviations are those of the papers; values depend on seed
// and name only.
func TestInit(t *testing.T) {
	t.Parallel()
	build := func(seed uint64, first string) *State {
		s := NewState(newRef(t), seed)
		n := NewNet(s, Train, 1)
		x := n.Input(8, 8, 16)
		n.Conv(x, Conv{Name: first, Filters: 4, Kernel: 1})
		n.Conv(x, Conv{Name: "conv", Filters: 96, Kernel: 5})
		x = n.Flatten(x)
		n.Dense(x, Dense{Name: "hidden", Units: 60, Bias: true, ReLU: true})
		n.Dense(x, Dense{Name: "normed", Units: 60})
		n.Dense(x, Dense{Name: "logits", Units: 60, Bias: true})
		n.Dense(x, Dense{Name: "he", Units: 60, Bias: true, Init: HeNormal})
		n.Dense(x, Dense{Name: "lecun", Units: 60, Init: LeCunNormal})
		return s
	}
	s, other, reseeded := build(1, "a"), build(1, "b"), build(2, "a")
	for _, c := range []struct {
		name string
		std  float64
	}{
		{"conv", math.Sqrt(2. / (5 * 5 * 16))},
		{"hidden", math.Sqrt(2. / 1024)},
		{"normed", math.Sqrt(2. / 1024)},
		{"logits", math.Sqrt(1. / 1024)},
		{"he", math.Sqrt(2. / 1024)},
		{"lecun", math.Sqrt(1. / 1024)},
	} {
		v := download(t, s.engine, s.Get(c.name+".weight").Value)
		var sum, squares float64
		for _, w := range v {
			sum += float64(w)
			squares += float64(w) * float64(w)
		}
		n := float64(len(v))
		if mean := sum / n; math.Abs(mean) > 4*c.std/math.Sqrt(n) {
			t.Errorf("%s: mean %g", c.name, mean)
		}
		if std := math.Sqrt(squares / n); math.Abs(std/c.std-1) > 4/math.Sqrt(2*n) {
			t.Errorf("%s: standard deviation %g, want %g", c.name, std, c.std)
		}
		if !slices.Equal(v, download(t, s.engine, other.Get(c.name+".weight").Value)) {
			t.Errorf("%s: differs with the name of another layer", c.name)
		}
		if slices.Equal(v, download(t, s.engine, reseeded.Get(c.name+".weight").Value)) {
			t.Errorf("%s: does not depend on the seed", c.name)
		}
	}
	if slices.Equal(download(t, s.engine, s.Get("normed.weight").Value), download(t, s.engine, s.Get("hidden.weight").Value)) {
		t.Error("two layers have the same values")
	}
}

// TestSharedState: an evaluation net sees what a training step, or a change of a
// parameter, did to the State.
func TestSharedState(t *testing.T) {
	t.Parallel()
	c := netCases[9]
	s, _, x := c.train(t, newRef(t), 1)
	v := c.eval(t, s)
	in, target := c.data(3, 4)
	predict := func() []float32 {
		out := make([]float32, 4*c.classes)
		if err := v.Predict(4, in, out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	first := predict()
	for i := range 4 {
		if sum := first[i*3] + first[i*3+1] + first[i*3+2]; math.Abs(float64(sum)-1) > 1e-6 {
			t.Errorf("probabilities of row %d sum to %v", i, sum)
		}
	}
	if !slices.Equal(first, predict()) {
		t.Error("two predictions differ")
	}
	if _, err := x.Step(4, in, target, 1); err != nil {
		t.Fatal(err)
	}
	second := predict()
	if slices.Equal(first, second) {
		t.Error("a training step moved the running statistics, the prediction stayed")
	}
	upload(t, s.engine, s.Get("out.bias").Value, []float32{9, 0, 0})
	if third := predict(); third[0] < 0.9 {
		t.Errorf("class 0 was pushed up by its bias, its probability is %v", third[0])
	}
}

// TestStateOfShapes: without an engine a net can be built, but not compiled.
func TestStateOfShapes(t *testing.T) {
	t.Parallel()
	n := NewNet(NewState(nil, 1), Train, 2)
	x := n.BatchNorm(n.Conv(n.Input(4, 5, 2), Conv{Name: "conv", Filters: 3, KH: 3, KW: 2}), BatchNorm{Name: "bn"})
	logits := n.Dense(n.Flatten(x), Dense{Name: "fc", Units: 7})
	if n.Err() != nil || !slices.Equal(logits.Shape(), []int{2, 7}) {
		t.Fatalf("%v, %v", logits, n.Err())
	}
	fc := n.State().Get("fc.weight")
	if fc.Size() != 24*7 || !slices.Equal(fc.TorchShape(), []int{7, 24}) || fc.Value != nil {
		t.Errorf("%+v", fc)
	}
	if _, err := n.Compile(logits); err == nil || err.Error() != "graph: compile: want a state with an engine, got one of shapes only" {
		t.Errorf("got %v", err)
	}
}

func TestStateClone(t *testing.T) {
	t.Parallel()
	c := netCases[9]
	s, _, _ := c.train(t, newRef(t), 1)
	scramble(t, s, 1)
	clone, err := s.Clone()
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range s.Params() {
		q := clone.Params()[i]
		if q.Name != p.Name || q.Trainable != p.Trainable || !slices.Equal(download(t, s.engine, p.Value), download(t, s.engine, q.Value)) {
			t.Errorf("%s: clone differs", p.Name)
		}
	}
	upload(t, s.engine, s.Get("out.bias").Value, []float32{7, 7, 7})
	if download(t, s.engine, clone.Get("out.bias").Value)[0] == 7 {
		t.Error("clone shares memory with the original")
	}
	if err := clone.CopyFrom(s); err != nil || download(t, s.engine, clone.Get("out.bias").Value)[0] != 7 {
		t.Errorf("copy: %v", err)
	}

	empty := NewState(s.engine, 1)
	if err := s.CopyFrom(empty); err == nil || err.Error() != `graph: copy state: source has no tensor "a.weight"` {
		t.Errorf("got %v", err)
	}
	if _, err := empty.bind(Param{Name: "a.weight"}, []int{2, 2}, constant(0)); err != nil {
		t.Fatal(err)
	}
	if err := s.CopyFrom(empty); err == nil || err.Error() != `graph: copy state: tensor "a.weight": want shape (6, 5), got (2, 2)` {
		t.Errorf("got %v", err)
	}
}

// TestSubsetOfState: a net that uses part of a State differentiates that part.
func TestSubsetOfState(t *testing.T) {
	t.Parallel()
	s, _, _ := netCases[1].train(t, newRef(t), 1)
	n := NewNet(s, Train, 2)
	x, err := n.Compile(n.Dense(n.Flatten(n.Input(1, 1, 7)), Dense{Name: "out", Units: 4, Bias: true}))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i, p := range x.Params() {
		names = append(names, p.Name)
		v := x.ValueGrads()[i]
		g, err := v.Grad()
		if err != nil || v.Value() != G.Value(p.Value) || g != G.Value(x.Grads()[i]) || !p.Value.Shape().Eq(x.Grads()[i].Shape()) {
			t.Errorf("%s: value or gradient of another parameter (%v)", p.Name, err)
		}
	}
	if d := cmp.Diff([]string{"out.weight", "out.bias"}, names); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
