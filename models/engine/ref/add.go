package ref

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"gorgonia.org/tensor"
)

// Add is a + b. The result goes to the tensor of WithReuse (which may be a or
// b), is added to that of WithIncr, replaces a with UseUnsafe, or is new.
func (e *Engine) Add(a, b tensor.Tensor, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	o := operands{op: "add"}
	y := o.get("b", o.dense("b", b), a.Shape().TotalSize())
	return e.add(&o, a, opts, func(i int) float32 { return y[i] })
}

// AddScalar is t + b for a float32 b; the options are as in Add.
func (e *Engine) AddScalar(t tensor.Tensor, b any, _ bool, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	o := operands{op: "add scalar"}
	s, ok := b.(float32)
	o.want(ok, "want a float32, got %T", b)
	return e.add(&o, t, opts, func(int) float32 { return s })
}

func (e *Engine) add(o *operands, a tensor.Tensor, opts []tensor.FuncOpt, b func(i int) float32) (tensor.Tensor, error) {
	n := a.Shape().TotalSize()
	parsed := tensor.ParseFuncOpts(opts...)
	to, incr := parsed.IncrReuse()
	if to == nil && !parsed.Safe() {
		to = a
	}
	if to == nil {
		to = e.Tensor(a.Shape()...)
	}
	x, out := o.get("a", o.dense("a", a), n), o.get("result", o.dense("result", to), n)
	if o.err != nil {
		return nil, o.err
	}
	for i := range out {
		sum := x[i] + b(i)
		if incr {
			sum += out[i]
		}
		out[i] = sum
	}
	return to, nil
}

func (o *operands) dense(name string, t tensor.Tensor) engine.T {
	d, ok := t.(engine.T)
	if o.err == nil && !ok {
		o.err = fmt.Errorf("%s: %s: want a dense tensor, got %T", o.op, name, t)
	}
	return d
}
