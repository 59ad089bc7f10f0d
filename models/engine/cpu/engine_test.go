package cpu

import (
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"gorgonia.org/tensor"
)

func open(t testing.TB, o Options) *Engine {
	t.Helper()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func TestTensor(t *testing.T) {
	t.Parallel()
	e := open(t, Options{Threads: 2})
	for n := 1; n < 70; n += 13 {
		x := e.Tensor(n, 3)
		if got := x.Shape(); !got.Eq(tensor.Shape{n, 3}) {
			t.Fatalf("shape %v, want (%d, 3)", got, n)
		}
		if addr := uintptr(unsafe.Pointer(unsafe.SliceData(x.Float32s()))); addr%64 != 0 {
			t.Errorf("tensor of %d elements at %#x: want the start of a cache line", 3*n, addr)
		}
	}
}

func TestView(t *testing.T) {
	t.Parallel()
	e := open(t, Options{Threads: 1})
	x := e.Tensor(6)
	if err := e.Upload(x, []float32{0, 1, 2, 3, 4, 5}); err != nil {
		t.Fatal(err)
	}
	v := e.View(x, 2, 2, 2)
	if err := e.Upload(v, []float32{20, 30}); err != nil {
		t.Fatal(err)
	}
	got := make([]float32, 6)
	if err := e.Download(got, x); err != nil {
		t.Fatal(err)
	}
	if want := []float32{0, 1, 20, 30, 4, 5}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a view beyond the end: want a panic")
		}
	}()
	e.View(x, 3, 4)
}

func TestDataErrors(t *testing.T) {
	t.Parallel()
	e := open(t, Options{Threads: 1})
	for _, c := range []struct {
		x    *tensor.Dense
		want string
	}{
		{nil, "gemm: a: want 7 elements, got no tensor"},
		{e.Tensor(2, 3), "gemm: a: want at least 7 elements, got 6 (shape (2, 3))"},
		{tensor.New(tensor.WithBacking(make([]float64, 8))), "gemm: a: want float32, got float64"},
	} {
		if _, err := e.data("gemm: a", c.x, 7); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	e := open(t, Options{Threads: 2})
	for _, n := range []int{1, 5, 2*smallPass + 3} {
		a, b, r := e.Tensor(n), e.Tensor(n), e.Tensor(n)
		for i := range n {
			a.Float32s()[i], b.Float32s()[i], r.Float32s()[i] = float32(i), 2, 1
		}
		check := func(name string, x tensor.Tensor, err error, add float32) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for i, v := range x.(*tensor.Dense).Float32s() {
				if v != float32(i)+add {
					t.Fatalf("%s: n %d: element %d: got %v, want %v", name, n, i, v, float32(i)+add)
				}
			}
		}
		x, err := e.Add(a, b)
		check("new", x, err, 2)
		x, err = e.Add(a, b, tensor.WithIncr(r))
		check("incr", x, err, 3)
		x, err = e.Add(a, b, tensor.WithReuse(r))
		check("reuse", x, err, 2)
		x, err = e.AddScalar(a, float32(7), true)
		check("scalar", x, err, 7)
		x, err = e.Add(a, b, tensor.WithReuse(a))
		check("reuse a", x, err, 2)
		x, err = e.Add(a, b, tensor.UseUnsafe())
		check("unsafe", x, err, 4)
		check("a itself", a, nil, 4)
	}
}

func TestParallel(t *testing.T) {
	t.Parallel()
	for _, threads := range []int{1, 2, 5} {
		e := open(t, Options{Threads: threads})
		for n := range 200 { // one call after the other, so that a worker may be late
			each := make([]int, n)
			e.parallelTasks(n, func(_, i int) { each[i]++ })
			for i := range n {
				if each[i] != 1 {
					t.Fatalf("%d threads, task %d of %d: done %d times, want once", threads, i, n, each[i])
				}
			}
		}
	}
}

func TestPanicReachesCaller(t *testing.T) {
	t.Parallel()
	e := open(t, Options{Threads: 3})
	for range 2 { // the second time shows that the first left the pool whole
		func() {
			defer func() {
				if v, _ := recover().(string); !strings.Contains(v, "no such pixel") {
					t.Errorf("got %q, want the panic's words", v)
				}
			}()
			e.parallelTasks(30, func(_, task int) {
				if task == 17 {
					panic("no such pixel")
				}
			})
		}()
	}
}

// TestForgotten: the threads of an engine that nobody closed end when it is
// garbage, although it has worked and its pool has seen its calls.
func TestForgotten(t *testing.T) {
	t.Parallel()
	work := func() *pool {
		e, err := New(Options{Threads: 3})
		if err != nil {
			t.Fatal(err)
		}
		x := e.Tensor(1 << 18)
		for _, err := range []error{
			e.ReLU(1<<18, x, x),
			e.Gemm(engine.Gemm{M: 256, N: 256, K: 256}, x, x, e.Tensor(1<<16), engine.Epilogue{}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		return e.pool
	}
	p := work()
	for range 1000 {
		runtime.GC()
		select {
		case _, open := <-p.wake[0]:
			if !open {
				return
			}
		case <-time.After(time.Millisecond):
		}
	}
	t.Error("the threads of an engine that is garbage still wait for work")
}

func TestLevel(t *testing.T) {
	t.Setenv("PODIUM_CPU", "portable")
	if got := open(t, Options{}).Level(); got != Portable {
		t.Errorf("PODIUM_CPU=portable: got %v", got)
	}
	t.Setenv("PODIUM_CPU", "sse9")
	if _, err := New(Options{}); err == nil || !strings.Contains(err.Error(), `got "sse9"`) {
		t.Errorf("PODIUM_CPU=sse9: got error %v", err)
	}
	t.Setenv("PODIUM_CPU", "")
	t.Setenv("PODIUM_WINOGRAD", "off")
	if got := open(t, Options{Level: Portable}).String(); got != "cpu portable" {
		t.Errorf("PODIUM_WINOGRAD=off: got engine %q, want cpu portable", got)
	}
	if got := open(t, Options{Level: Portable, Winograd: WinogradAlways}).String(); got != "cpu portable winograd=always" {
		t.Errorf("an explicit choice goes before the environment: got engine %q", got)
	}
	t.Setenv("PODIUM_WINOGRAD", "some")
	if _, err := New(Options{}); err == nil || !strings.Contains(err.Error(), `got "some"`) {
		t.Errorf("PODIUM_WINOGRAD=some: got error %v", err)
	}
	t.Setenv("PODIUM_WINOGRAD", "")
	t.Setenv("PODIUM_CPU", "sse9")
	if got := open(t, Options{Level: Portable}).Level(); got != Portable {
		t.Errorf("an explicit level goes before the environment: got %v", got)
	}
}

// TestNoAllocations runs without t.Parallel: allocations are counted for the
// whole process.
func TestNoAllocations(t *testing.T) {
	e := open(t, Options{Threads: 2, Winograd: WinogradAlways})
	c := engine.Conv{N: 4, H: 14, W: 14, C: 32, K: 40, R: 3, S: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1}
	x, w, y := e.Tensor(inputSize(c)), e.Tensor(weightSize(c)), e.Tensor(outputSize(c))
	tall, wide := engine.Gemm{M: 300, N: 40, K: 50}, engine.Gemm{M: 20, N: 100, K: 1000, TransB: true}
	a, b, d := e.Tensor(100_000), e.Tensor(100_000), e.Tensor(100_000)
	tiled := engine.Conv{N: 4, H: 7, W: 7, C: 32, K: 40, R: 3, S: 3, PadH: 1, PadW: 1}
	for name, f := range map[string]func() error{
		"winograd forward":          func() error { return e.ConvForward(tiled, x, w, y, engine.Epilogue{ReLU: true}) },
		"winograd backward data":    func() error { return e.ConvBackwardData(tiled, w, y, x, false) },
		"winograd backward weights": func() error { return e.ConvBackwardWeights(tiled, x, y, w) },
		"conv forward":              func() error { return e.ConvForward(c, x, w, y, engine.Epilogue{ReLU: true}) },
		"conv backward data":        func() error { return e.ConvBackwardData(c, w, y, x, false) },
		"conv backward weights":     func() error { return e.ConvBackwardWeights(c, x, y, w) },
		"tall gemm":                 func() error { return e.Gemm(tall, a, b, d, engine.Epilogue{}) },
		"wide gemm":                 func() error { return e.Gemm(wide, a, b, d, engine.Epilogue{}) },
	} {
		// Which worker takes which task varies, so a worker's scratch may grow
		// in a later call than the first: many calls, and less than one
		// allocation each.
		if n := testing.AllocsPerRun(50, func() {
			if err := f(); err != nil {
				t.Fatal(err)
			}
		}); n >= 1 {
			t.Errorf("%s: %v allocations a call, want none", name, n)
		}
	}
}

func TestPeak(t *testing.T) {
	t.Parallel()
	eachLevel(t, func(t *testing.T, e *Engine) {
		if peak := e.PeakGFLOPS(5 * time.Millisecond); !(peak > 0) || math.IsInf(peak, 1) {
			t.Errorf("got a peak of %v GFLOP/s", peak)
		}
	})
}
