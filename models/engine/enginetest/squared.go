package enginetest

import (
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// squared tests squared errors, also of rows that do not count and hold NaN.
func squared(s *suite) {
	for _, m := range [][2]int{{1, 1}, {1, 4}, {7, 4}, {64, 4}, {513, 3}, {16, 130}} {
		rows, cols := m[0], m[1]
		name := fmt.Sprintf("%dx%d", rows, cols)
		s.draw(name)
		x, target, weight := s.random(rows*cols), s.random(rows*cols), s.positive(rows)
		for r := 1; r < rows; r += 3 {
			weight[r] = 0
			x[r*cols], target[r*cols+cols/2] = float32(math.NaN()), float32(math.Inf(1))
		}
		s.check("squared error "+name, func(e engine.Engine, t []engine.T) error {
			return e.SquaredError(rows, cols, 0.25, t[0], t[1], t[2], t[3])
		}, in("x", x), in("target", target), in("weight", weight), inout("loss", s.random(rows)))
		s.check("squared error backward "+name, func(e engine.Engine, t []engine.T) error {
			return e.SquaredErrorBackward(rows, cols, 0.25, t[0], t[1], t[2], t[3])
		}, in("x", x), in("target", target), in("weight", weight), out("dx", rows*cols))
	}
	e, t := s.engine, s.engine.Tensor(8)
	s.refuse("squared error of no rows", e.SquaredError(0, 2, 1, t, t, t, t))
	s.refuse("squared error backward of no columns", e.SquaredErrorBackward(2, 0, 1, t, t, t, t))
}
