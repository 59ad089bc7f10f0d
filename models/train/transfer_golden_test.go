package train

import (
	"context"
	"encoding/json"
	"iter"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/weight"
)

// squares is the dataset of testdata/transfer.py: 22 images of 12x12 in a fixed order.
type squares struct{}

func (squares) Len() int { return 22 }

func (squares) Epoch(context.Context, int) iter.Seq2[Batch, error] {
	const pixels, classes, batch = 144, 3, 8
	return func(yield func(Batch, error) bool) {
		for at := 0; at < 22; at += batch {
			b := Batch{N: min(batch, 22-at)}
			b.X, b.Y = make([]float32, b.N*pixels), make([]float32, b.N*classes)
			b.Extra, b.Boxes, b.HasBox = make([]float32, b.N*3), make([]float32, b.N*4), make([]float32, b.N)
			for k := range b.N {
				image := at + k
				for j := range 3 {
					b.Extra[3*k+j] = float32(math.Cos(float64(image * (j + 1))))
				}
				if b.HasBox[k] = 1; image%3 == 1 {
					b.HasBox[k] = 0
				}
				for j := range 4 {
					b.Boxes[4*k+j] = float32(5 * math.Sin(float64(image+j)))
				}
				label := (at + k) * 7 % 5 % classes
				b.Y[k*classes+label] = 1
				for j := range pixels {
					v := math.Sin(float64(at+k) + 0.7*float64(j))
					if j%classes == label {
						v += 0.5
					}
					b.X[k*pixels+j] = float32(v)
				}
			}
			if !yield(b, nil) {
				return
			}
		}
	}
}

// numberParams gives parameter k of the model, in PyTorch's order, the values that
// transfer.py says.
func numberParams(t *testing.T, m *Model) {
	t.Helper()
	for k, p := range m.state.Params() {
		shape := p.TorchShape()
		v := make([]float32, p.Size())
		for i := range v {
			x := math.Sin(0.37 * float64(i+1) * float64(i+k))
			switch {
			case len(shape) > 1:
				x *= math.Sqrt(2 / float64(p.Size()/shape[0]))
			case strings.HasSuffix(p.Name, "running_var") || strings.Contains(p.Name, "bn") && strings.HasSuffix(p.Name, "weight"):
				x = 1 + x/2
			default:
				x /= 10
			}
			v[i] = float32(x)
		}
		ours, err := p.FromTorch(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.state.Engine().Upload(p.Value, ours); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTransferAgainstPyTorch compares a transfer learning with PyTorch's: a head
// under a frozen trunk with batch normalisation, then all of it with two groups of
// learning rates, a warm-up and the moving average over both. Then the same with a
// second input and with boxes, of which some are missing.
func TestTransferAgainstPyTorch(t *testing.T) {
	t.Parallel()
	for file, change := range map[string]func(c *Config){
		"transfer": func(*Config) {},
		"boxes":    func(c *Config) { c.Extra, c.Boxes = 3, 0.05 },
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			c := transferConfig(t)
			change(&c)
			compareTransfer(t, c, "testdata/"+file+".safetensors")
		})
	}
}

func transferConfig(t *testing.T) Config {
	return Config{
		Net:   Net{Arch: "mnist_bn", Cut: "maxpool1", Head: []string{"dense 8 bn"}},
		Input: [3]int{12, 12, 1}, Classes: 3, Engine: newEngine(t),
		Phases: []Phase{
			{Epochs: 2, Batch: 8, LR: 0.01, WeightDecay: 0.1, EMA: 0.9, Freeze: true},
			{Epochs: 3, Batch: 8, Optimizer: "momentum", LR: 0.05, BackboneLR: 0.1, WarmUp: 0.4, WeightDecay: 0.01, EMA: 0.9, ClipNorm: 0.5},
		},
	}
}

func compareTransfer(t *testing.T, c Config, file string) {
	t.Helper()
	start, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	numberParams(t, start)
	c.From = filepath.Join(t.TempDir(), "start.safetensors")
	if err := start.Save(c.From); err != nil {
		t.Fatal(err)
	}
	m, err := Fit(t.Context(), c, squares{})
	if err != nil {
		t.Fatal(err)
	}
	golden, err := weight.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range golden.Tensors {
		p := m.state.Get(want.Name)
		wanted, err := p.FromTorch(want.Data)
		if err != nil {
			t.Fatal(err)
		}
		worst := 0.0
		for i, got := range values(t, c.Engine, p.Value) {
			worst = max(worst, math.Abs(float64(got-wanted[i])))
		}
		if !(worst < 2e-5) {
			t.Errorf("%s: off by %v", want.Name, worst)
		}
	}
	var losses []float64
	if err := json.Unmarshal([]byte(golden.Meta["losses"]), &losses); err != nil {
		t.Fatal(err)
	}
	for i, want := range losses {
		if got := m.History[i].Loss; math.Abs(got-want) > 2e-5 {
			t.Errorf("epoch %d: want loss %v, got %v", i+1, want, got)
		}
	}
}
