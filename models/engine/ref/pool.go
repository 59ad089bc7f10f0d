package ref

import "github.com/seed-a5aa75a0/podium/models/engine"

// MaxPool takes the largest of each window.
func (e *Engine) MaxPool(p engine.Pool, x, y engine.T) error {
	o := operands{op: "max pool"}
	s := o.pool(p)
	xv, yv := o.get("x", x, s.x), o.get("y", y, s.y)
	if o.err != nil {
		return o.err
	}
	s.each(func(out int, window []int) {
		best := xv[window[0]]
		for _, in := range window {
			if v := xv[in]; v > best || v != v { // a NaN wins, so that it is seen
				best = v
			}
		}
		yv[out] = best
	})
	return nil
}

// MaxPoolBackward sends dy to the first position of the window that equals y.
func (e *Engine) MaxPoolBackward(p engine.Pool, x, y, dy, dx engine.T) error {
	o := operands{op: "max pool backward"}
	s := o.pool(p)
	xv, yv := o.get("x", x, s.x), o.get("y", y, s.y)
	dyv, dxv := o.get("dy", dy, s.y), o.get("dx", dx, s.x)
	if o.err != nil {
		return o.err
	}
	sums := make([]float64, s.x)
	s.each(func(out int, window []int) {
		for _, in := range window {
			if xv[in] == yv[out] {
				sums[in] += float64(dyv[out])
				return
			}
		}
	})
	store(dxv, sums)
	return nil
}

// AvgPool is the mean of the elements of each window that lie inside the image.
func (e *Engine) AvgPool(p engine.Pool, x, y engine.T) error {
	o := operands{op: "average pool"}
	s := o.pool(p)
	xv, yv := o.get("x", x, s.x), o.get("y", y, s.y)
	if o.err != nil {
		return o.err
	}
	s.each(func(out int, window []int) {
		var sum float64
		for _, in := range window {
			sum += float64(xv[in])
		}
		yv[out] = float32(sum * s.Share(len(window)))
	})
	return nil
}

// AvgPoolBackward spreads dy evenly over the window.
func (e *Engine) AvgPoolBackward(p engine.Pool, dy, dx engine.T) error {
	o := operands{op: "average pool backward"}
	s := o.pool(p)
	dyv, dxv := o.get("dy", dy, s.y), o.get("dx", dx, s.x)
	if o.err != nil {
		return o.err
	}
	sums := make([]float64, s.x)
	s.each(func(out int, window []int) {
		for _, in := range window {
			sums[in] += float64(dyv[out]) * s.Share(len(window))
		}
	})
	store(dxv, sums)
	return nil
}

// poolSizes are the numbers of elements of a pool's operands.
type poolSizes struct {
	engine.Pool
	x, y int
}

// pool checks a description and applies the default of the strides.
func (o *operands) pool(p engine.Pool) poolSizes {
	if err := p.Check(); err != nil {
		o.want(false, "%w", err)
		return poolSizes{}
	}
	p.StrideH, p.StrideW = p.Strides()
	return poolSizes{p, p.N * p.H * p.W * p.C, p.N * p.OutH() * p.OutW() * p.C}
}

// each calls f for every element of the output with the elements of the input
// that its window covers, row by row. Check sees to it that there is one.
func (s poolSizes) each(f func(out int, window []int)) {
	window := make([]int, 0, s.R*s.S)
	for out := range s.y {
		ch, pos := out%s.C, out/s.C
		ow, oh, n := pos%s.OutW(), pos/s.OutW()%s.OutH(), pos/(s.OutW()*s.OutH())
		window = window[:0]
		for h := oh*s.StrideH - s.PadH; h < oh*s.StrideH-s.PadH+s.R; h++ {
			for w := ow*s.StrideW - s.PadW; w < ow*s.StrideW-s.PadW+s.S; w++ {
				if h >= 0 && h < s.H && w >= 0 && w < s.W {
					window = append(window, ((n*s.H+h)*s.W+w)*s.C+ch)
				}
			}
		}
		f(out, window)
	}
}
