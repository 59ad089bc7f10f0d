package graph

import (
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// gorgoniaCase is a net of ours; TestGorgoniaOps builds it again from gorgonia's
// own operations.
var gorgoniaCase = netCase{"gorgonia", 6, 8, 2, 3, func(n *Net, x *G.Node) *G.Node {
	x = n.Conv(x, Conv{Name: "conv1", Filters: 4, Kernel: 3, Pad: 1, Bias: true, ReLU: true})
	x = n.BatchNorm(n.MaxPool(x, 2, 2, 0), BatchNorm{Name: "bn"})
	x = n.ReLU(n.Conv(x, Conv{Name: "conv2", Filters: 5, Kernel: 2}))
	return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 3, Bias: true})
}}

// TestGorgoniaOps compares loss and gradients with a net of gorgonia's own
// operations in float64: other operations, other derivatives, another layout
// (NCHW), nothing shared but gorgonia.Grad.
func TestGorgoniaOps(t *testing.T) {
	t.Parallel()
	const batch = testBatch
	c := gorgoniaCase
	s, _, x := c.train(t, newRef(t), 3)
	scramble(t, s, 4)
	in, target := c.data(12, batch)
	loss, err := x.Step(batch, in, target, 1)
	if err != nil {
		t.Fatal(err)
	}

	g := &theirs{t: t, s: s, graph: G.NewGraph()}
	wantLoss, wantGrads := g.run(batch, c, in, target)
	if d := math.Abs(float64(loss) - wantLoss); !(d < 1e-6) {
		t.Errorf("loss %v, of gorgonia's operations %v", loss, wantLoss)
	}
	for i, p := range x.Params() {
		got, want := download(t, s.engine, x.Grads()[i]), wantGrads[p.Name]
		if d := maxDiff(got, want); !(d < 2e-6) {
			t.Errorf("gradient of %s: off by %g from gorgonia's operations", p.Name, d)
		}
	}
}

// theirs builds gorgoniaCase from gorgonia's operations.
type theirs struct {
	t      *testing.T
	s      *State
	graph  *G.ExprGraph
	params G.Nodes
	perms  [][]int // of each parameter: our index of their element
}

func (g *theirs) must(n *G.Node, err error) *G.Node {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
	return n
}

// param is one of our parameters in their layout.
func (g *theirs) param(name string, perm []int, shape ...int) *G.Node {
	ours := download(g.t, g.s.engine, g.s.Get(name).Value)
	n := g.input(name, ours, perm, shape...)
	g.params, g.perms = append(g.params, n), append(g.perms, perm)
	return n
}

func (g *theirs) input(name string, ours []float32, perm []int, shape ...int) *G.Node {
	data := make([]float64, len(perm))
	for i, j := range perm {
		data[i] = float64(ours[j])
	}
	v := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
	return G.NewTensor(g.graph, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(v))
}

func (g *theirs) run(batch int, c netCase, in, target []float32) (float64, map[string][]float32) {
	x := g.input("x", in, permute([]int{batch, c.h, c.w, c.c}, 0, 3, 1, 2), batch, c.c, c.h, c.w)
	y := g.input("y", target, permute([]int{batch, c.classes}, 0, 1), batch, c.classes)

	w := g.param("conv1.weight", permute([]int{3, 3, 2, 4}, 3, 2, 0, 1), 4, 2, 3, 3)
	x = g.must(G.Conv2d(x, w, tensor.Shape{3, 3}, []int{1, 1}, []int{1, 1}, []int{1, 1}))
	x = g.must(G.BroadcastAdd(x, g.param("conv1.bias", permute([]int{4}, 0), 1, 4, 1, 1), nil, []byte{0, 2, 3}))
	x = g.must(G.MaxPool2D(g.must(G.Rectify(x)), tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2}))
	gamma := g.param("bn.weight", permute([]int{4}, 0), 1, 4, 1, 1)
	beta := g.param("bn.bias", permute([]int{4}, 0), 1, 4, 1, 1)
	x, _, _, _, err := G.BatchNorm(x, gamma, beta, 0.9, 1e-5)
	x = g.must(x, err)
	w = g.param("conv2.weight", permute([]int{2, 2, 4, 5}, 3, 2, 0, 1), 5, 4, 2, 2)
	x = g.must(G.Rectify(g.must(G.Conv2d(x, w, tensor.Shape{2, 2}, []int{0, 0}, []int{1, 1}, []int{1, 1}))))
	x = g.must(G.Reshape(x, tensor.Shape{batch, 5 * 2 * 3}))
	w = g.param("out.weight", permute([]int{2, 3, 5, 3}, 2, 0, 1, 3), 30, 3)
	x = g.must(G.BroadcastAdd(g.must(G.Mul(x, w)), g.param("out.bias", permute([]int{3}, 0), 1, 3), nil, []byte{0}))
	p := g.must(G.Log(g.must(G.SoftMax(x))))
	loss := g.must(G.Neg(g.must(G.Sum(g.must(G.HadamardProd(p, y))))))

	if _, err := G.Grad(loss, g.params...); err != nil {
		g.t.Fatal(err)
	}
	vm := G.NewTapeMachine(g.graph, G.BindDualValues(g.params...))
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		g.t.Fatal(err)
	}
	return loss.Value().Data().(float64) / float64(batch), g.grads(1 / float64(batch))
}

// grads are the gradients times scale in our layout.
func (g *theirs) grads(scale float64) map[string][]float32 {
	out := map[string][]float32{}
	for i, n := range g.params {
		v, err := n.Grad()
		if err != nil {
			g.t.Fatal(err)
		}
		theirs := v.Data().([]float64)
		ours := make([]float32, len(theirs))
		for k, j := range g.perms[i] {
			ours[j] = float32(theirs[k] * scale)
		}
		out[n.Name()] = ours
	}
	return out
}

// permute lists, in the order of the permuted array, the indices into the
// row-major array of that shape.
func permute(shape []int, axes ...int) []int {
	stride := make([]int, len(shape))
	size := 1
	for i := len(shape) - 1; i >= 0; i-- {
		stride[i] = size
		size *= shape[i]
	}
	out := []int{0}
	for _, a := range axes {
		var next []int
		for _, base := range out {
			for i := range shape[a] {
				next = append(next, base+i*stride[a])
			}
		}
		out = next
	}
	return out
}
