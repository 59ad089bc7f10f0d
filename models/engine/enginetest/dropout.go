package enginetest

import (
	"fmt"
	"math"
	"sort"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// dropout tests that every engine keeps the same elements.
func dropout(s *suite) {
	for i, n := range sizes {
		seed := uint64(i) * 0xdeadbeefcafef00d
		edge := drawOf(seed, n/2)
		for _, p := range []float32{0, 0.1, 0.5, 0.9, 1, edge, math.Nextafter32(edge, 0), math.Nextafter32(edge, 1)} {
			name := fmt.Sprintf("%d p=%v", n, p)
			s.draw(name)
			x := s.random(n)
			s.check(name, func(e engine.Engine, t []engine.T) error {
				return e.Dropout(n, p, seed, t[0], t[1])
			}, in("x", x), out("y", n))
			s.check(name+" in place", func(e engine.Engine, t []engine.T) error {
				return e.Dropout(n, p, seed, t[0], t[0])
			}, inout("x", x))
		}
	}
	t, u := s.engine.Tensor(4), s.engine.Tensor(4)
	s.refuse("dropout of no element", s.engine.Dropout(0, 0.5, 1, t, u))
	s.refuse("dropout with probability -0.1", s.engine.Dropout(4, -0.1, 1, t, u))
	s.refuse("dropout with probability 1.1", s.engine.Dropout(4, 1.1, 1, t, u))
}

// drawOf is the largest probability at which element i is still kept: the draw
// itself, where rounding shows.
func drawOf(seed uint64, i int) float32 {
	draws := sort.Search(1<<24, func(u int) bool { return !engine.Keep(seed, i, float32(u)/(1<<24)) })
	return float32(draws-1) / (1 << 24)
}
