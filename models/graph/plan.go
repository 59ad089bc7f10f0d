package graph

import (
	"cmp"
	"slices"
)

// align is the spacing of buffers in elements: 256 bytes, which is what a GPU's
// allocator gives and more than any vector load wants.
const align = 64

// buffer is memory that one value after another lives in: a value, views of it
// and results that took its place.
type buffer struct {
	size        int // elements, a multiple of align
	first, last int // steps between which it is in use, both included; -1 is before the first step
	grad        bool
	offset      int // in the arena, or in the block of gradients
}

// plan says where the values of a program live. Everything but parameters lives
// in two blocks: the arena, whose memory is used again as soon as it is free,
// and the gradients of the parameters, which stay until the next step.
type plan struct {
	buffers  []buffer
	bufferOf []int // of a value; -1 for parameters
	arena    int   // elements
	grads    int   // elements
}

// newPlan places the values for the largest batch. keep are values that outlive
// the run, grads those of them that are gradients of parameters.
func newPlan(p *program, keep, grads []int) *plan {
	pl := &plan{bufferOf: make([]int, len(p.values))}
	last := lastUses(p, append(slices.Clone(keep), grads...))
	isGrad := make([]bool, len(p.values))
	for _, v := range grads {
		isGrad[v] = true
	}
	for v := range p.values {
		pl.bufferOf[v] = -1
		if p.values[v].fed {
			pl.open(p, v, -1, last[v])
		}
	}
	for i, st := range p.steps {
		for k, v := range st.out {
			switch {
			case k == 0 && st.op.view:
				pl.join(v, pl.bufferOf[st.in[0]], last[v])
			case !isGrad[v] && pl.takeOver(p, i, k, last[v]):
			default:
				pl.open(p, v, i, last[v])
			}
		}
	}
	for _, v := range grads {
		pl.buffers[pl.bufferOf[v]].grad = true
	}
	pl.layOut()
	return pl
}

// lastUses gives for each value the last step that reads or writes it.
func lastUses(p *program, keep []int) []int {
	last := make([]int, len(p.values))
	for i, st := range p.steps {
		for _, v := range slices.Concat(st.in, st.out) {
			last[v] = i
		}
	}
	for _, v := range keep {
		last[v] = len(p.steps)
	}
	return last
}

func (pl *plan) open(p *program, v, first, last int) {
	size := max(p.values[v].shape.TotalSize(), 1)
	pl.bufferOf[v] = len(pl.buffers)
	pl.buffers = append(pl.buffers, buffer{size: (size + align - 1) / align * align, first: first, last: last})
}

func (pl *plan) join(v, b, last int) {
	pl.bufferOf[v] = b
	pl.buffers[b].last = max(pl.buffers[b].last, last)
}

// takeOver puts result r of step i in the place of an input that is not needed
// any more, if the op allows that.
func (pl *plan) takeOver(p *program, i, r, last int) bool {
	st := p.steps[i]
	for _, k := range st.op.places(r) {
		b := pl.bufferOf[st.in[k]]
		if b < 0 || pl.buffers[b].last > i {
			continue // a parameter, or still needed
		}
		others := slices.Delete(slices.Clone(st.in), k, k+1)
		if slices.ContainsFunc(others, func(v int) bool { return pl.bufferOf[v] == b }) {
			continue // another operand, or the same one again, lives there too
		}
		pl.join(st.out[r], b, last)
		return true
	}
	return false
}

// layOut gives the buffers their offsets: the largest first, each at the lowest
// offset where no buffer lies that is in use at the same time ("greedy by size",
// Pisarchyk and Lee 2020, arXiv:2001.03288).
func (pl *plan) layOut() {
	order := make([]*buffer, 0, len(pl.buffers))
	for i := range pl.buffers {
		b := &pl.buffers[i]
		if b.grad {
			b.offset = pl.grads
			pl.grads += b.size
			continue
		}
		order = append(order, b)
	}
	slices.SortStableFunc(order, func(a, b *buffer) int { return cmp.Compare(b.size, a.size) })
	var placed []*buffer // by offset
	for _, b := range order {
		for _, q := range placed {
			overlapInTime := q.first <= b.last && b.first <= q.last
			if overlapInTime && q.offset < b.offset+b.size && b.offset < q.offset+q.size {
				b.offset = q.offset + q.size
			}
		}
		pl.arena = max(pl.arena, b.offset+b.size)
		placed = append(placed, b)
		slices.SortStableFunc(placed, func(a, b *buffer) int { return cmp.Compare(a.offset, b.offset) })
	}
}
