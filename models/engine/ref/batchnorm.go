package ref

import (
	"math"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// BatchNormTrain normalises by the batch's statistics and moves the running
// ones. It needs two rows: the unbiased variance divides by rows-1.
func (e *Engine) BatchNormTrain(b engine.BatchNorm, x, residual, gamma, beta, runMean, runVar, y, mean, invStd engine.T) error {
	o := operands{op: "batch norm train"}
	o.want(b.Rows >= 2 && b.Cols >= 1, "want at least 2 rows and 1 column, got %d and %d", b.Rows, b.Cols)
	xv, yv := o.get("x", x, b.Rows*b.Cols), o.get("y", y, b.Rows*b.Cols)
	gv, bv := o.get("gamma", gamma, b.Cols), o.get("beta", beta, b.Cols)
	rm, rv := o.get("runMean", runMean, b.Cols), o.get("runVar", runVar, b.Cols)
	mv, sv := o.get("mean", mean, b.Cols), o.get("invStd", invStd, b.Cols)
	res := o.maybe("residual", residual, b.Rows*b.Cols)
	if o.err != nil {
		return o.err
	}
	n, mom := float64(b.Rows), float64(b.Momentum)
	for c := range b.Cols {
		var sum, squares float64
		for r := range b.Rows {
			sum += float64(xv[r*b.Cols+c])
		}
		m := sum / n
		for r := range b.Rows {
			d := float64(xv[r*b.Cols+c]) - m
			squares += d * d
		}
		inv := 1 / math.Sqrt(squares/n+float64(b.Eps))
		for r := range b.Rows {
			i := r*b.Cols + c
			end := ending{bias: bv, accumulate: res != nil, max: b.ReLU}
			if res != nil {
				yv[i] = res[i]
			}
			end.finish(&yv[i], (float64(xv[i])-m)*inv*float64(gv[c]), c)
		}
		mv[c], sv[c] = float32(m), float32(inv)
		rm[c] = float32((1-mom)*float64(rm[c]) + mom*m)
		rv[c] = float32((1-mom)*float64(rv[c]) + mom*squares/(n-1))
	}
	return nil
}

// BatchNormEval normalises by the running statistics.
func (e *Engine) BatchNormEval(b engine.BatchNorm, x, gamma, beta, runMean, runVar, y engine.T) error {
	o := operands{op: "batch norm eval"}
	o.want(b.Rows >= 1 && b.Cols >= 1, "want at least 1 row and 1 column, got %d and %d", b.Rows, b.Cols)
	xv, yv := o.get("x", x, b.Rows*b.Cols), o.get("y", y, b.Rows*b.Cols)
	gv, bv := o.get("gamma", gamma, b.Cols), o.get("beta", beta, b.Cols)
	rm, rv := o.get("runMean", runMean, b.Cols), o.get("runVar", runVar, b.Cols)
	if o.err != nil {
		return o.err
	}
	for i := range yv {
		c := i % b.Cols
		inv := 1 / math.Sqrt(float64(rv[c])+float64(b.Eps))
		ending{bias: bv, max: b.ReLU}.finish(&yv[i], (float64(xv[i])-float64(rm[c]))*inv*float64(gv[c]), c)
	}
	return nil
}

// BatchNormFold is BatchNormEval as an epilogue of the product before it.
func (e *Engine) BatchNormFold(b engine.BatchNorm, gamma, beta, runMean, runVar, bias, scale, shift engine.T) error {
	o := operands{op: "batch norm fold"}
	o.want(b.Cols >= 1, "want at least 1 column, got %d", b.Cols)
	gv, bv := o.get("gamma", gamma, b.Cols), o.get("beta", beta, b.Cols)
	rm, rv := o.get("runMean", runMean, b.Cols), o.get("runVar", runVar, b.Cols)
	own, sv, to := o.maybe("bias", bias, b.Cols), o.get("scale", scale, b.Cols), o.get("shift", shift, b.Cols)
	if o.err != nil {
		return o.err
	}
	for c := range b.Cols {
		factor, off := float64(gv[c])/math.Sqrt(float64(rv[c])+float64(b.Eps)), -float64(rm[c])
		if own != nil {
			off += float64(own[c])
		}
		sv[c], to[c] = float32(factor), float32(off*factor+float64(bv[c]))
	}
	return nil
}

// BatchNormBackward is the gradient of BatchNormTrain. With g the gradient of
// the normalised, scaled value and h the normalised input, dbeta is the sum of
// g, dgamma that of g*h, and dx = gamma*invStd*(g - dbeta/rows - h*dgamma/rows).
func (e *Engine) BatchNormBackward(b engine.BatchNorm, x, y, dy, gamma, mean, invStd, dx, dres, dgamma, dbeta engine.T) error {
	o := operands{op: "batch norm backward"}
	o.want(b.Rows >= 2 && b.Cols >= 1, "want at least 2 rows and 1 column, got %d and %d", b.Rows, b.Cols)
	size := b.Rows * b.Cols
	xv, dyv, dxv := o.get("x", x, size), o.get("dy", dy, size), o.get("dx", dx, size)
	gv, mv, sv := o.get("gamma", gamma, b.Cols), o.get("mean", mean, b.Cols), o.get("invStd", invStd, b.Cols)
	dg, db := o.get("dgamma", dgamma, b.Cols), o.get("dbeta", dbeta, b.Cols)
	res := o.maybe("dres", dres, size)
	var yv []float32
	if b.ReLU {
		yv = o.get("y", y, size)
	}
	if o.err != nil {
		return o.err
	}
	if res != nil { // in its place, since dx or dres may be where dy is
		for i, g := range dyv {
			if b.ReLU && !(yv[i] > 0) {
				g = 0
			}
			res[i] = g
		}
		dyv = res
	}
	n := float64(b.Rows)
	for c := range b.Cols {
		at := func(r int) (g, h float64) {
			i := r*b.Cols + c
			if !b.ReLU || yv[i] > 0 {
				g = float64(dyv[i])
			}
			return g, (float64(xv[i]) - float64(mv[c])) * float64(sv[c])
		}
		var sumG, sumGH float64
		for r := range b.Rows {
			g, h := at(r)
			sumG, sumGH = sumG+g, sumGH+g*h
		}
		for r := range b.Rows {
			g, h := at(r)
			dxv[r*b.Cols+c] = float32(float64(gv[c]) * float64(sv[c]) * (g - sumG/n - h*sumGH/n))
		}
		dg[c], db[c] = float32(sumGH), float32(sumG)
	}
	return nil
}
