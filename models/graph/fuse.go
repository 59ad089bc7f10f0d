package graph

import "slices"

// The operations that fuse knows by name; of the others it asks what they may do
// to their result (op.may).
const (
	kindReLU         = "relu"
	kindReLUBackward = "relu backward"
	kindAdd          = "add"
	kindGradientSum  = "gradient sum"
)

// fuse rewrites the program so that what passes over memory only to change what
// another operation has just written becomes part of that one:
//
//   - normalisation by given statistics becomes factors and a bias of the
//     product before it,
//   - the addition of a residual, or of another gradient, and a ReLU become part
//     of the product or normalisation before them,
//   - a ReLU's backward pass becomes part of that of the normalisation before it,
//     which keeps the gradient between them if others need it.
//
// keep are values that outlive the run. All but the first rule leave every bit of
// the results as it is, where an engine adds to memory once all of a product is
// there: the CPU does but for dense layers of many features, which it sums in parts.
func (p *program) fuse(keep []int) {
	rules := []func(*program, *uses, int) bool{fuseNorm, fuseSum, fuseReLU, fuseGate}
	for again := true; again; {
		again = false
		u := p.uses(keep)
		for i := 0; i < len(p.steps) && !again; i++ {
			for _, rule := range rules {
				if again = rule(p, u, i); again {
					break // steps have moved
				}
			}
		}
	}
}

// uses says which step makes a value, -1 for none, and which read it.
type uses struct {
	maker   []int
	readers [][]int // in order; a step that reads a value twice is there twice
	kept    []bool
}

func (p *program) uses(keep []int) *uses {
	u := &uses{make([]int, len(p.values)), make([][]int, len(p.values)), make([]bool, len(p.values))}
	for v := range u.maker {
		u.maker[v] = -1
	}
	for i, st := range p.steps {
		for _, v := range st.in {
			u.readers[v] = append(u.readers[v], i)
		}
		for _, v := range st.out {
			u.maker[v] = i
		}
	}
	for _, v := range keep {
		u.kept[v] = true
	}
	return u
}

// only is the step whose result v is, if nothing but one operand reads v.
func (u *uses) only(p *program, v int) (i int, ok bool) {
	i = u.maker[v]
	return i, i >= 0 && p.steps[i].out[0] == v && len(u.readers[v]) == 1 && !u.kept[v]
}

// dies says that nothing but one operand of step i needs v from there on, so that
// a result may lie where v lay.
func (u *uses) dies(p *program, v, i int) bool {
	if u.kept[v] || u.maker[v] < 0 || p.steps[u.maker[v]].op.view {
		return false
	}
	count := 0
	for _, r := range u.readers[v] {
		if r > i || p.steps[r].op.view {
			return false
		}
		if r == i {
			count++
		}
	}
	return count == 1
}

// movable says that step j may run as late as step i: nothing but that one reads
// its side results before.
func (u *uses) movable(p *program, j, i int) bool {
	for _, v := range p.steps[j].out[1:] {
		if len(u.readers[v]) > 0 && u.readers[v][0] <= i {
			return false
		}
	}
	return true
}

// put makes steps be where step i was, and removes step j. Both indices are of
// the program as it is.
func (p *program) put(i, j int, steps ...step) {
	p.steps[j].op = nil
	p.steps = slices.Replace(p.steps, i, i+1, steps...)
	p.steps = slices.DeleteFunc(p.steps, func(st step) bool { return st.op == nil })
}

// fuseNorm: step i normalises a product by given statistics.
func fuseNorm(p *program, u *uses, i int) bool {
	norm := p.steps[i]
	if norm.op.fold == nil {
		return false
	}
	j, ok := u.only(p, norm.in[0])
	if !ok {
		return false
	}
	product := p.steps[j]
	end := product.op.end
	if !product.op.may.scale || end.scale || end.add || end.relu {
		return false
	}
	own := len(product.in) - count(end.bias)
	fold := step{op: norm.op.fold(end.bias), in: slices.Concat(norm.in[1:], product.in[own:])}
	channels := p.values[norm.in[1]].shape
	for _, name := range []string{"scale", "shift"} {
		fold.out = append(fold.out, p.value(value{name: norm.op.layer + "." + name, shape: channels}))
	}
	p.put(j, i, fold, step{
		op:  product.op.with(ending{scale: true, bias: true, relu: norm.op.end.relu}),
		in:  slices.Concat(product.in[:own], fold.out),
		out: norm.out,
	})
	return true
}

// fuseSum: step i adds to the result of a product or normalisation. A product
// adds in the memory of the other operand, which must not be needed any more.
func fuseSum(p *program, u *uses, i int) bool {
	sum := p.steps[i]
	if sum.op.kind != kindAdd && sum.op.kind != kindGradientSum || u.kept[sum.out[0]] {
		return false
	}
	best, other := -1, 0
	for k, v := range sum.in {
		j, ok := u.only(p, v)
		if !ok || j < best || !p.steps[j].op.may.add || p.steps[j].op.end.add || p.steps[j].op.end.relu {
			continue
		}
		rest := sum.in[1-k]
		if !u.movable(p, j, i) || slices.Contains(p.steps[j].in, rest) || !p.steps[j].op.apart && !u.dies(p, rest, i) {
			continue
		}
		best, other = j, rest
	}
	if best < 0 {
		return false
	}
	into := p.steps[best]
	end := into.op.end
	end.add = true
	out := slices.Clone(into.out)
	out[0] = sum.out[0]
	p.put(i, best, step{op: into.op.with(end), in: append(slices.Clone(into.in), other), out: out})
	return true
}

// fuseReLU: step i is the ReLU of a product or normalisation.
func fuseReLU(p *program, u *uses, i int) bool {
	relu := p.steps[i]
	if relu.op.kind != kindReLU {
		return false
	}
	j, ok := u.only(p, relu.in[0])
	if !ok || !p.steps[j].op.may.relu || p.steps[j].op.end.relu {
		return false
	}
	into := p.steps[j]
	end := into.op.end
	end.relu = true
	out := slices.Clone(into.out)
	out[0] = relu.out[0]
	p.put(j, i, step{op: into.op.with(end), in: into.in, out: out})
	return true
}

// fuseGate: step i is a ReLU's backward pass, and the first that reads what it
// gives is that of a normalisation.
func fuseGate(p *program, u *uses, i int) bool {
	relu := p.steps[i]
	if relu.op.kind != kindReLUBackward || u.kept[relu.out[0]] {
		return false
	}
	y, dy, g := relu.in[0], relu.in[1], relu.out[0]
	at := slices.IndexFunc(u.readers[g], func(j int) bool { return p.steps[j].op.gate != nil && p.steps[j].in[2] == g })
	if at < 0 {
		return false
	}
	j := u.readers[g][at]
	norm := p.steps[j]
	for _, v := range norm.in {
		if v != g && u.maker[v] > i {
			return false
		}
	}
	spread := len(u.readers[g]) > 1
	in, out := slices.Clone(norm.in), slices.Clone(norm.out)
	in[1], in[2] = y, dy
	if spread {
		out = append(out, g)
	}
	p.put(i, j, step{op: norm.op.gate(spread), in: in, out: out})
	return true
}
