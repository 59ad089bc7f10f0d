package ref

import "github.com/seed-a5aa75a0/podium/models/engine"

// SquaredError adds scale*weight*sum((x-target)^2) of each row to its loss.
func (e *Engine) SquaredError(rows, cols int, scale float32, x, target, weight, loss engine.T) error {
	o := operands{op: "squared error"}
	o.matrix(rows, cols)
	xv, tv := o.get("x", x, rows*cols), o.get("target", target, rows*cols)
	wv, lv := o.get("weight", weight, rows), o.get("loss", loss, rows)
	if o.err != nil {
		return o.err
	}
	for r := range rows {
		if wv[r] == 0 {
			continue
		}
		var sum float64
		for c := range cols {
			d := float64(xv[r*cols+c]) - float64(tv[r*cols+c])
			sum += d * d
		}
		lv[r] += float32(float64(scale) * float64(wv[r]) * sum)
	}
	return nil
}

// SquaredErrorBackward is 2*scale*weight*(x-target).
func (e *Engine) SquaredErrorBackward(rows, cols int, scale float32, x, target, weight, dx engine.T) error {
	o := operands{op: "squared error backward"}
	o.matrix(rows, cols)
	xv, tv := o.get("x", x, rows*cols), o.get("target", target, rows*cols)
	wv, dv := o.get("weight", weight, rows), o.get("dx", dx, rows*cols)
	if o.err != nil {
		return o.err
	}
	for i := range rows * cols {
		if dv[i] = 0; wv[i/cols] != 0 {
			dv[i] = float32(2 * float64(scale) * float64(wv[i/cols]) * (float64(xv[i]) - float64(tv[i])))
		}
	}
	return nil
}
