package enginetest

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// lists are the sizes of the parameters of one update.
var lists = [][]int{{1}, {3, 64, 7}, {33, 1000, 1, 13}, {31, 70000, 10, 32}}

// family is one operand a parameter: names[i] for w[0], w[1] and so on.
func family(name string, list []int, make func(n int) operand) []operand {
	var ops []operand
	for i, n := range list {
		o := make(n)
		o.name = fmt.Sprintf("%s[%d]", name, i)
		ops = append(ops, o)
	}
	return ops
}

func (s *suite) weights(n int) operand { return inout("", s.random(n)).ruling() }
func (s *suite) inputs(n int) operand  { return in("", s.random(n)) }
func (s *suite) state(n int) operand   { return inout("", s.random(n)) }
func (s *suite) squares(n int) operand { return inout("", s.positive(n)) }
func (s *suite) zeros(n int) operand   { return inout("", make([]float32, n)) }

// factors is a value a parameter.
func (s *suite) factors(n int) []float32 { return s.positive(n) }

// adam tests steps with and without scale, factors and decay.
func adam(s *suite) {
	for i, list := range lists {
		p := len(list)
		for _, step := range []int{1, 2, 10000} {
			s.draw(i, step)
			a := engine.Adam{LR: 0.01, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: step}
			m, v := family("m", list, s.state), family("v", list, s.squares)
			if step == 1 {
				m, v = family("m", list, s.zeros), family("v", list, s.zeros)
			}
			if step > 1 {
				a.LRs, a.Decay = s.factors(p), s.factors(p)
			}
			if step > 2 {
				a.Scale, a.Eps = 0.25, 1e-3
			}
			ops := append(family("w", list, s.weights), family("g", list, s.inputs)...)
			s.check(fmt.Sprintf("%v step %d", list, step), func(e engine.Engine, t []engine.T) error {
				return e.Adam(a, tensors(t, 0, p), tensors(t, p, 2*p), tensors(t, 2*p, 3*p), tensors(t, 3*p, 4*p))
			}, append(append(ops, m...), v...)...)
		}
	}
	e, one, two := s.engine, []engine.T{s.engine.Tensor(2)}, []engine.T{s.engine.Tensor(2), s.engine.Tensor(2)}
	ok := engine.Adam{LR: 0.1, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: 1}
	early, short := ok, ok
	early.Step, short.LRs = 0, []float32{1}
	s.refuse("step 0", e.Adam(early, one, one, one, one))
	s.refuse("fewer gradients than weights", e.Adam(ok, two, one, two, two))
	s.refuse("fewer factors than weights", e.Adam(short, two, two, two, two))
}

// sgd tests plain steps, momentum and Nesterov's.
func sgd(s *suite) {
	for i, list := range lists {
		p := len(list)
		for variant := range 4 {
			s.draw(i, variant)
			d := engine.SGD{LR: 0.1, Momentum: []float32{0, 0.9, 0.9, 0.5}[variant], Nesterov: variant >= 2}
			if variant%2 == 1 {
				d.Scale, d.LRs, d.Decay = 0.5, s.factors(p), s.factors(p)
			}
			ops := append(family("w", list, s.weights), family("g", list, s.inputs)...)
			if d.Momentum != 0 {
				ops = append(ops, family("velocity", list, s.state)...)
			}
			s.check(fmt.Sprintf("%v momentum %v nesterov %v", list, d.Momentum, d.Nesterov), func(e engine.Engine, t []engine.T) error {
				var velocity []engine.T
				if d.Momentum != 0 {
					velocity = tensors(t, 2*p, 3*p)
				}
				return e.SGD(d, tensors(t, 0, p), tensors(t, p, 2*p), velocity)
			}, ops...)
		}
	}
	e, one, two := s.engine, []engine.T{s.engine.Tensor(2)}, []engine.T{s.engine.Tensor(2), s.engine.Tensor(2)}
	s.refuse("fewer gradients than weights", e.SGD(engine.SGD{LR: 1}, two, one, nil))
	s.refuse("fewer velocities than weights", e.SGD(engine.SGD{LR: 1, Momentum: 0.9}, two, two, one))
	s.refuse("fewer factors than weights", e.SGD(engine.SGD{LR: 1, Decay: []float32{1}}, two, two, nil))
}

// ema tests moving averages.
func ema(s *suite) {
	for i, list := range lists {
		p := len(list)
		s.draw(i)
		ops := append(family("avg", list, s.state), family("w", list, func(n int) operand { return s.inputs(n).ruling() })...)
		s.check(fmt.Sprint(list), func(e engine.Engine, t []engine.T) error {
			return e.EMA(0.99, tensors(t, 0, p), tensors(t, p, 2*p))
		}, ops...)
	}
	two := []engine.T{s.engine.Tensor(2), s.engine.Tensor(2)}
	s.refuse("fewer weights than averages", s.engine.EMA(0.9, two, two[:1]))
}
