package sweep

import (
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// Sampler says which values are tried next.
type Sampler interface {
	// Next is the values of the trial after these, which are all there were, in their
	// order; false when every combination was tried.
	Next(past []Trial) (values []string, more bool)
}

// The names of samplers.
const (
	Grid   = "grid"   // every combination, the last parameter first
	Random = "random" // anything, but nothing twice
	TPE    = "tpe"    // near what was good: see tpe
)

// samplers is the registry.
var samplers = []string{Grid, Random, TPE}

// newSampler makes the sampler of a design.
func newSampler(d Design) (Sampler, error) {
	switch d.Sampler {
	case Grid:
		for _, p := range d.Space {
			if p.Size() == 0 {
				return nil, fault.New(fault.Usage, "list the values, or take --sampler tpe", "a grid has no end over the fractions of %s: %s..%s", p.Key, p.Ends()[0], p.Ends()[1])
			}
		}
		return grid{d.Space}, nil
	case Random:
		return random{d.Space, d.Seed}, nil
	case TPE:
		return tpe{d.Space, d.Seed, d.LowerIsBetter}, nil
	}
	hint := "samplers: grid, random, tpe"
	if near := nearest.Word(d.Sampler, samplers); near != "" {
		hint = "--sampler " + near
	}
	return nil, fault.New(fault.Usage, hint, "no sampler %q", d.Sampler)
}

// grid takes every combination in turn; the last parameter changes fastest.
type grid struct{ space Space }

func (g grid) Next(past []Trial) ([]string, bool) {
	n := len(past)
	values := make([]string, len(g.space))
	for i, p := range slices.Backward(g.space) {
		values[i] = p.nth(n % p.Size())
		n /= p.Size()
	}
	return values, n == 0
}

// random draws every trial anew, from a stream of its own.
type random struct {
	space Space
	seed  uint64
}

func (r random) Next(past []Trial) ([]string, bool) {
	if n := r.space.Size(); n > 0 && len(past) >= n {
		return nil, false
	}
	rng := seed.Rand(r.seed, "sweep", Random, len(past))
	cube := make([]float64, len(r.space))
	for { // of a space that has an end all will come
		for i := range cube {
			cube[i] = rng.Float64()
		}
		if values := r.space.at(cube); !tried(past, values) {
			return values, true
		}
	}
}

// tried reports whether there was a trial of these values.
func tried(past []Trial, values []string) bool {
	return slices.ContainsFunc(past, func(t Trial) bool { return slices.Equal(t.Values, values) })
}
