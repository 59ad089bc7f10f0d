package ref

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"gorgonia.org/tensor"
)

var nan = float32(math.NaN())

func TestView(t *testing.T) {
	t.Parallel()
	e := New()
	x := put(e, []float32{0, 1, 2, 3, 4, 5})
	must(t, e.Upload(e.View(x, 2, 1, 2), []float32{20, 30}))
	got := make([]float32, 5)
	must(t, e.Download(got, x))
	if want := []float32{0, 1, 20, 30, 4}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a view beyond the end: want a panic")
		}
	}()
	e.View(x, 5, 2)
}

func TestAdd(t *testing.T) {
	t.Parallel()
	e := New()
	for _, c := range []struct {
		name string
		add  func(a, b, r engine.T) (tensor.Tensor, error)
		want []float32
	}{
		{"new", func(a, b, _ engine.T) (tensor.Tensor, error) { return e.Add(a, b) }, []float32{11, 22}},
		{"reuse", func(a, b, r engine.T) (tensor.Tensor, error) { return e.Add(a, b, tensor.WithReuse(r)) }, []float32{11, 22}},
		{"reuse a", func(a, b, _ engine.T) (tensor.Tensor, error) { return e.Add(a, b, tensor.WithReuse(a)) }, []float32{11, 22}},
		{"reuse b", func(a, b, _ engine.T) (tensor.Tensor, error) { return e.Add(a, b, tensor.WithReuse(b)) }, []float32{11, 22}},
		{"incr", func(a, b, r engine.T) (tensor.Tensor, error) { return e.Add(a, b, tensor.WithIncr(r)) }, []float32{111, 222}},
		{"scalar", func(a, _, _ engine.T) (tensor.Tensor, error) { return e.AddScalar(a, float32(5), true) }, []float32{6, 7}},
	} {
		got, err := c.add(put(e, []float32{1, 2}), put(e, []float32{10, 20}), put(e, []float32{100, 200}))
		must(t, err)
		near(t, c.name, got.(engine.T), c.want)
	}
}

func TestReLU(t *testing.T) {
	t.Parallel()
	e := New()
	x, y := put(e, []float32{-1, 0, 2, 3}), out(e, 4)
	must(t, e.ReLU(4, x, y))
	near(t, "relu", y, []float32{0, 0, 2, 3})
	dy := put(e, []float32{5, nan, 7, 8})
	must(t, e.ReLUBackward(4, y, dy, dy))
	near(t, "relu backward in place", dy, []float32{0, 0, 7, 8})
	must(t, e.ReLU(1, put(e, []float32{nan}), y))
	if v := y.Float32s()[0]; v == v {
		t.Errorf("relu of NaN: got %v, want NaN: a net that diverges must show it", v)
	}
}

func TestDropout(t *testing.T) {
	t.Parallel()
	e := New()
	const n, p, seed = 1000, 0.25, 3
	x, y := e.Tensor(n), out(e, n)
	x.Float32s()[0] = nan
	for i := 1; i < n; i++ {
		x.Float32s()[i] = 3
	}
	must(t, e.Dropout(n, p, seed, x, y))
	kept := 0
	for i, v := range y.Float32s() {
		if !engine.Keep(seed, i, p) {
			if v != 0 {
				t.Fatalf("element %d is dropped: got %v, want 0", i, v)
			}
			continue
		}
		if kept++; i > 0 && v != 4 {
			t.Fatalf("element %d is kept: got %v, want 3/(1-0.25)", i, v)
		}
	}
	if kept < 700 || kept > 800 {
		t.Errorf("kept %d of %d, want about 750", kept, n)
	}
}

func TestEMA(t *testing.T) {
	t.Parallel()
	e := New()
	avg, w := put(e, []float32{1, 2}), put(e, []float32{5, -2})
	must(t, e.EMA(0.75, []engine.T{avg}, []engine.T{w}))
	near(t, "average", avg, []float32{2, 1})
}

func TestErrors(t *testing.T) {
	t.Parallel()
	e := New()
	x, small := e.Tensor(2, 6), e.Tensor(5)
	for _, c := range []struct {
		err  error
		want string
	}{
		{e.ReLU(6, x, small), "relu: y: want at least 6 elements, got 5 (shape (5))"},
		{e.ReLU(0, x, x), "relu: want at least 1 element, got 0"},
		{e.Gemm(engine.Gemm{M: 2, N: 3, K: 2}, x, x, nil, engine.Epilogue{}), "gemm: c: want 6 elements, got no tensor"},
		{e.Gemm(engine.Gemm{M: 2, N: 3}, x, x, x, engine.Epilogue{}), "gemm: want positive sizes, got M 2, N 3, K 0"},
		{e.ConvForward(engine.Conv{N: 1, H: 2, W: 2, C: 1, K: 1, R: 3, S: 3}, x, x, x, engine.Epilogue{}), "conv forward: conv: kernel 3x3"},
		{e.MaxPool(engine.Pool{N: 1, H: 2, W: 2, C: 1, R: 2, S: 2, PadH: 2}, x, x), "max pool: pool: padding 2x0"},
		{e.BatchNormTrain(engine.BatchNorm{Rows: 1, Cols: 2}, x, nil, x, x, x, x, x, x, x), "batch norm train: want at least 2 rows"},
		{e.Dropout(2, 1.5, 0, x, x), "dropout: want a probability, got 1.5"},
		{e.Adam(engine.Adam{}, nil, nil, nil, nil), "adam: want a step from 1 on, got 0"},
		{e.Adam(engine.Adam{Step: 1, LRs: []float32{1, 2}}, []engine.T{x}, []engine.T{x}, []engine.T{x}, []engine.T{x}), "adam: want a factor for each of 1 parameters, got 2"},
		{e.SGD(engine.SGD{}, []engine.T{x}, []engine.T{small}, nil), "sgd: g[0]: want at least 12 elements, got 5"},
		{e.EMA(0.9, []engine.T{x}, nil), "ema: want as many tensors in each list, got 1 and 0"},
		{e.Upload(tensor.New(tensor.WithBacking([]float64{1})), []float32{1}), "upload: dst: want float32, got float64"},
	} {
		if c.err == nil || !strings.HasPrefix(c.err.Error(), c.want) {
			t.Errorf("got %v, want %s", c.err, c.want)
		}
	}
}
