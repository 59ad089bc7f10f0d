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
	c.SGD = s
	c.gather(&o, 0, sgdNames, nonNil(w), nonNil(g), velocity)
	if o.err != nil {
		return o.err
	}
	e.overBlocks(len(c.chunks), c.total, c)
	return nil
}

type sgdCall struct {
	engine.SGD
	params
}

func (c *sgdCall) task(_, i int) {
	k := c.chunks[i]
	w, g := c.at(k, 0), c.at(k, 1)
	r, d := rates(c.LR, c.LRs, c.SGD.Decay, k.param)
	rate, decay, scale := float32(r), float32(d), scaleOf(c.Scale)
	g = g[:len(w)]
	if c.Momentum == 0 {
		for j, grad := range g {
			w[j] -= rate * (scale*grad + decay*w[j])
		}
		return
	}
	velocity := c.at(k, 2)[:len(w)]
	own := float32(0) // Nesterov: the gradient's own share of the step
	mom, ahead := c.Momentum, float32(1)
	if c.Nesterov {
		own, ahead = 1, mom
	}
	for j, grad := range g {
		grad = scale*grad + decay*w[j]
		v := mom*velocity[j] + grad
		velocity[j] = v
		w[j] -= rate * (own*grad + ahead*v)
	}
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
