package graph

import (
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// TestTorch: shapes, and where each value goes. The values of a tensor in
// PyTorch's layout are their own positions.
func TestTorch(t *testing.T) {
	t.Parallel()
	n := NewNet(NewState(newRef(t), 1), Train, 2)
	x := n.Conv(n.Input(2, 3, 2), Conv{Name: "conv", Filters: 2, KH: 1, KW: 2, Bias: true})
	features := n.Dropout(n.Flatten(x), 0.5) // [2,2,2]
	x = n.BatchNorm(n.Dense(features, Dense{Name: "image", Units: 3}), BatchNorm{Name: "norm"})
	n.Dense(x, Dense{Name: "plain", Units: 2, Bias: true})
	n.Dense(n.Concat(features, n.Vector(2)), Dense{Name: "joined", Units: 2})
	if n.Err() != nil {
		t.Fatal(n.Err())
	}
	for name, want := range map[string]struct {
		shape  tensor.Shape
		values []float32
	}{
		// [k,c,h,w] = [2,2,1,2] to [1,2,2,2]: columns, then channels, then filters
		"conv.weight": {tensor.Shape{2, 2, 1, 2}, []float32{0, 4, 2, 6, 1, 5, 3, 7}},
		"conv.bias":   {tensor.Shape{2}, []float32{0, 1}},
		// input c*4+pixel of PyTorch is input pixel*2+c of ours
		"image.weight":      {tensor.Shape{3, 8}, []float32{0, 8, 16, 4, 12, 20, 1, 9, 17, 5, 13, 21, 2, 10, 18, 6, 14, 22, 3, 11, 19, 7, 15, 23}},
		"norm.running_mean": {tensor.Shape{3}, []float32{0, 1, 2}},
		// the same input, and two behind them
		"joined.weight": {tensor.Shape{2, 10}, []float32{0, 10, 4, 14, 1, 11, 5, 15, 2, 12, 6, 16, 3, 13, 7, 17, 8, 18, 9, 19}},
		"plain.weight":  {tensor.Shape{2, 3}, []float32{0, 3, 1, 4, 2, 5}},
	} {
		p := n.State().Get(name)
		if !p.TorchShape().Eq(want.shape) {
			t.Errorf("%s: shape %v, want %v", name, p.TorchShape(), want.shape)
		}
		from := make([]float32, p.Size())
		for i := range from {
			from[i] = float32(i)
		}
		if got, err := p.FromTorch(from); err != nil || !slices.Equal(got, want.values) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, want.values)
		}
		if back, err := p.ToTorch(want.values); err != nil || !slices.Equal(back, from) {
			t.Errorf("%s: back to PyTorch %v, %v, want %v", p.Name, back, err, from)
		}
		if _, err := p.ToTorch(from[1:]); err == nil {
			t.Errorf("%s: a value too few goes back", p.Name)
		}
		if _, err := p.FromTorch(from[1:]); err == nil {
			t.Errorf("%s: one value is missing, and no error", name)
		}
	}
}

// TestFLOPs: two convolutions and a dense layer forwards, and backwards but for
// the gradient of the images.
func TestFLOPs(t *testing.T) {
	t.Parallel()
	build := func(n *Net) *G.Node {
		x := n.MaxPool(n.Conv(n.Input(6, 5, 3), Conv{Name: "a", Filters: 4, Kernel: 3, Bias: true, ReLU: true}), 2, 2, 0)
		x = n.Conv(x, Conv{Name: "b", Filters: 7, Kernel: 1})
		return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 2, Bias: true})
	}
	const a, b, out = 2 * 4 * 3 * 4 * 27, 2 * 2 * 1 * 7 * 4, 2 * 14 * 2
	for mode, want := range map[Mode]float64{Eval: 5 * (a + b + out), Train: 5 * (2*a + 3*b + 3*out)} {
		n := NewNet(NewState(newRef(t), 1), mode, 5)
		x, err := n.Compile(build(n))
		if err != nil {
			t.Fatal(err)
		}
		if got := x.FLOPs(); got != want {
			t.Errorf("%v: %v FLOPs, want %v", mode, got, want)
		}
	}
}
