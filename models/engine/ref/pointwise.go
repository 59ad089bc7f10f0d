package ref

import "github.com/seed-a5aa75a0/podium/models/engine"

// ReLU is the larger of x and 0. y may be x.
func (e *Engine) ReLU(n int, x, y engine.T) error {
	o := operands{op: "relu"}
	o.want(n >= 1, "want at least 1 element, got %d", n)
	xv, yv := o.get("x", x, n), o.get("y", y, n)
	if o.err != nil {
		return o.err
	}
	for i, v := range xv {
		ending{max: true}.finish(&yv[i], float64(v), 0)
	}
	return nil
}

// ReLUBackward is dy where y > 0, else 0. dx may be dy.
func (e *Engine) ReLUBackward(n int, y, dy, dx engine.T) error {
	o := operands{op: "relu backward"}
	o.want(n >= 1, "want at least 1 element, got %d", n)
	yv, dyv, dxv := o.get("y", y, n), o.get("dy", dy, n), o.get("dx", dx, n)
	if o.err != nil {
		return o.err
	}
	for i, v := range yv {
		if v > 0 {
			dxv[i] = dyv[i]
		} else {
			dxv[i] = 0
		}
	}
	return nil
}

// BiasReLUBackward is the gradient before a bias and a ReLU, and the bias's. dx
// may be dy.
func (e *Engine) BiasReLUBackward(rows, cols int, y, dy, dx, db engine.T) error {
	o := operands{op: "bias relu backward"}
	o.want(rows >= 1 && cols >= 1, "want at least 1 row and 1 column, got %d and %d", rows, cols)
	yv, dyv := o.get("y", y, rows*cols), o.get("dy", dy, rows*cols)
	dxv, dbv := o.get("dx", dx, rows*cols), o.get("db", db, cols)
	if o.err != nil {
		return o.err
	}
	sums := make([]float64, cols)
	for i, v := range yv {
		dxv[i] = dyv[i]
		if !(v > 0) {
			dxv[i] = 0
		}
		sums[i%cols] += float64(dxv[i])
	}
	store(dbv, sums)
	return nil
}

// ColumnSum adds up each column of a [rows, cols] matrix.
func (e *Engine) ColumnSum(rows, cols int, x, out engine.T) error {
	o := operands{op: "column sum"}
	o.want(rows >= 1 && cols >= 1, "want at least 1 row and 1 column, got %d and %d", rows, cols)
	xv, ov := o.get("x", x, rows*cols), o.get("out", out, cols)
	if o.err != nil {
		return o.err
	}
	for c := range cols {
		var sum float64
		for r := range rows {
			sum += float64(xv[r*cols+c])
		}
		ov[c] = float32(sum)
	}
	return nil
}

// Mean is the mean of n elements.
func (e *Engine) Mean(n int, x, out engine.T) error {
	o := operands{op: "mean"}
	o.want(n >= 1, "want at least 1 element, got %d", n)
	xv, ov := o.get("x", x, n), o.get("out", out, 1)
	if o.err != nil {
		return o.err
	}
	var sum float64
	for _, v := range xv {
		sum += float64(v)
	}
	ov[0] = float32(sum / float64(n))
	return nil
}

// Dropout zeroes elements by engine.Keep and scales the others by 1/(1-p). y may be x.
func (e *Engine) Dropout(n int, p float32, seed uint64, x, y engine.T) error {
	o := operands{op: "dropout"}
	o.want(n >= 1, "want at least 1 element, got %d", n)
	o.want(p >= 0 && p <= 1, "want a probability, got %v", p)
	xv, yv := o.get("x", x, n), o.get("y", y, n)
	if o.err != nil {
		return o.err
	}
	for i, v := range xv {
		if engine.Keep(seed, i, p) {
			yv[i] = float32(float64(v) / (1 - float64(p)))
		} else {
			yv[i] = 0
		}
	}
	return nil
}
