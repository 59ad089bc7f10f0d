package ref

import (
	"math"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Softmax is exp(x)/sum(exp(x)) over each row.
func (e *Engine) Softmax(rows, cols int, x, y engine.T) error {
	o := operands{op: "softmax"}
	o.matrix(rows, cols)
	xv, yv := o.get("x", x, rows*cols), o.get("y", y, rows*cols)
	if o.err != nil {
		return o.err
	}
	for r := range rows {
		row := xv[r*cols:][:cols]
		lse := logSumExp(row)
		for c, v := range row {
			yv[r*cols+c] = float32(math.Exp(float64(v) - lse))
		}
	}
	return nil
}

// SoftmaxCrossEntropy is -sum(target*log(softmax)) of each row.
func (e *Engine) SoftmaxCrossEntropy(rows, cols int, logits, target, loss engine.T) error {
	o := operands{op: "softmax cross-entropy"}
	o.matrix(rows, cols)
	xv, tv, lv := o.get("logits", logits, rows*cols), o.get("target", target, rows*cols), o.get("loss", loss, rows)
	if o.err != nil {
		return o.err
	}
	for r := range rows {
		row := xv[r*cols:][:cols]
		lse := logSumExp(row)
		var sum float64
		for c, v := range row {
			sum -= float64(tv[r*cols+c]) * (float64(v) - lse)
		}
		lv[r] = float32(sum)
	}
	return nil
}

// SoftmaxCrossEntropyBackward is (softmax - target)*scale.
func (e *Engine) SoftmaxCrossEntropyBackward(rows, cols int, scale float32, logits, target, dlogits engine.T) error {
	o := operands{op: "softmax cross-entropy backward"}
	o.matrix(rows, cols)
	xv, tv := o.get("logits", logits, rows*cols), o.get("target", target, rows*cols)
	dv := o.get("dlogits", dlogits, rows*cols)
	if o.err != nil {
		return o.err
	}
	for r := range rows {
		row := xv[r*cols:][:cols]
		lse := logSumExp(row)
		for c, v := range row {
			dv[r*cols+c] = float32((math.Exp(float64(v)-lse) - float64(tv[r*cols+c])) * float64(scale))
		}
	}
	return nil
}

func (o *operands) matrix(rows, cols int) {
	o.want(rows >= 1 && cols >= 1, "want at least 1 row and 1 column, got %d and %d", rows, cols)
}

// logSumExp is log(sum(exp(row))), without overflow.
func logSumExp(row []float32) float64 {
	top := math.Inf(-1)
	for _, v := range row {
		top = max(top, float64(v))
	}
	var sum float64
	for _, v := range row {
		sum += math.Exp(float64(v) - top)
	}
	return top + math.Log(sum)
}
