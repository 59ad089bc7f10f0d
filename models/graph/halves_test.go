package graph

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
)

// halvesRef is the reference with images in bfloat16, where channels are even.
type halvesRef struct{ *ref.Engine }

var _ engine.Halves = halvesRef{}

func (e halvesRef) TakesHalves(c engine.Conv) bool { return c.C%2 == 0 && c.K%2 == 0 }

func (e halvesRef) ConvForwardHalves(c engine.HalfConv, x, w, y engine.T, ep engine.Epilogue) error {
	xf, yf := x, y
	if c.HalfX {
		xf = e.Tensor(2 * x.Shape().TotalSize())
		unpackHalves(xf.Float32s(), x.Float32s())
	}
	if c.HalfY {
		yf = e.Tensor(2 * y.Shape().TotalSize())
		unpackHalves(yf.Float32s(), y.Float32s())
	}
	if err := e.ConvForward(c.Conv, xf, w, yf, ep); err != nil || !c.HalfY {
		return err
	}
	for i := range y.Float32s() {
		low, high := roundedBits(yf.Float32s()[2*i]), roundedBits(yf.Float32s()[2*i+1])
		y.Float32s()[i] = math.Float32frombits(low>>16 | high)
	}
	return nil
}

func unpackHalves(dst, src []float32) {
	for i, v := range src {
		bits := math.Float32bits(v)
		dst[2*i], dst[2*i+1] = math.Float32frombits(bits<<16), math.Float32frombits(bits&^0xffff)
	}
}

func roundedBits(v float32) uint32 {
	bits := math.Float32bits(v)
	return (bits + 0x7fff + bits>>16&1) &^ 0xffff
}

// residuals is a net whose residuals are read by convolutions alone.
var residuals = netCase{"residuals", 5, 6, 2, 2, func(n *Net, x *G.Node) *G.Node {
	conv := func(x *G.Node, name string, filters int) *G.Node {
		return n.Conv(x, Conv{Name: name, Filters: filters, Kernel: 3, Same: true, Bias: true})
	}
	x = conv(x, "stem", 32)
	x = n.ReLU(n.Add(conv(n.ReLU(conv(x, "a", 64)), "b", 32), conv(x, "project", 32)))
	x = n.ReLU(n.Add(conv(n.ReLU(conv(x, "c", 32)), "d", 32), x))
	x = conv(conv(conv(x, "wide", 32), "narrow", 31), "last", 32)
	return n.Dense(n.GlobalAvgPool(x), Dense{Name: "out", Units: 2, Bias: true})
}}

// TestHalves: which values of a net are in bfloat16.
func TestHalves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		net  netCase
		want []string
	}{
		{residuals, []string{"b conv.0", "relu1 relu.0", "relu2 relu.0", "relu3 relu.0", "relu4 relu.0", "stem conv.0"}},
		{fusable[slices.IndexFunc(fusable, func(c netCase) bool { return c.name == "bottleneck" })], []string{"na batchnorm.0", "nc batchnorm.0"}},
	} {
		e := halvesRef{ref.New()}
		x := c.net.compile(t, NewState(e, 1), Eval, false)
		p := x.program
		half := p.halves(e, x.results)
		var got []string
		for v, ok := range half {
			if ok {
				got = append(got, p.values[v].name)
			}
		}
		slices.Sort(got)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.net.name, d)
		}
		checkPlan(t, x)
	}
}

// TestHalvesPredict: probabilities are those of float32 but for the rounding.
func TestHalvesPredict(t *testing.T) {
	t.Parallel()
	bf16 := func(t *testing.T) engine.Engine {
		e, err := cpu.New(cpu.Options{Threads: 2, Precision: cpu.BF16, Winograd: cpu.WinogradOff})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Close() })
		return e
	}
	for name, open := range map[string]func(*testing.T) engine.Engine{
		"ref": func(t *testing.T) engine.Engine { return halvesRef{ref.New()} },
		"cpu": bf16,
	} {
		for _, c := range append(slices.Clone(fusable), residuals) {
			t.Run(name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				e, plain := open(t), newRef(t)
				s, same := NewState(e, 7), NewState(plain, 7)
				got, want := c.compile(t, s, Eval, false), c.compile(t, same, Eval, true)
				scramble(t, same, 3)
				if err := s.CopyFrom(same); err != nil {
					t.Fatal(err)
				}
				for _, batch := range []int{testBatch, 3} {
					a, b := c.predicted(t, got, batch), c.predicted(t, want, batch)
					if d := maxDiff(a, b); !(d <= 3e-2) || math.IsNaN(float64(a[0])) {
						t.Errorf("batch of %d: results off by %g", batch, d)
					}
				}
			})
		}
	}
}
