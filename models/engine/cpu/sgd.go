package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// SGD is one step of gradient descent on each parameter. The size of w[i]
// rules. Without momentum velocity is left alone and may be nil.
func (e *Engine) SGD(s engine.SGD, w, g, velocity []engine.T) error {
	o, c := e.operands("sgd"), &e.calls.pass.sgd
	o.factors("LRs", s.LRs, len(w))
	o.factors("Decay", s.Decay, len(w))
	if velocity = nonNil(velocity); s.Momentum == 0 {
		velocity = nil
	}
	c.vectorSet = e.vectors()
	c.gather(&o, 0, sgdNames, nonNil(w), nonNil(g), velocity)
	if o.err != nil {
		return o.err
	}
	c.factors = c.factors[:0]
	for i := range w {
		rate, decay := rates(s.LR, s.LRs, s.Decay, i)
		f := sgdFactors{scale: scaleOf(s.Scale), decay: float32(decay), momentum: s.Momentum, along: float32(rate)}
		switch {
		case s.Momentum == 0:
			f.own, f.along = f.along, 0
		case s.Nesterov:
			f.own, f.along = f.along, float32(rate*float64(s.Momentum))
		}
		c.factors = append(c.factors, f)
	}
	e.overBlocks(len(c.chunks), c.total, c)
	return nil
}

type sgdCall struct {
	*vectorSet
	params
	factors []sgdFactors // a parameter each
}

func (c *sgdCall) task(_, i int) {
	k := c.chunks[i]
	f := &c.factors[k.param]
	if f.momentum == 0 {
		c.descent(c.at(k, 0), c.at(k, 1), f)
		return
	}
	c.momentum(c.at(k, 0), c.at(k, 1), c.at(k, 2), f)
}

// EMA moves each avg towards w. The size of w[i] rules.
func (e *Engine) EMA(decay float32, avg, w []engine.T) error {
	o, c := e.operands("ema"), &e.calls.pass.ema
	c.vectorSet, c.decay = e.vectors(), decay
	c.gather(&o, 1, emaNames, nonNil(avg), nonNil(w))
	if o.err != nil {
		return o.err
	}
	e.overBlocks(len(c.chunks), c.total, c)
	return nil
}

type emaCall struct {
	*vectorSet
	params
	decay float32
}

func (c *emaCall) task(_, i int) {
	k := c.chunks[i]
	c.ema(c.at(k, 0), c.at(k, 1), c.decay, float32(1-float64(c.decay)))
}
