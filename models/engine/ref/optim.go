package ref

import (
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Adam is one step of AdamW on each parameter. The size of w[i] rules.
func (e *Engine) Adam(a engine.Adam, w, g, m, v []engine.T) error {
	o := operands{op: "adam"}
	o.want(a.Step >= 1, "want a step from 1 on, got %d", a.Step)
	o.counts(len(w), len(g), len(m), len(v))
	o.factors(len(w), a.LRs, a.Decay)
	p := make([][4][]float32, len(w))
	for i := range p {
		p[i] = [4][]float32{o.whole("w", i, w), o.like("g", i, g, w), o.like("m", i, m, w), o.like("v", i, v, w)}
	}
	if o.err != nil {
		return o.err
	}
	b1, b2 := float64(a.Beta1), float64(a.Beta2)
	fix1, fix2 := 1-math.Pow(b1, float64(a.Step)), 1-math.Pow(b2, float64(a.Step))
	for i, p := range p {
		lr, decay := factor(a.LR, a.LRs, i), at(a.Decay, i, 0)
		w, g, m, v := p[0], p[1], p[2], p[3]
		for j := range w {
			grad := float64(g[j]) * scaleOf(a.Scale)
			mj := b1*float64(m[j]) + (1-b1)*grad
			vj := b2*float64(v[j]) + (1-b2)*grad*grad
			next := float64(w[j]) * (1 - lr*decay)
			next -= lr * (mj / fix1) / (math.Sqrt(vj/fix2) + float64(a.Eps))
			w[j], m[j], v[j] = float32(next), float32(mj), float32(vj)
		}
	}
	return nil
}

// SGD is one step of gradient descent on each parameter. The size of w[i]
// rules. Without momentum velocity is left alone and may be nil.
func (e *Engine) SGD(s engine.SGD, w, g, velocity []engine.T) error {
	o := operands{op: "sgd"}
	o.counts(len(w), len(g))
	if s.Momentum != 0 {
		o.counts(len(w), len(velocity))
	}
	o.factors(len(w), s.LRs, s.Decay)
	p := make([][3][]float32, len(w))
	for i := range p {
		p[i] = [3][]float32{o.whole("w", i, w), o.like("g", i, g, w)}
		if s.Momentum != 0 {
			p[i][2] = o.like("velocity", i, velocity, w)
		}
	}
	if o.err != nil {
		return o.err
	}
	for i, p := range p {
		lr, decay := factor(s.LR, s.LRs, i), at(s.Decay, i, 0)
		w, g, velocity := p[0], p[1], p[2]
		for j := range w {
			grad := float64(g[j])*scaleOf(s.Scale) + decay*float64(w[j])
			step := grad
			if s.Momentum != 0 {
				vel := float64(s.Momentum)*float64(velocity[j]) + grad
				velocity[j] = float32(vel)
				step = vel
				if s.Nesterov {
					step = grad + float64(s.Momentum)*vel
				}
			}
			w[j] = float32(float64(w[j]) - lr*step)
		}
	}
	return nil
}

// EMA moves each avg towards w. The size of w[i] rules.
func (e *Engine) EMA(decay float32, avg, w []engine.T) error {
	o := operands{op: "ema"}
	o.counts(len(avg), len(w))
	p := make([][2][]float32, len(avg))
	for i := range p {
		p[i] = [2][]float32{o.like("avg", i, avg, w), o.whole("w", i, w)}
	}
	if o.err != nil {
		return o.err
	}
	for _, p := range p {
		for j, v := range p[1] {
			p[0][j] = float32(float64(decay)*float64(p[0][j]) + (1-float64(decay))*float64(v))
		}
	}
	return nil
}

// counts wants as many tensors in each list.
func (o *operands) counts(want int, got ...int) {
	for _, n := range got {
		o.want(n == want, "want as many tensors in each list, got %d and %d", want, n)
	}
}

// factors wants a value a parameter in each list that is not nil.
func (o *operands) factors(params int, lists ...[]float32) {
	for _, l := range lists {
		o.want(l == nil || len(l) == params, "want a factor for each of %d parameters, got %d", params, len(l))
	}
}

// whole is all elements of ts[i]; like is as many elements as w[i] has.
func (o *operands) whole(name string, i int, ts []engine.T) []float32 {
	return o.like(name, i, ts, ts)
}

func (o *operands) like(name string, i int, ts, w []engine.T) []float32 {
	if o.err != nil {
		return nil
	}
	o.want(w[i] != nil, "w[%d]: want a tensor, got none", i)
	if o.err != nil {
		return nil
	}
	return o.get(fmt.Sprintf("%s[%d]", name, i), ts[i], w[i].Shape().TotalSize())
}

func factor(lr float32, factors []float32, i int) float64 {
	return float64(lr) * at(factors, i, 1)
}

func at(list []float32, i int, otherwise float64) float64 {
	if list == nil {
		return otherwise
	}
	return float64(list[i])
}

func scaleOf(s float32) float64 {
	if s == 0 {
		return 1
	}
	return float64(s)
}
