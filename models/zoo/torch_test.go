package zoo

import (
	"encoding/json"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// torchNet is a net of testdata/golden.py, without dropout.
type torchNet struct {
	file           string
	build          func(n *graph.Net, x *G.Node, classes int) *G.Node
	batch, h, w, k int
}

var smallNets = []torchNet{
	{"vgg", vgg{blocks: smallBlocks, hidden: 16}.build, 3, 64, 96, 5},
	{"vgg_bn", vgg{blocks: smallBlocks, hidden: 16, convBN: true}.build, 4, 64, 96, 5},
	{"vgg_fcbn", vgg{blocks: smallBlocks, hidden: 16, denseBN: true}.build, 4, 64, 96, 5},
	{"resnet_basic", resnet{stem: 3, blocks: []int{2, 2, 1, 1}, block: basicBlock}.build, 4, 80, 64, 5},
	{"resnet", resnet{stem: 3, blocks: []int{2, 2, 1, 1}, widening: 4, block: bottleneck}.build, 4, 80, 64, 5},
	{"efficientnet", efficientNet{stem: 4, stages: smallStages, last: 20}.build, 4, 62, 48, 5},
	{"inception", inception{thin: 32}.build, 4, 107, 110, 5},
	{"head_fcn", headOf("bn", "conv 7 bn", "maxpool", "conv 6", "maxpool 1x2", "heat"), 4, 13, 22, 5},
	{"head_inception", headOf("inception", "heat"), 4, 15, 20, 5},
}

// headOf builds a head on the image itself.
func headOf(words ...string) func(n *graph.Net, x *G.Node, classes int) *G.Node {
	return func(n *graph.Net, x *G.Node, classes int) *G.Node {
		head, err := ParseHead(words)
		if err != nil {
			panic(err)
		}
		return head.Build(n, x, Ends{Classes: classes})
	}
}

var smallStages = []mobileStage{{1, 3, 1, 1, 3}, {2, 5, 2, 6, 5}, {2, 3, 2, 6, 6}, {1, 5, 1, 6, 7}}

var smallBlocks = [][]int{{4, 5}, {6, 7}, {8, 8, 7}, {8, 9, 8}, {9, 8, 7}}

// TestAgainstPyTorch compares small nets of every shape of layer with torchvision.
func TestAgainstPyTorch(t *testing.T) {
	t.Parallel()
	for _, n := range smallNets {
		t.Run(n.file, func(t *testing.T) {
			t.Parallel()
			t.Run("ref", func(t *testing.T) {
				t.Parallel()
				if n.file == "inception" {
					t.Skip("takes long, and the conformance suite compares the engines")
				}
				n.compare(t, ref.New(), "testdata")
			})
			t.Run("cpu", func(t *testing.T) {
				t.Parallel()
				n.compare(t, newCPU(t), "testdata")
			})
		})
	}
}

// TestFullSize compares the nets themselves with the files that golden.py --full
// wrote in the folder PODIUM_TORCH: gigabytes, so that they are not kept. resnet34
// is left out: with weights like these its logits lie too far apart for the
// probabilities that Predict gives, and its blocks are resnet18's.
func TestFullSize(t *testing.T) {
	dir := os.Getenv("PODIUM_TORCH")
	if dir == "" {
		t.Skip("needs PODIUM_TORCH, a folder for which testdata/golden.py --full has run; make bench-peers does both")
	}
	for name, build := range map[string]func(*graph.Net, *G.Node, int) *G.Node{
		"vgg16":              vggDWith(func(v *vgg) { v.dropout = 0 }).build,
		"vgg16_bn":           vggDWith(func(v *vgg) { v.dropout, v.convBN = 0, true }).build,
		"resnet18":           resnet18.Build,
		"resnet50":           resnet50.Build,
		"efficientnet_lite0": efficientNet{stem: 32, stages: liteStages, last: 1280}.build,
		"inception_v3":       inception{thin: 1}.build,
	} {
		side := 224
		if name == "inception_v3" {
			side = 299
		}
		t.Run(name, func(t *testing.T) { torchNet{name, build, 2, side, side, 1000}.compare(t, newCPU(t), dir) })
	}
}

func newCPU(t *testing.T) engine.Engine {
	t.Helper()
	e, err := cpu.New(cpu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

const (
	logitsWithin    = 1e-4 // of the largest logit
	gradientsWithin = 1e-3 // of the norm of each gradient
	// ownWithin is how many times farther from float64 than PyTorch's worst float32
	// gradient of the net ours may be, where that is more than gradientsWithin. In
	// the full nets a rounding moves one of millions of activations over the kink
	// of a ReLU, or makes another one a pooling's maximum, and all gradients below
	// it change: which one, and in which layer, differs from float32 to float32.
	ownWithin = 4
)

func (n torchNet) compare(t *testing.T, e engine.Engine, dir string) {
	t.Helper()
	golden, err := weight.Load(filepath.Join(dir, n.file+".safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	state := graph.NewState(e, 1)
	step, predict := n.compile(t, state, graph.Train), n.compile(t, state, graph.Eval)
	if len(state.Params())+2 != len(golden.Tensors) {
		t.Errorf("%d tensors, torchvision has %d", len(state.Params()), len(golden.Tensors)-2)
	}
	for _, p := range state.Params() {
		check(t, e.Upload(p.Value, n.fromTorch(t, p, draw(p.Name, p.TorchShape()))))
	}
	in, target := n.data()

	out := make([]float32, n.batch*n.k)
	check(t, predict.Predict(n.batch, in, out))
	n.compareLogits(t, find(t, golden, "eval").Data, out)

	loss, err := step.Step(n.batch, in, target, 1)
	check(t, err)
	want := find(t, golden, "loss").Data[0]
	if d := math.Abs(float64(loss - want)); !(d <= logitsWithin*float64(want)) {
		t.Errorf("%s: loss %v, want %v", n.file, loss, want)
	}
	n.compareTensors(t, state, step, golden)
}

func (n torchNet) compile(t *testing.T, s *graph.State, m graph.Mode) *graph.Executor {
	t.Helper()
	net := graph.NewNet(s, m, n.batch)
	x, err := net.Compile(n.build(net, net.Input(n.h, n.w, 3), n.k))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// data are the images, which golden.py draws as NCHW, and their targets.
func (n torchNet) data() (in, target []float32) {
	drawn := draw("image", tensor.Shape{n.batch, 3, n.h, n.w})
	in, target = make([]float32, len(drawn)), make([]float32, n.batch*n.k)
	for i := range n.batch {
		for c := range 3 {
			for p := range n.h * n.w {
				in[(i*n.h*n.w+p)*3+c] = drawn[(i*3+c)*n.h*n.w+p]
			}
		}
		target[i*n.k+(7*i+3)%n.k] = 1
	}
	return in, target
}

// compareLogits takes the logarithms of our probabilities, which are the logits
// but for a constant an image: both sides are compared about their means.
func (n torchNet) compareLogits(t *testing.T, want, probabilities []float32) {
	t.Helper()
	worst, largest := 0.0, 0.0
	for row := range slices.Chunk(want, n.k) {
		ours := probabilities[:n.k]
		probabilities = probabilities[n.k:]
		wantMean, ourMean := 0.0, 0.0
		for i := range row {
			wantMean += float64(row[i]) / float64(n.k)
			ourMean += math.Log(float64(ours[i])) / float64(n.k)
		}
		for i := range row {
			d := math.Log(float64(ours[i])) - ourMean - (float64(row[i]) - wantMean)
			worst, largest = math.Max(worst, math.Abs(d)), math.Max(largest, math.Abs(float64(row[i])))
		}
	}
	t.Logf("%s: logits up to %.3g, off by %.2g of that", n.file, largest, worst/largest)
	if !(worst <= logitsWithin*largest) {
		t.Errorf("%s: logits are off by %.3g, want at most %g of %.3g", n.file, worst, logitsWithin, largest)
	}
}

// compareTensors compares the gradients, and the running statistics after the step.
func (n torchNet) compareTensors(t *testing.T, s *graph.State, x *graph.Executor, golden *weight.File) {
	t.Helper()
	ours := map[*graph.Param]engine.T{}
	for i, p := range x.Params() {
		ours[p] = x.Grads()[i]
	}
	var theirs map[string]float64
	check(t, json.Unmarshal([]byte(golden.Meta["float32"]), &theirs))
	within := gradientsWithin
	for _, off := range theirs {
		within = max(within, ownWithin*off)
	}
	worst, which := 0.0, ""
	for _, p := range s.Params() {
		w := find(t, golden, p.Name)
		if !slices.Equal(w.Shape, p.TorchShape()) {
			t.Fatalf("%s: %s has shape %v in torchvision, TorchShape says %v", n.file, p.Name, w.Shape, p.TorchShape())
		}
		value := p.Value
		if p.Trainable {
			value = ours[p]
		}
		got := make([]float32, p.Size())
		check(t, s.Engine().Download(got, value))
		off := distance(got, n.fromTorch(t, p, w.Data))
		if !(off <= within) {
			t.Errorf("%s: %s is off by %.2g of its norm, PyTorch's float32 by %.2g, want at most %.2g", n.file, p.Name, off, theirs[p.Name], within)
		}
		if off > worst {
			worst, which = off, p.Name
		}
	}
	t.Logf("%s: %d tensors; the worst is %s, off by %.2g of its norm, PyTorch's float32 by %.2g", n.file, len(s.Params()), which, worst, theirs[which])
}

func (n torchNet) fromTorch(t *testing.T, p *graph.Param, values []float32) []float32 {
	t.Helper()
	ours, err := p.FromTorch(values)
	if err != nil {
		t.Fatal(err)
	}
	return ours
}

// distance is the norm of got - want in parts of want's; where that is nothing but
// float64's roundings, as of a bias before a normalisation, in parts of 1.
func distance(got, want []float32) float64 {
	d, norm := 0.0, 0.0
	for i, w := range want {
		d += (float64(got[i]) - float64(w)) * (float64(got[i]) - float64(w))
		norm += float64(w) * float64(w)
	}
	if norm < 1e-18 {
		norm = 1
	}
	return math.Sqrt(d / norm)
}

func find(t *testing.T, f *weight.File, name string) weight.Tensor {
	t.Helper()
	w, ok := f.Find(name)
	if !ok {
		t.Fatalf("%s has no tensor %q", f.Path, name)
	}
	return w
}

// draw is draw of golden.py: the values of a tensor in PyTorch's layout.
func draw(name string, shape tensor.Shape) []float32 {
	h := fnv.New64a()
	h.Write([]byte(name))
	root, role := h.Sum64(), name[strings.LastIndex(name, ".")+1:]
	wide := math.Sqrt(6 / (float64(shape.TotalSize()) / float64(shape[0])))
	out := make([]float32, shape.TotalSize())
	for i := range out {
		z := root + (uint64(i)+1)*0x9e3779b97f4a7c15
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
		z = (z ^ (z >> 27)) * 0x94d049bb133111eb
		u := float64((z^(z>>31))>>40) / (1 << 24)
		switch {
		case role == "image":
			u = 2*u - 1
		case len(shape) > 1:
			u = (2*u - 1) * wide
		case role == "weight":
			u = 0.4 + 0.6*u
		case role == "running_var":
			u = 0.5 + u
		default:
			u = 0.2*u - 0.1
		}
		out[i] = float32(u)
	}
	return out
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
