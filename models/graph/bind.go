package graph

import (
	"math"
	"slices"

	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

var nan = float32(math.NaN())

// bound is a program tied to memory for one batch size: made when a size is seen
// first, kept, so that later steps of that size allocate nothing.
type bound struct {
	tensors []engine.T     // of the values
	kernels []func() error // of the steps, nil for views
	ran     bool
}

func (x *Executor) bind(batch int) (*bound, error) {
	if b := x.bound[batch]; b != nil {
		return b, nil
	}
	shapes, err := x.program.shapes(batch)
	if err != nil {
		return nil, err
	}
	b := &bound{tensors: make([]engine.T, len(shapes)), kernels: make([]func() error, len(x.program.steps))}
	for v := range shapes {
		if p := x.program.values[v]; p.param != nil || p.fed {
			b.tensors[v] = x.locate(v, shapes[v])
		}
	}
	for i, st := range x.program.steps {
		for k, v := range st.out {
			b.tensors[v] = x.locate(v, shapes[v])
			// In place is in the same tensor, so that a kernel can tell.
			for _, r := range st.op.places(k) {
				if x.plan.bufferOf[v] == x.plan.bufferOf[st.in[r]] {
					b.tensors[v] = b.tensors[st.in[r]]
				}
			}
		}
		if !st.op.view {
			b.kernels[i] = st.op.kern(x.engine, pickTensors(b.tensors, st.in), pickTensors(b.tensors, st.out))
		}
	}
	x.bound[batch] = b
	return b, nil
}

// locate is the memory of a value.
func (x *Executor) locate(v int, shape tensor.Shape) engine.T {
	if p := x.program.values[v].param; p != nil {
		return p.Value
	}
	b := x.plan.buffers[x.plan.bufferOf[v]]
	if b.grad {
		return x.engine.View(x.block, b.offset, shape...)
	}
	return x.engine.View(x.arena, b.offset, shape...)
}

func pickTensors(all []engine.T, ids []int) []engine.T {
	out := make([]engine.T, len(ids))
	for i, id := range ids {
		out[i] = all[id]
	}
	return slices.Clip(out)
}
