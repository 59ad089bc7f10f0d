package ref

import "github.com/seed-a5aa75a0/podium/models/engine"

// DepthwiseForward is a depthwise convolution, see engine.Engine.
func (e *Engine) DepthwiseForward(c engine.Conv, x, w, y engine.T) error {
	o := operands{op: "depthwise forward"}
	s := o.depthwise(c)
	xv, wv, yv := o.get("x", x, s.x), o.get("w", w, s.w), o.get("y", y, s.y)
	if o.err != nil {
		return o.err
	}
	sums := make([]float64, s.y)
	s.channels(func(in, tap, out int) { sums[out] += float64(xv[in]) * float64(wv[tap]) })
	store(yv, sums)
	return nil
}

// DepthwiseBackwardData is the gradient of a depthwise convolution's input.
func (e *Engine) DepthwiseBackwardData(c engine.Conv, w, dy, dx engine.T) error {
	o := operands{op: "depthwise backward data"}
	s := o.depthwise(c)
	wv, dyv, dxv := o.get("w", w, s.w), o.get("dy", dy, s.y), o.get("dx", dx, s.x)
	if o.err != nil {
		return o.err
	}
	sums := make([]float64, s.x)
	s.channels(func(in, tap, out int) { sums[in] += float64(dyv[out]) * float64(wv[tap]) })
	store(dxv, sums)
	return nil
}

// DepthwiseBackwardWeights is the gradient of a depthwise convolution's weights.
func (e *Engine) DepthwiseBackwardWeights(c engine.Conv, x, dy, dw engine.T) error {
	o := operands{op: "depthwise backward weights"}
	s := o.depthwise(c)
	xv, dyv, dwv := o.get("x", x, s.x), o.get("dy", dy, s.y), o.get("dw", dw, s.w)
	if o.err != nil {
		return o.err
	}
	sums := make([]float64, s.w)
	s.channels(func(in, tap, out int) { sums[tap] += float64(xv[in]) * float64(dyv[out]) })
	store(dwv, sums)
	return nil
}

// depthwise is conv for weights of one value a tap and channel.
func (o *operands) depthwise(c engine.Conv) convSizes {
	if err := c.CheckDepthwise(); err != nil {
		o.want(false, "%w", err)
		return convSizes{}
	}
	s := o.conv(c)
	s.w = c.R * c.S * c.C
	return s
}

// channels calls f for every product: the elements of the input, the weights and
// the output.
func (s convSizes) channels(f func(in, tap, out int)) {
	for out := range s.y / s.C {
		s.taps(out, func(tap, in int) {
			for c := range s.C {
				f(in*s.C+c, tap*s.C+c, out*s.C+c)
			}
		})
	}
}

// ReLU6 is x between 0 and 6. y may be x.
func (e *Engine) ReLU6(n int, x, y engine.T) error {
	o := operands{op: "relu6"}
	o.want(n >= 1, "want at least 1 element, got %d", n)
	xv, yv := o.get("x", x, n), o.get("y", y, n)
	if o.err != nil {
		return o.err
	}
	for i, v := range xv {
		yv[i] = min(max(v, 0), 6)
	}
	return nil
}

// ReLU6Backward is dy where 0 < y < 6, else 0. dx may be dy.
func (e *Engine) ReLU6Backward(n int, y, dy, dx engine.T) error {
	o := operands{op: "relu6 backward"}
	o.want(n >= 1, "want at least 1 element, got %d", n)
	yv, dyv, dxv := o.get("y", y, n), o.get("dy", dy, n), o.get("dx", dx, n)
	if o.err != nil {
		return o.err
	}
	for i, v := range yv {
		dxv[i] = dyv[i]
		if !(v > 0 && v < 6) {
			dxv[i] = 0
		}
	}
	return nil
}
