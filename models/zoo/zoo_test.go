package zoo_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/solver"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

const (
	batch   = 3
	side    = 28
	classes = 10
)

// parameters are the trainable numbers of each architecture on 28x28x1 images
// and 10 classes, added up by hand from the layers' sizes.
var parameters = map[string]int{
	"linear":    784*10 + 10,
	"head":      784*256 + 256 + 256*10 + 10,
	"mnist_cnn": 9*32 + 32 + 9*32*64 + 64 + 12*12*64*128 + 128 + 128*10 + 10,
	"mnist_bn": 9*32 + 2*32 + 9*32*32 + 2*32 + 9*32*64 + 2*64 + 9*64*64 + 2*64 +
		4*4*64*256 + 2*256 + 256*10 + 10,
	"mnist_strided": (9+9*32+25*32)*32 + 3*2*32 + (9*32+9*64+25*64)*64 + 3*2*64 +
		4*4*64*128 + 2*128 + 128*10 + 10,
	"small_cnn": 9*(1*32+32*32+32*64+64*64+64*128+128*128+128*256+256*256) + 2*2*(32+64+128+256) + 256*10 + 10,
}

// large are the trainable numbers of those that are too large to be run here, on
// 32x32x3 images and 1000 classes: torchvision's counts, less the difference of
// VGG's first dense layer. TestAgainstPyTorch runs small ones of their kind.
var large = map[string]int{
	"vgg16":              138_357_544 - (25088-512)*4096,
	"vgg16_bn":           138_365_992 - (25088-512)*4096,
	"vgg16_fcbn":         138_357_544 - (25088-512)*4096 + 2*2*4096,
	"resnet18":           11_689_512,
	"resnet34":           21_797_672,
	"resnet50":           25_557_032,
	"efficientnet_lite0": 4_652_008,
	"inception_v3":       23_834_568,
}

func TestLarge(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("draws 60 million initial weights")
	}
	for name, want := range large {
		a := lookup(t, name)
		side := 32
		if name == "inception_v3" {
			side = 75 // the smallest it takes; it has no dense layer but the last
		}
		n := graph.NewNet(graph.NewState(ref.New(), 1), graph.Eval, 1)
		if logits := a.Build(n, n.Input(side, side, 3), 1000); n.Err() != nil || !logits.Shape().Eq(tensor.Shape{1, 1000}) {
			t.Fatalf("%s: %v, error %v", name, logits, n.Err())
		}
		got := 0
		for _, p := range n.State().Trainable() {
			got += p.Size()
		}
		if got != want {
			t.Errorf("%s: %d parameters, want %d", name, got, want)
		}
	}
}

// lookup wants an architecture that says what it is.
func lookup(t *testing.T, name string) zoo.Arch {
	t.Helper()
	a, err := zoo.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	if a.Name != name || a.Doc == "" || a.Paper == "" || a.Version < 1 {
		t.Errorf("name %q, version %d, doc %q, paper %q: want all", a.Name, a.Version, a.Doc, a.Paper)
	}
	return a
}

// TestArchitectures builds every architecture that is not large and runs it
// forwards and backwards.
func TestArchitectures(t *testing.T) {
	t.Parallel()
	for _, name := range zoo.Names() {
		if large[name] > 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := lookup(t, name)
			first, second := newRun(t, a), newRun(t, a)
			if got := first.parameters(); got != parameters[name] {
				t.Errorf("%d parameters, want %d", got, parameters[name])
			}
			loss := first.step(t)
			if again := second.step(t); again != loss || !slices.Equal(first.grads(t), second.grads(t)) {
				t.Errorf("two nets of one seed differ: loss %v and %v", loss, again)
			}
			checkGradients(t, first)
			checkProbabilities(t, first, a)

			update, err := solver.New("sgd", first.engine, first.train.Trained(), solver.Config{LR: 0.01})
			if err != nil {
				t.Fatal(err)
			}
			if err := update.Step(first.train.ValueGrads()); err != nil {
				t.Fatal(err)
			}
			if after := first.step(t); !(after < loss) {
				t.Errorf("loss %v, after a small step down the gradient %v", loss, after)
			}
		})
	}
}

// run is an architecture over a State with data for it.
type run struct {
	engine     engine.Engine
	state      *graph.State
	train      *graph.Executor
	in, target []float32
}

func newRun(t *testing.T, a zoo.Arch) *run {
	t.Helper()
	e := ref.New()
	r := &run{engine: e, state: graph.NewState(e, 5)}
	r.train = compile(t, r.state, graph.Train, a)
	random := rand.New(rand.NewPCG(1, 1))
	for range batch * side * side {
		r.in = append(r.in, random.Float32())
	}
	r.target = make([]float32, batch*classes)
	for i := range batch {
		r.target[i*classes+3*i] = 1
	}
	return r
}

func compile(t *testing.T, s *graph.State, m graph.Mode, a zoo.Arch) *graph.Executor {
	t.Helper()
	n := graph.NewNet(s, m, batch)
	x, err := n.Compile(a.Build(n, n.Input(side, side, 1), classes))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (r *run) step(t *testing.T) float32 {
	t.Helper()
	loss, err := r.train.Step(batch, r.in, r.target, 1)
	if err != nil {
		t.Fatal(err)
	}
	return loss
}

func (r *run) parameters() int {
	n := 0
	for _, p := range r.state.Trainable() {
		n += p.Size()
	}
	return n
}

func (r *run) grads(t *testing.T) []float32 {
	t.Helper()
	host := make([]float32, r.train.GradBlock().Shape().TotalSize())
	if err := r.engine.Download(host, r.train.GradBlock()); err != nil {
		t.Fatal(err)
	}
	return host
}

// checkGradients wants a finite gradient for every parameter, not all zeros.
func checkGradients(t *testing.T, r *run) {
	t.Helper()
	for i, p := range r.train.Params() {
		host := make([]float32, p.Size())
		if err := r.engine.Download(host, r.train.Grads()[i]); err != nil {
			t.Fatal(err)
		}
		norm := 0.0
		for _, v := range host {
			norm += float64(v) * float64(v)
		}
		if !(norm > 0) || math.IsInf(norm, 0) {
			t.Errorf("gradient of %s: squared norm %v", p.Name, norm)
		}
	}
}

// checkProbabilities predicts with an evaluation net over the same State, which
// must not add to it.
func checkProbabilities(t *testing.T, r *run, a zoo.Arch) {
	t.Helper()
	tensors := len(r.state.Params())
	x := compile(t, r.state, graph.Eval, a)
	if got := len(r.state.Params()); got != tensors {
		t.Errorf("the evaluation net made %d tensors of its own", got-tensors)
	}
	out := make([]float32, batch*classes)
	if err := x.Predict(batch, r.in, out); err != nil {
		t.Fatal(err)
	}
	for i := range batch {
		sum := 0.0
		for _, p := range out[i*classes:][:classes] {
			sum += float64(p)
		}
		if !(math.Abs(sum-1) < 1e-5) {
			t.Errorf("probabilities of row %d sum to %v", i, sum)
		}
	}
}

func TestTooSmall(t *testing.T) {
	t.Parallel()
	a, err := zoo.Lookup("mnist_cnn")
	if err != nil {
		t.Fatal(err)
	}
	n := graph.NewNet(graph.NewState(ref.New(), 1), graph.Train, 1)
	a.Build(n, n.Input(4, 4, 1), 10)
	if want := `graph: conv "conv2": conv: kernel 3x3 is larger than the padded input 2x2`; n.Err() == nil || n.Err().Error() != want {
		t.Errorf("got %v, want %s", n.Err(), want)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	if d := cmp.Diff([]string{"linear", "head", "mnist_cnn", "mnist_bn", "mnist_strided", "small_cnn", "vgg16", "vgg16_bn", "vgg16_fcbn", "resnet18", "resnet34", "resnet50", "efficientnet_lite0", "inception_v3"}, zoo.Names()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	for name, hint := range map[string]string{
		"mnist_cn":   "did you mean mnist_cnn?",
		"MNIST_BN":   "did you mean mnist_bn?",
		"liner":      "did you mean linear?",
		"vgg19":      "did you mean vgg16?",
		"perceptron": "architectures: linear, head, mnist_cnn, mnist_bn, mnist_strided, small_cnn, vgg16, vgg16_bn, vgg16_fcbn, resnet18, resnet34, resnet50, efficientnet_lite0, inception_v3",
	} {
		_, err := zoo.Lookup(name)
		if fault.KindOf(err) != fault.Usage || fault.HintOf(err) != hint {
			t.Errorf("%s: %v, hint %q; want a usage fault with hint %q", name, err, fault.HintOf(err), hint)
		}
	}
}
