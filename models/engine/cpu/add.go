package cpu

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"gorgonia.org/tensor"
)

// Add is a + b. The result goes to the tensor of WithReuse (which may be a or
// b), is added to that of WithIncr, replaces a with UseUnsafe, or is new.
func (e *Engine) Add(a, b tensor.Tensor, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	n := a.Shape().TotalSize()
	y, err := e.dense("add: b", b, n)
	if err != nil {
		return nil, err
	}
	add := e.vectors().add
	return e.addInto("add", a, n, opts, func(out, x []float32, lo int, incr bool) {
		y := y[lo:][:len(x)]
		if !incr {
			add(out[:len(x)], x, y)
			return
		}
		out = out[:len(x)]
		for i, v := range x {
			out[i] += v + y[i]
		}
	})
}

// AddScalar is t + b for a float32 b; the options are as in Add.
func (e *Engine) AddScalar(t tensor.Tensor, b any, _ bool, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	s, ok := b.(float32)
	if !ok {
		return nil, fmt.Errorf("add scalar: want a float32, got %T", b)
	}
	return e.addInto("add scalar", t, t.Shape().TotalSize(), opts, func(out, x []float32, _ int, incr bool) {
		out = out[:len(x)]
		if incr {
			for i, v := range x {
				out[i] += v + s
			}
			return
		}
		for i, v := range x {
			out[i] = v + s
		}
	})
}

// addInto finds where the result goes and runs sum over spans of it: out and x
// are the spans that start at element lo.
func (e *Engine) addInto(op string, a tensor.Tensor, n int, opts []tensor.FuncOpt, sum func(out, x []float32, lo int, incr bool)) (tensor.Tensor, error) {
	x, err := e.dense(op+": a", a, n)
	if err != nil {
		return nil, err
	}
	to, incr := addTarget(a, opts)
	if to == nil {
		to = e.Tensor(a.Shape()...)
	}
	out, err := e.dense(op+": result", to, n)
	if err != nil {
		return nil, err
	}
	if n < smallPass {
		sum(out, x, 0, incr)
		return to, nil
	}
	e.parallelTasks((n+blockFloats-1)/blockFloats, func(_, i int) {
		lo, hi := span(i, n)
		sum(out[lo:hi], x[lo:hi], lo, incr)
	})
	return to, nil
}

// addTarget is the tensor that the options name, nil for a new one, and whether
// to add to what it holds.
func addTarget(a tensor.Tensor, opts []tensor.FuncOpt) (to tensor.Tensor, incr bool) {
	o := tensor.ParseFuncOpts(opts...)
	if to, incr = o.IncrReuse(); to == nil && !o.Safe() {
		to = a
	}
	return to, incr
}

// dense is the first n elements of a tensor, which must be a dense float32 one.
func (e *Engine) dense(op string, t tensor.Tensor, n int) ([]float32, error) {
	d, ok := t.(engine.T)
	if !ok {
		return nil, fmt.Errorf("%s: want a dense tensor, got %T", op, t)
	}
	return e.data(op, d, n)
}
