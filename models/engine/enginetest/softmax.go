package enginetest

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// softmax tests softmax and cross-entropy, also with logits whose exponentials
// overflow.
func softmax(s *suite) {
	for i, m := range matrices {
		s.softmaxCase(m[0], m[1], []float32{1, 30, 1000}[i%3])
	}
	s.softmaxCase(64, 10, 3)
	e, t, u := s.engine, s.engine.Tensor(8), s.engine.Tensor(8)
	s.refuse("softmax of no rows", e.Softmax(0, 2, t, u))
	s.refuse("cross-entropy of no columns", e.SoftmaxCrossEntropy(2, 0, t, t, u))
	s.refuse("cross-entropy backward of no rows", e.SoftmaxCrossEntropyBackward(0, 2, 1, t, t, u))
}

func (s *suite) softmaxCase(rows, cols int, spread float32) {
	name := fmt.Sprintf("%dx%d spread %v", rows, cols, spread)
	s.draw(name)
	n := rows * cols
	x, target := s.random(n), s.targets(rows, cols)
	for i := range x {
		x[i] *= spread
	}
	s.check("softmax "+name, func(e engine.Engine, t []engine.T) error {
		return e.Softmax(rows, cols, t[0], t[1])
	}, in("x", x), out("y", n))
	s.check("cross-entropy "+name, func(e engine.Engine, t []engine.T) error {
		return e.SoftmaxCrossEntropy(rows, cols, t[0], t[1], t[2])
	}, in("logits", x), in("target", target), out("loss", rows))
	s.check("cross-entropy backward "+name, func(e engine.Engine, t []engine.T) error {
		return e.SoftmaxCrossEntropyBackward(rows, cols, 1/float32(rows), t[0], t[1], t[2])
	}, in("logits", x), in("target", target), out("dlogits", n))
}

// targets is one-hot in even rows, soft in odd ones.
func (s *suite) targets(rows, cols int) []float32 {
	v := make([]float32, rows*cols)
	for r := range rows {
		row := v[r*cols:][:cols]
		if r%2 == 0 {
			row[s.rng.IntN(cols)] = 1
			continue
		}
		copy(row, s.positive(cols))
		var sum float32
		for _, p := range row {
			sum += p
		}
		for c := range row {
			row[c] /= sum
		}
	}
	return v
}
