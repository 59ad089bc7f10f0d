package cpu

import "github.com/seed-a5aa75a0/podium/models/engine"

// Squared errors are those of a handful of values a row, such as the four of a box:
// plain loops on one thread, in float64, cost nothing against the net before them.

// SquaredError adds scale*weight*sum((x-target)^2) of each row to its loss.
func (e *Engine) SquaredError(rows, cols int, scale float32, x, target, weight, loss engine.T) error {
	o := e.operands("squared error")
	o.matrix(rows, cols, 1)
	xv, tv := o.get("x", x, rows*cols), o.get("target", target, rows*cols)
	wv, lv := o.get("weight", weight, rows), o.get("loss", loss, rows)
	if o.err != nil {
		return o.err
	}
	for r, w := range wv[:rows] {
		if w == 0 {
			continue
		}
		var sum float64
		for i := r * cols; i < (r+1)*cols; i++ {
			d := float64(xv[i]) - float64(tv[i])
			sum += d * d
		}
		lv[r] += float32(float64(scale) * float64(w) * sum)
	}
	return nil
}

// SquaredErrorBackward is 2*scale*weight*(x-target).
func (e *Engine) SquaredErrorBackward(rows, cols int, scale float32, x, target, weight, dx engine.T) error {
	o := e.operands("squared error backward")
	o.matrix(rows, cols, 1)
	xv, tv := o.get("x", x, rows*cols), o.get("target", target, rows*cols)
	wv, dv := o.get("weight", weight, rows), o.get("dx", dx, rows*cols)
	if o.err != nil {
		return o.err
	}
	for r, w := range wv[:rows] {
		for i := r * cols; i < (r+1)*cols; i++ {
			if dv[i] = 0; w != 0 {
				dv[i] = float32(2 * float64(scale) * float64(w) * (float64(xv[i]) - float64(tv[i])))
			}
		}
	}
	return nil
}
