package graph

import (
	"slices"
	"testing"
)

// TestPlan checks the plan of every case: what is in use at the same time lies
// apart, and the memory is close to what is in use at the worst moment.
func TestPlan(t *testing.T) {
	t.Parallel()
	for _, c := range append(slices.Clone(netCases), everything) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _, x := c.train(t, newRef(t), 1)
			checkPlan(t, x)
			checkPlan(t, c.eval(t, s))
		})
	}
}

func checkPlan(t *testing.T, x *Executor) {
	t.Helper()
	pl := x.plan
	for i, a := range pl.buffers {
		if end := a.offset + a.size; a.offset%align != 0 || !a.grad && end > pl.arena || a.grad && end > pl.grads {
			t.Errorf("buffer %d [%d, %d) does not fit its block or is not aligned", i, a.offset, end)
		}
		for j, b := range pl.buffers[:i] {
			inTime := a.first <= b.last && b.first <= a.last
			inSpace := a.offset < b.offset+b.size && b.offset < a.offset+a.size
			if a.grad == b.grad && inSpace && (inTime || a.grad) {
				t.Errorf("buffers %d and %d lie in the same place at the same time", i, j)
			}
		}
	}
	for v, b := range pl.bufferOf {
		if b >= 0 && pl.buffers[b].size < x.program.values[v].shape.TotalSize() {
			t.Errorf("value %s is larger than its buffer", x.program.values[v].name)
		}
	}
	if bound := pl.lowerBound(len(x.program.steps)); pl.arena > bound*5/4 {
		t.Errorf("arena of %d elements, %d are in use at most", pl.arena, bound)
	}
}

// TestInPlace: dropout, ReLU's gradient and gradient sums write over operands
// that nothing needs any more, and over no others.
func TestInPlace(t *testing.T) {
	t.Parallel()
	_, _, x := everything.train(t, newRef(t), 1)
	inPlace := map[string]bool{}
	for i, st := range x.program.steps {
		out := x.plan.bufferOf[st.out[0]]
		for k, v := range st.in {
			if st.op.view || x.plan.bufferOf[v] != out {
				continue
			}
			inPlace[st.op.kind] = true
			if !slices.Contains(st.op.reuse, k) {
				t.Errorf("%s writes over operand %d", st.op, k)
			}
			for _, later := range x.program.steps[i+1:] {
				if slices.Contains(later.in, v) {
					t.Errorf("%s writes over operand %d, which %s needs", st.op, k, later.op)
				}
			}
		}
	}
	for _, kind := range []string{"dropout backward", "relu backward", "gradient sum", "add"} {
		if !inPlace[kind] {
			t.Errorf("%s is never done in place", kind)
		}
	}
}
