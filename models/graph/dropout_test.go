package graph

import (
	"math"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// TestDropoutMasks reads the masks of two layers from the gradients of sums with
// ones: each layer and each step has its own, the same step has the same.
func TestDropoutMasks(t *testing.T) {
	t.Parallel()
	const size, p = 4096, 0.3
	masks := map[string][]bool{}
	for _, layer := range []string{"dropout1", "dropout2"} {
		for step := range uint64(3) {
			for _, root := range []uint64{1, 2} {
				s := NewState(newRef(t), root)
				n := NewNet(s, Train, 1)
				x := n.Input(1, 1, size)
				if layer == "dropout2" {
					n.Dropout(x, p)
				}
				y := n.Dropout(x, p)
				o := y.Op().(*op)
				if o.layer != layer {
					t.Fatalf("layer is named %q, want %q", o.layer, layer)
				}
				masks[layer+string(rune('0'+step))+string(rune('0'+root))] = mask(t, s.engine, n, o, step, size)
			}
		}
	}
	for name, m := range masks {
		dropped := 0
		for _, kept := range m {
			if !kept {
				dropped++
			}
		}
		if off := math.Abs(float64(dropped) - size*p); off > 4*math.Sqrt(size*p*(1-p)) {
			t.Errorf("%s: %d of %d dropped", name, dropped, size)
		}
		for other, o := range masks {
			if other <= name {
				continue
			}
			for _, shift := range []int{0, 1, 2} {
				if agree := agreement(m[shift:], o); agree > 0.65 {
					t.Errorf("masks %s and %s, shifted by %d, agree in %.2f of their elements", name, other, shift, agree)
				}
				if agree := agreement(o[shift:], m); agree > 0.65 {
					t.Errorf("masks %s and %s, shifted by %d, agree in %.2f of their elements", other, name, shift, agree)
				}
			}
		}
	}
}

func mask(t *testing.T, e engine.Engine, n *Net, o *op, step uint64, size int) []bool {
	t.Helper()
	in, out := e.Tensor(1, size), e.Tensor(1, size)
	upload(t, e, in, slices.Repeat([]float32{1}, size))
	n.clock.step = step
	if err := o.kern(e, []engine.T{in}, []engine.T{out})(); err != nil {
		t.Fatal(err)
	}
	kept := make([]bool, size)
	for i, v := range download(t, e, out) {
		kept[i] = v != 0
	}
	return kept
}

// agreement is the share of equal elements: 0.58 for independent masks of 0.3.
func agreement(a, b []bool) float64 {
	same, n := 0, min(len(a), len(b))
	for i := range n {
		if a[i] == b[i] {
			same++
		}
	}
	return float64(same) / float64(n)
}

func TestDropoutIsForTraining(t *testing.T) {
	t.Parallel()
	s := NewState(newRef(t), 1)
	n := NewNet(s, Eval, 1)
	x := n.Input(2, 2, 2)
	if n.Dropout(x, 0.5) != x {
		t.Error("an evaluation net has a dropout node")
	}
	n = NewNet(s, Train, 1)
	x = n.Input(2, 2, 2)
	if n.Dropout(x, 0) != x {
		t.Error("dropout of nothing makes a node")
	}
	// Without dropout in between, the number of the layer still counts.
	if y := n.Dropout(x, 0.5); y.Op().(*op).layer != "dropout2" {
		t.Errorf("layer is named %q", y.Op().(*op).layer)
	}
}

// TestDot: same net, same text; the gradient of the images is drawn as dead.
func TestDot(t *testing.T) {
	t.Parallel()
	c := netCase{"", 3, 3, 1, 2, func(n *Net, x *G.Node) *G.Node {
		return n.Dense(n.Flatten(n.Conv(x, Conv{Name: "a", Filters: 1, Kernel: 3})), Dense{Name: "out", Units: 2})
	}}
	_, n, _ := c.train(t, newRef(t), 1)
	_, again, _ := c.train(t, newRef(t), 1)
	dot := n.Dot()
	if dot != again.Dot() {
		t.Error("two nets that are the same are drawn differently")
	}
	for _, want := range []string{
		`[label="input\n(5, 3, 3, 1)" shape=box]`,
		`[label="a conv\n(5, 1, 1, 1)" shape=ellipse]`,
		`[label="a conv backward data\n(5, 3, 3, 1)" shape=ellipse style=dashed]`,
	} {
		if !strings.Contains(dot, want) {
			t.Errorf("want %s in:\n%s", want, dot)
		}
	}
}
