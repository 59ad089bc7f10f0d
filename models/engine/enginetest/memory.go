package enginetest

import (
	"slices"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"gorgonia.org/tensor"
)

// memory tests Tensor, View, Upload, Download and their errors.
func memory(s *suite) {
	e := s.engine
	if e.Name() == "" || e.Threads() < 1 {
		s.Errorf("got name %q and %d threads, want a name and at least one", e.Name(), e.Threads())
	}
	x := e.Tensor(2, 3)
	if !x.Shape().Eq(tensor.Shape{2, 3}) || x.Dtype() != tensor.Float32 {
		s.Errorf("got shape %v of %v, want (2, 3) of float32", x.Shape(), x.Dtype())
	}
	got := []float32{9, 9, 9, 9, 9, 9}
	must(s.T, e.Download(got, x))
	if !slices.Equal(got, make([]float32, 6)) {
		s.Errorf("a new tensor holds %v, want zeros", got)
	}
	must(s.T, e.Upload(x, []float32{0, 1, 2, 3, 4}))
	v := e.View(x, 2, 1, 2)
	if !v.Shape().Eq(tensor.Shape{1, 2}) {
		s.Errorf("a view's shape: got %v, want (1, 2)", v.Shape())
	}
	must(s.T, e.Upload(v, []float32{20}))
	must(s.T, e.Download(got, x))
	if want := []float32{0, 1, 20, 3, 4, 0}; !slices.Equal(got, want) {
		s.Errorf("after an upload to a view: got %v, want %v", got, want)
	}
	must(s.T, e.Download(got[:2], v))
	if want := []float32{20, 3}; !slices.Equal(got[:2], want) {
		s.Errorf("download of a view: got %v, want %v", got[:2], want)
	}
	must(s.T, e.Upload(x, nil))
	s.refuse("upload of 7 elements to 6", e.Upload(x, make([]float32, 7)))
	s.refuse("upload to no tensor", e.Upload(nil, got))
	s.refuse("download of 3 elements of 2", e.Download(make([]float32, 3), v))
	s.refuse("download of no tensor", e.Download(got, nil))
	func() {
		defer func() {
			if recover() == nil {
				s.Error("a view beyond the end: no panic")
			}
		}()
		e.View(x, 5, 2)
	}()
}

// add tests tensor.Adder as gorgonia uses it for gradients that meet.
func add(s *suite) {
	for _, n := range sizes {
		s.draw(n)
		for name, opts := range map[string]func(t []engine.T) []tensor.FuncOpt{
			"reuse":   func(t []engine.T) []tensor.FuncOpt { return []tensor.FuncOpt{tensor.WithReuse(t[2])} },
			"reuse a": func(t []engine.T) []tensor.FuncOpt { return []tensor.FuncOpt{tensor.WithReuse(t[0])} },
			"reuse b": func(t []engine.T) []tensor.FuncOpt { return []tensor.FuncOpt{tensor.WithReuse(t[1])} },
			"incr":    func(t []engine.T) []tensor.FuncOpt { return []tensor.FuncOpt{tensor.WithIncr(t[2])} },
			"unsafe":  func([]engine.T) []tensor.FuncOpt { return []tensor.FuncOpt{tensor.UseUnsafe()} },
			"twice a": func(t []engine.T) []tensor.FuncOpt { return []tensor.FuncOpt{tensor.WithReuse(t[2])} },
		} {
			s.addCase(n, name, opts)
		}
	}
}

func (s *suite) addCase(n int, name string, opts func([]engine.T) []tensor.FuncOpt) {
	e, r := s.engine, []float32{}
	got := make([]float32, n)
	start := [][]float32{s.random(n), s.random(n), s.random(n)}
	ts := []engine.T{e.Tensor(n), e.Tensor(n), e.Tensor(n)}
	for i, v := range start {
		must(s.T, e.Upload(ts[i], v))
	}
	if name == "twice a" {
		ts[1], start[1] = ts[0], start[0]
	}
	out, err := e.Add(ts[0], ts[1], opts(ts)...)
	must(s.T, err)
	must(s.T, e.Download(got, out.(engine.T)))
	for i, v := range start[0] {
		sum := v + start[1][i]
		if name == "incr" {
			sum += start[2][i]
		}
		r = append(r, sum)
	}
	if i := diff(got, r); i >= 0 {
		s.Errorf("n %d, %s: element %d: got %v, want %v", n, name, i, got[i], r[i])
	}
	target := map[string]int{"reuse": 2, "reuse a": 0, "reuse b": 1, "incr": 2, "unsafe": 0, "twice a": 2}[name]
	if out != tensor.Tensor(ts[target]) {
		s.Errorf("n %d, %s: the result is another tensor than the one asked for", n, name)
	}
}
