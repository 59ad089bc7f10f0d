package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Do runs the op on its own for gorgonia's machines. Results are buffers that
// the op owns, so that they outlive the machine's registers; nothing is done in
// place. The executor never calls it.
func (o *op) Do(values ...G.Value) (G.Value, error) {
	if o.pick > 0 {
		return o.of.own[o.pick], nil
	}
	in := make([]engine.T, len(values))
	shapes := make([]tensor.Shape, len(values))
	for i, v := range values {
		t, ok := v.(engine.T)
		if !ok {
			return nil, fmt.Errorf("graph: %s: operand %d: want a dense tensor, got %T", o, i, v)
		}
		in[i], shapes[i] = t, t.Shape()
	}
	e, ok := in[0].Engine().(engine.Engine)
	if !ok {
		return nil, fmt.Errorf("graph: %s: want tensors of a podium engine, got %T", o, in[0].Engine())
	}
	out, err := o.infer(shapes)
	if err != nil {
		return nil, fmt.Errorf("graph: %s: %w", o, err)
	}
	if o.view {
		return e.View(in[0], 0, out[0]...), nil
	}
	o.allocate(e, out)
	if err := o.kern(e, in, o.own)(); err != nil {
		return nil, fmt.Errorf("graph: %s: %w", o, err)
	}
	if !o.scalar {
		return o.own[0], nil
	}
	host := make([]float32, 1)
	if err := e.Download(host, o.own[0]); err != nil {
		return nil, fmt.Errorf("graph: %s: %w", o, err)
	}
	return G.NewF32(host[0]), nil
}

func (o *op) allocate(e engine.Engine, shapes []tensor.Shape) {
	if len(o.own) == len(shapes) && o.own[0].Shape().Eq(shapes[0]) {
		return
	}
	o.own = make([]engine.T, len(shapes))
	for i, s := range shapes {
		o.own[i] = e.Tensor(s...)
	}
}
