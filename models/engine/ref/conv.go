package ref

import "github.com/seed-a5aa75a0/podium/models/engine"

// ConvForward is a convolution, see engine.Engine.
func (e *Engine) ConvForward(c engine.Conv, x, w, y engine.T, ep engine.Epilogue) error {
	o := operands{op: "conv forward"}
	s := o.conv(c)
	xv, wv, yv := o.get("x", x, s.x), o.get("w", w, s.w), o.get("y", y, s.y)
	end := o.ending(ep, c.K)
	if o.err != nil {
		return o.err
	}
	for out := range s.y / c.K { // position of the output: (n, oh, ow)
		for k := range c.K {
			var sum float64
			s.taps(out, func(tap, in int) {
				for ch := range c.C {
					sum += float64(xv[in*c.C+ch]) * float64(wv[(tap*c.C+ch)*c.K+k])
				}
			})
			end.finish(&yv[out*c.K+k], sum, k)
		}
	}
	return nil
}

// ConvBackwardData is the gradient of a convolution's input.
func (e *Engine) ConvBackwardData(c engine.Conv, w, dy, dx engine.T, accumulate bool) error {
	o := operands{op: "conv backward data"}
	s := o.conv(c)
	wv, dyv, dxv := o.get("w", w, s.w), o.get("dy", dy, s.y), o.get("dx", dx, s.x)
	if o.err != nil {
		return o.err
	}
	sums := make([]float64, s.x)
	for out := range s.y / c.K {
		s.taps(out, func(tap, in int) {
			for ch := range c.C {
				for k := range c.K {
					sums[in*c.C+ch] += float64(dyv[out*c.K+k]) * float64(wv[(tap*c.C+ch)*c.K+k])
				}
			}
		})
	}
	for i, v := range sums {
		ending{accumulate: accumulate}.finish(&dxv[i], v, 0)
	}
	return nil
}

// ConvBackwardWeights is the gradient of a convolution's weights.
func (e *Engine) ConvBackwardWeights(c engine.Conv, x, dy, dw engine.T) error {
	o := operands{op: "conv backward weights"}
	s := o.conv(c)
	xv, dyv, dwv := o.get("x", x, s.x), o.get("dy", dy, s.y), o.get("dw", dw, s.w)
	if o.err != nil {
		return o.err
	}
	sums := make([]float64, s.w)
	for out := range s.y / c.K {
		s.taps(out, func(tap, in int) {
			for ch := range c.C {
				for k := range c.K {
					sums[(tap*c.C+ch)*c.K+k] += float64(xv[in*c.C+ch]) * float64(dyv[out*c.K+k])
				}
			}
		})
	}
	store(dwv, sums)
	return nil
}

func store(dst []float32, sums []float64) {
	for i, v := range sums {
		dst[i] = float32(v)
	}
}

// convSizes are the numbers of elements of a convolution's operands.
type convSizes struct {
	engine.Conv
	x, w, y int
}

// conv checks a description and applies the default of the strides.
func (o *operands) conv(c engine.Conv) convSizes {
	if err := c.Check(); err != nil {
		o.want(false, "%w", err)
		return convSizes{}
	}
	c.StrideH, c.StrideW = max(c.StrideH, 1), max(c.StrideW, 1)
	return convSizes{c, c.N * c.H * c.W * c.C, c.R * c.S * c.C * c.K, c.N * c.OutH() * c.OutW() * c.K}
}

// taps calls f for each tap of the kernel that meets the image when the kernel
// stands at output position out: tap is r*S+s, in the position of the input
// (n, h, w).
func (s convSizes) taps(out int, f func(tap, in int)) {
	ow, oh, n := out%s.OutW(), out/s.OutW()%s.OutH(), out/(s.OutW()*s.OutH())
	for r := range s.R {
		h := oh*s.StrideH - s.PadH + r
		if h < 0 || h >= s.H {
			continue
		}
		for t := range s.S {
			w := ow*s.StrideW - s.PadW + t
			if w >= 0 && w < s.W {
				f(r*s.S+t, (n*s.H+h)*s.W+w)
			}
		}
	}
}
