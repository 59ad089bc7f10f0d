package cpu

import (
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// An update passes once over all parameters: chunks of all of them are the tasks.

// params are the tensors of an update, and how they are cut. The slices are kept
// between calls, so that an update in steady state allocates nothing.
type params struct {
	of     [][4][]float32 // the tensors of parameter i
	chunks []chunk
	total  int // elements of all parameters
}

// chunk is elements [lo, hi) of a parameter.
type chunk struct{ param, lo, hi int }

// at is tensor k of a chunk.
func (p *params) at(c chunk, k int) []float32 { return p.of[c.param][k][c.lo:c.hi] }

// gather fetches the lists of tensors; the size of lists[ruling][i] rules for
// parameter i. A nil list is left out.
func (p *params) gather(o *operands, ruling int, names []string, lists ...[]engine.T) {
	p.of, p.chunks, p.total = p.of[:0], p.chunks[:0], 0
	w := lists[ruling]
	for k, list := range lists {
		if o.err == nil && list != nil && len(list) != len(w) {
			o.err = fmt.Errorf("%s: want as many tensors in each list, got %d %s and %d %s", o.op, len(w), names[ruling], len(list), names[k])
		}
	}
	for i := 0; o.err == nil && i < len(w); i++ {
		if w[i] == nil {
			o.err = fmt.Errorf("%s: %s[%d]: want a tensor, got none", o.op, names[ruling], i)
			return
		}
		p.add(o, i, w[i].Shape().TotalSize(), names, lists)
	}
}

// add fetches the tensors of parameter i, of n elements, and cuts it.
func (p *params) add(o *operands, i, n int, names []string, lists [][]engine.T) {
	var of [4][]float32
	for k, list := range lists {
		if list == nil {
			continue
		}
		d, err := o.e.data(names[k], list[i], n)
		if err != nil {
			o.err = fmt.Errorf("%s: parameter %d: %w", o.op, i, err)
			return
		}
		of[k] = d
	}
	p.of, p.total = append(p.of, of), p.total+n
	for lo := 0; lo < n; lo += blockFloats {
		p.chunks = append(p.chunks, chunk{i, lo, min(lo+blockFloats, n)})
	}
}

// factors wants a value a parameter in a list that is not nil.
func (o *operands) factors(name string, list []float32, params int) {
	if o.err == nil && list != nil && len(list) != params {
		o.err = fmt.Errorf("%s: %s: want a factor for each of %d parameters, got %d", o.op, name, params, len(list))
	}
}

// rates are the learning rate and the decay of parameter i.
func rates(lr float32, factors, decays []float32, i int) (rate, decay float64) {
	rate = float64(lr)
	if factors != nil {
		rate *= float64(factors[i])
	}
	if decays != nil {
		decay = float64(decays[i])
	}
	return rate, decay
}

// scaleOf is a gradient's scale with the default applied.
func scaleOf(scale float32) float32 {
	if scale == 0 {
		return 1
	}
	return scale
}

var (
	adamNames = []string{"w", "g", "m", "v"}
	sgdNames  = []string{"w", "g", "velocity"}
	emaNames  = []string{"avg", "w"}
)

// Adam is one step of AdamW on each parameter. The size of w[i] rules.
func (e *Engine) Adam(a engine.Adam, w, g, m, v []engine.T) error {
	o, c := e.operands("adam"), &e.calls.pass.adam
	if a.Step < 1 {
		return fmt.Errorf("adam: want a step from 1 on, got %d", a.Step)
	}
	o.factors("LRs", a.LRs, len(w))
	o.factors("Decay", a.Decay, len(w))
	c.vectorSet = e.vectors()
	c.gather(&o, 0, adamNames, nonNil(w), nonNil(g), nonNil(m), nonNil(v))
	if o.err != nil {
		return o.err
	}
	b1, b2 := float64(a.Beta1), float64(a.Beta2)
	fix1, fix2 := 1-math.Pow(b1, float64(a.Step)), 1-math.Pow(b2, float64(a.Step))
	c.factors = c.factors[:0]
	for i := range w {
		rate, decay := rates(a.LR, a.LRs, a.Decay, i)
		c.factors = append(c.factors, adamFactors{
			beta1: a.Beta1, rest1: float32(1 - b1), beta2: a.Beta2, rest2: float32(1 - b2),
			scale: scaleOf(a.Scale), keep: float32(1 - rate*decay),
			rate: float32(rate / fix1), root: float32(1 / math.Sqrt(fix2)), eps: a.Eps,
		})
	}
	e.overBlocks(len(c.chunks), c.total, c)
	return nil
}

// nonNil makes an empty list of none, which gather does not leave out.
func nonNil(list []engine.T) []engine.T {
	if list == nil {
		return []engine.T{}
	}
	return list
}

type adamCall struct {
	*vectorSet
	params
	factors []adamFactors // a parameter each
}

func (c *adamCall) task(_, i int) {
	k := c.chunks[i]
	c.adam(c.at(k, 0), c.at(k, 1), c.at(k, 2), c.at(k, 3), &c.factors[k.param])
}
