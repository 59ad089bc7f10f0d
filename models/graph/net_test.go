package graph

import (
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
)

// netCase is a small net; every operation of the package is in at least one, on
// sizes that are no multiples of anything.
type netCase struct {
	name    string
	h, w, c int
	classes int
	build   func(n *Net, x *G.Node) *G.Node
}

var netCases = []netCase{
	{"dense", 1, 1, 7, 3, func(n *Net, x *G.Node) *G.Node {
		return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 3, Bias: true})
	}},
	{"dense relu", 2, 1, 5, 4, func(n *Net, x *G.Node) *G.Node {
		x = n.Dense(n.Flatten(x), Dense{Name: "a", Units: 13, Bias: true, ReLU: true})
		x = n.Dense(x, Dense{Name: "b", Units: 7})
		return n.Dense(x, Dense{Name: "out", Units: 4, Bias: true})
	}},
	{"one unit", 1, 1, 1, 2, func(n *Net, x *G.Node) *G.Node {
		x = n.Dense(n.Flatten(x), Dense{Name: "a", Units: 1, Bias: true})
		return n.Dense(x, Dense{Name: "out", Units: 2, Bias: true})
	}},
	{"conv", 6, 5, 2, 3, func(n *Net, x *G.Node) *G.Node {
		x = n.Conv(x, Conv{Name: "a", Filters: 3, Kernel: 3, Bias: true, ReLU: true})
		x = n.Conv(x, Conv{Name: "b", Filters: 2, KH: 1, KW: 3, Bias: true})
		return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 3, Bias: true})
	}},
	{"conv same, stride, pad", 7, 5, 1, 2, func(n *Net, x *G.Node) *G.Node {
		x = n.Conv(x, Conv{Name: "a", Filters: 3, Kernel: 3, Same: true, ReLU: true})
		x = n.Conv(x, Conv{Name: "b", Filters: 2, Kernel: 2, Stride: 2, Pad: 1})
		return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 2, Bias: true})
	}},
	{"max pool", 7, 7, 1, 2, func(n *Net, x *G.Node) *G.Node {
		x = n.Conv(x, Conv{Name: "a", Filters: 3, Kernel: 3, Same: true, Bias: true})
		x = n.MaxPool(n.MaxPool(x, 3, 2, 1), 2, 0, 0)
		return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 2, Bias: true})
	}},
	{"avg pool", 7, 6, 1, 2, func(n *Net, x *G.Node) *G.Node {
		x = n.Conv(x, Conv{Name: "a", Filters: 3, Kernel: 3, Same: true, Bias: true})
		x = n.AvgPool(n.AvgPool(x, 3, 2, 1), 2, 0, 0)
		return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 2, Bias: true})
	}},
	{"global avg pool", 3, 5, 2, 3, func(n *Net, x *G.Node) *G.Node {
		x = n.Conv(x, Conv{Name: "a", Filters: 5, Kernel: 2, Bias: true, ReLU: true})
		return n.Dense(n.GlobalAvgPool(x), Dense{Name: "out", Units: 3, Bias: true})
	}},
	{"relu", 1, 1, 6, 3, func(n *Net, x *G.Node) *G.Node {
		x = n.ReLU(n.Dense(n.Flatten(x), Dense{Name: "a", Units: 9, Bias: true}))
		return n.Dense(x, Dense{Name: "out", Units: 3, Bias: true})
	}},
	{"batch norm of features", 1, 1, 6, 3, func(n *Net, x *G.Node) *G.Node {
		x = n.BatchNorm(n.Dense(n.Flatten(x), Dense{Name: "a", Units: 5}), BatchNorm{Name: "na"})
		x = n.BatchNorm(n.Dense(x, Dense{Name: "b", Units: 7}), BatchNorm{Name: "nb", ReLU: true, Eps: 0.01})
		return n.Dense(x, Dense{Name: "out", Units: 3, Bias: true})
	}},
	{"batch norm of images", 5, 4, 2, 3, func(n *Net, x *G.Node) *G.Node {
		x = n.BatchNorm(n.Conv(x, Conv{Name: "a", Filters: 3, Kernel: 3}), BatchNorm{Name: "na", ReLU: true})
		x = n.BatchNorm(n.Conv(x, Conv{Name: "b", Filters: 2, Kernel: 2}), BatchNorm{Name: "nb"})
		return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 3, Bias: true})
	}},
	{"batch norm of the input", 3, 3, 2, 2, func(n *Net, x *G.Node) *G.Node {
		x = n.BatchNorm(x, BatchNorm{Name: "n"})
		return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 2, Bias: true})
	}},
	{"dropout", 3, 3, 2, 3, func(n *Net, x *G.Node) *G.Node {
		x = n.Dropout(n.Conv(x, Conv{Name: "a", Filters: 4, Kernel: 2, Bias: true, ReLU: true}), 0.3)
		x = n.Dropout(n.Dense(n.Flatten(x), Dense{Name: "b", Units: 8, Bias: true}), 0.5)
		return n.Dense(x, Dense{Name: "out", Units: 3, Bias: true})
	}},
	{"dropout of the input", 2, 2, 2, 2, func(n *Net, x *G.Node) *G.Node {
		return n.Dense(n.Flatten(n.Dropout(x, 0.2)), Dense{Name: "out", Units: 2, Bias: true})
	}},
	{"residual", 4, 4, 3, 2, func(n *Net, x *G.Node) *G.Node {
		x = n.Conv(x, Conv{Name: "stem", Filters: 3, Kernel: 3, Same: true, Bias: true})
		y := n.BatchNorm(n.Conv(x, Conv{Name: "a", Filters: 3, Kernel: 3, Same: true}), BatchNorm{Name: "na", ReLU: true})
		y = n.BatchNorm(n.Conv(y, Conv{Name: "b", Filters: 3, Kernel: 3, Same: true}), BatchNorm{Name: "nb"})
		x = n.ReLU(n.Add(x, y))
		return n.Dense(n.GlobalAvgPool(x), Dense{Name: "out", Units: 2, Bias: true})
	}},
	{"three users and a sum with itself", 1, 1, 5, 2, func(n *Net, x *G.Node) *G.Node {
		x = n.Dense(n.Flatten(x), Dense{Name: "stem", Units: 4, Bias: true, ReLU: true})
		a := n.Dense(x, Dense{Name: "a", Units: 4, Bias: true, ReLU: true})
		b := n.Dense(x, Dense{Name: "b", Units: 4, Bias: true})
		x = n.Add(n.Add(x, a), n.Add(b, b))
		return n.Dense(x, Dense{Name: "out", Units: 2, Bias: true})
	}},
	{"tiles", 4, 6, 1, 2, func(n *Net, x *G.Node) *G.Node {
		x = n.Conv(x, Conv{Name: "a", Filters: 3, Kernel: 3, Same: true, Bias: true})
		x = n.Concat(n.MaxPoolTiles(x, 2, 3), n.MaxPoolTiles(n.Conv(x, Conv{Name: "b", Filters: 2, Kernel: 1}), 2, 3))
		return n.Dense(n.GlobalAvgPool(x), Dense{Name: "out", Units: 2, Bias: true})
	}},
	{"vector", 2, 1, 3, 2, func(n *Net, x *G.Node) *G.Node {
		x = n.Concat(n.Dense(n.Flatten(x), Dense{Name: "a", Units: 4, Bias: true, ReLU: true}), n.BatchNorm(n.Vector(3), BatchNorm{Name: "nv"}))
		return n.Dense(x, Dense{Name: "out", Units: 2, Bias: true})
	}},
	{"values", 1, 1, 5, 3, func(n *Net, x *G.Node) *G.Node {
		x = n.Dense(n.Flatten(x), Dense{Name: "a", Units: 6, Bias: true, ReLU: true})
		n.Regress(n.Dense(x, Dense{Name: "values", Units: 4, Bias: true}), 0.7)
		return n.Dense(x, Dense{Name: "out", Units: 3, Bias: true})
	}},
	{"vector and values", 5, 4, 1, 2, func(n *Net, x *G.Node) *G.Node {
		x = n.BatchNorm(n.Conv(x, Conv{Name: "a", Filters: 3, Kernel: 2}), BatchNorm{Name: "na", ReLU: true})
		x = n.Concat(n.Flatten(x), n.Vector(2))
		n.Regress(n.ReLU(n.Dense(x, Dense{Name: "values", Units: 3, Bias: true})), 2)
		return n.Dense(n.Dropout(x, 0.3), Dense{Name: "out", Units: 2, Bias: true})
	}},
}

// testBatch is the largest batch of the tests' nets.
const testBatch = 5

// train compiles a case for training over a new State.
func (c netCase) train(t *testing.T, e engine.Engine, seed uint64) (*State, *Net, *Executor) {
	t.Helper()
	s := NewState(e, seed)
	n := NewNet(s, Train, testBatch)
	x, err := n.Compile(c.build(n, n.Input(c.h, c.w, c.c)))
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	x.poison = true
	return s, n, x
}

func (c netCase) eval(t *testing.T, s *State) *Executor {
	t.Helper()
	n := NewNet(s, Eval, testBatch)
	x, err := n.Compile(c.build(n, n.Input(c.h, c.w, c.c)))
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	x.poison = true
	return x
}

// data draws images and soft targets.
func (c netCase) data(seed uint64, batch int) (in, target []float32) {
	r := rand.New(rand.NewPCG(seed, 1))
	in = make([]float32, batch*c.h*c.w*c.c)
	for i := range in {
		in[i] = float32(r.NormFloat64())
	}
	target = make([]float32, batch*c.classes)
	for i := range batch {
		row := target[i*c.classes:][:c.classes]
		sum := float32(0)
		for j := range row {
			row[j] = r.Float32()
			sum += row[j]
		}
		for j := range row {
			row[j] /= sum
		}
	}
	return in, target
}

// rows draws images and soft targets, and what else x is fed: values are known of two
// rows in three, and NaN of the third.
func (c netCase) rows(x *Executor, seed uint64, batch int) Rows {
	r := Rows{N: batch}
	r.Images, r.Target = c.data(seed, batch)
	random := rand.New(rand.NewPCG(seed, 3))
	for i := range x.feeds {
		into := map[string]*[]float32{"vector": &r.Vector, "values": &r.Values, "known": &r.Known}[x.feeds[i].name]
		if into == nil {
			continue
		}
		*into = make([]float32, batch*x.feeds[i].width)
		for j := range *into {
			(*into)[j] = float32(random.NormFloat64())
		}
	}
	for i := range r.Known {
		if r.Known[i] = 1; i%3 == 1 {
			r.Known[i], r.Values[i*len(r.Values)/batch] = 0, nan
		}
	}
	return r
}

func download(t *testing.T, e engine.Engine, v engine.T) []float32 {
	t.Helper()
	host := make([]float32, v.Shape().TotalSize())
	if err := e.Download(host, v); err != nil {
		t.Fatal(err)
	}
	return host
}

func upload(t *testing.T, e engine.Engine, v engine.T, host []float32) {
	t.Helper()
	if err := e.Upload(v, host); err != nil {
		t.Fatal(err)
	}
}

// scramble gives all parameters values that no initialiser gives, such as biases
// and shifts other than zero.
func scramble(t *testing.T, s *State, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	for _, p := range s.Params() {
		v := download(t, s.engine, p.Value)
		for i := range v {
			v[i] += float32(0.3 * r.NormFloat64())
			if !p.Trainable {
				v[i] = float32(math.Abs(float64(v[i]))) + 0.1
			}
		}
		upload(t, s.engine, p.Value, v)
	}
}

// maxDiff is the largest difference of two slices, relative to the largest
// element of want where that is above 1.
func maxDiff(got, want []float32) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	diff, scale := 0.0, 1.0
	for i := range got {
		d := math.Abs(float64(got[i]) - float64(want[i]))
		if math.IsNaN(d) {
			return math.Inf(1)
		}
		diff, scale = max(diff, d), max(scale, math.Abs(float64(want[i])))
	}
	return diff / scale
}

func newRef(*testing.T) engine.Engine { return ref.New() }
