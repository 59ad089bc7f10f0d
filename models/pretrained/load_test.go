package pretrained_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// net is a convolution, a normalisation and a dense layer over 4x4x2 images.
func net(t testing.TB, classes int) *graph.State {
	t.Helper()
	s := graph.NewState(ref.New(), 1)
	n := graph.NewNet(s, graph.Eval, 1)
	x := n.Conv(n.Input(4, 4, 2), graph.Conv{Name: "conv", Filters: 3, Kernel: 3})
	x = n.Flatten(n.BatchNorm(x, graph.BatchNorm{Name: "bn", ReLU: true}))
	n.Dense(x, graph.Dense{Name: "fc", Units: classes, Bias: true})
	if err := n.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// file are tensors whose values count up, in a safetensors file.
func file(t testing.TB, shapes map[string][]int) *weight.Reader {
	t.Helper()
	var tensors []weight.Tensor
	for name, shape := range shapes {
		w := weight.Tensor{Name: name, Shape: shape}
		n := 1
		for _, d := range shape {
			n *= d
		}
		for i := range n {
			w.Data = append(w.Data, float32(i))
		}
		tensors = append(tensors, w)
	}
	path := filepath.Join(t.TempDir(), "w.safetensors")
	if err := weight.Save(path, tensors, nil); err != nil {
		t.Fatal(err)
	}
	r, err := weight.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func published() map[string][]int {
	return map[string][]int{
		"conv.weight": {3, 2, 3, 3}, "bn.weight": {3}, "bn.bias": {3}, "bn.running_mean": {3}, "bn.running_var": {3},
		"bn.num_batches_tracked": {}, "fc.weight": {5, 12}, "fc.bias": {5},
	}
}

func value(t *testing.T, s *graph.State, name string) []float32 {
	t.Helper()
	p := s.Get(name)
	out := make([]float32, p.Size())
	if err := s.Engine().Download(out, p.Value); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLoad(t *testing.T) {
	t.Parallel()
	s := net(t, 5)
	got, err := pretrained.Load(file(t, published()), s, "fc")
	if err != nil || len(got.Loaded) != 7 || got.Fresh != nil || got.Unused != nil {
		t.Fatalf("%+v, %v", got, err)
	}
	// [out, in, height, width] became [height, width, in, out].
	if w := value(t, s, "conv.weight"); w[0] != 0 || w[1] != 18 || w[3] != 9 || w[6] != 1 {
		t.Errorf("conv.weight = %v", w)
	}
	// The dense layer's inputs were channel by channel and are pixel by pixel.
	if w := value(t, s, "fc.weight"); w[0] != 0 || w[1] != 12 || w[5] != 4 || w[10] != 8 || w[15] != 1 {
		t.Errorf("fc.weight = %v", w)
	}
}

func TestLoadOtherClasses(t *testing.T) {
	t.Parallel()
	shapes := published()
	shapes["aux.weight"] = []int{2}
	s := net(t, 2)
	before := value(t, s, "fc.weight")
	got, err := pretrained.Load(file(t, shapes), s, "fc")
	want := pretrained.Report{
		Loaded: []string{"conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"},
		Fresh:  []string{"fc.weight", "fc.bias"}, Unused: []string{"aux.weight"},
	}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v\n-want +got:\n%s", err, d)
	}
	if !slices.Equal(before, value(t, s, "fc.weight")) {
		t.Error("the head was changed")
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	for label, c := range map[string]struct {
		change func(map[string][]int)
		want   string
	}{
		"another shape": {func(m map[string][]int) { m["conv.weight"] = []int{3, 3, 3, 2} }, `tensor "conv.weight": want shape (3, 2, 3, 3), got [3 3 3 2]`},
		"missing":       {func(m map[string][]int) { delete(m, "bn.bias") }, "it has no tensors bn.bias"},
		"the head's":    {func(m map[string][]int) { m["fc.weight"] = []int{2, 12} }, `tensor "fc.weight": want shape (5, 12), got [2 12]`},
	} {
		shapes := published()
		c.change(shapes)
		s := net(t, 5)
		before := value(t, s, "bn.weight")
		_, err := pretrained.Load(file(t, shapes), s)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(fault.HintOf(err), "podium models inspect") {
			t.Errorf("%s: %v, hint %q; want %s", label, err, fault.HintOf(err), c.want)
		}
		if !slices.Equal(before, value(t, s, "bn.weight")) {
			t.Errorf("%s: a tensor was written", label)
		}
	}
}

func TestReportIsShort(t *testing.T) {
	t.Parallel()
	got := pretrained.Report{Loaded: make([]string, 40), Unused: []string{"a", "b", "c", "d", "e", "f"}}.String()
	if want := "40 tensors loaded; not used: a, b, c, d and 2 more"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
