package submissions

import (
	"context"
	"math"
)

// The limits of a minimisation: its history, its rounds, and the largest entry
// of the gradient at which it ends.
const (
	lbfgsHistory = 10
	lbfgsRounds  = 500
	lbfgsEnd     = 1e-8
)

// lbfgs finds the least of a smooth convex function from x on by limited-memory
// BFGS (Nocedal and Wright 2006, algorithm 7.5) with steps halved until the value
// falls enough. f gives the value at x and writes its gradient. A pair of step
// and change of gradient that says nothing of the curvature is left out. x ends
// at the least, or, when ctx is done, with its error.
func lbfgs(ctx context.Context, x []float64, f func(x, gradient []float64) float64) error {
	n := len(x)
	g, next, gNext, d := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	var past []curvePair
	value := f(x, g)
	for range lbfgsRounds {
		if largest(g) <= lbfgsEnd {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		direction(d, g, past)
		slope := dot(d, g)
		step, better := 1.0, false
		if len(past) == 0 {
			step = 1 / math.Max(1, math.Sqrt(dot(g, g)))
		}
		v := value
		for ; step > 1e-14 && !better; step /= 2 {
			for i := range next {
				next[i] = x[i] + step*d[i]
			}
			v = f(next, gNext)
			// Near the end the value has no digits left; the slope still has.
			better = v <= value+1e-4*step*slope ||
				v <= value+1e-13*math.Abs(value) && math.Abs(dot(gNext, d)) <= -slope
		}
		if !better {
			return nil // no more digits to gain
		}
		p := curvePair{s: make([]float64, n), y: make([]float64, n)}
		for i := range x {
			p.s[i], p.y[i] = next[i]-x[i], gNext[i]-g[i]
		}
		if p.rho = dot(p.s, p.y); p.rho > 1e-300 {
			past = append(past, p)
		}
		if len(past) > lbfgsHistory {
			past = past[1:]
		}
		copy(x, next)
		copy(g, gNext)
		value = v
	}
	return nil
}

// curvePair is a step s, the change y of the gradient over it, and s.y.
type curvePair struct {
	s, y []float64
	rho  float64
}

// direction is minus the inverse Hessian, as the past tells it, times g.
func direction(d, g []float64, past []curvePair) {
	for i, v := range g {
		d[i] = -v
	}
	alpha := make([]float64, len(past))
	for i := len(past) - 1; i >= 0; i-- {
		alpha[i] = dot(past[i].s, d) / past[i].rho
		addTo(d, -alpha[i], past[i].y)
	}
	if len(past) > 0 {
		last := past[len(past)-1]
		unit := last.rho / dot(last.y, last.y)
		for i := range d {
			d[i] *= unit
		}
	}
	for i, p := range past {
		addTo(d, alpha[i]-dot(p.y, d)/p.rho, p.s)
	}
}

func largest(g []float64) float64 {
	top := 0.0
	for _, v := range g {
		top = max(top, math.Abs(v))
	}
	return top
}
