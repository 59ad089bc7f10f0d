package solver

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
	"github.com/seed-a5aa75a0/podium/models/graph"
)

// Config sets a Solver up. The zero value of a field is its default; fields that
// the named solver does not use must be zero.
type Config struct {
	LR          float64 // learning rate; required, above 0 (SetLR may set 0)
	WeightDecay float64 // for parameters with Decay; adam: decoupled (AdamW), others: added to the gradient (L2)

	Momentum float64 // momentum and nesterov: in (0, 1), default 0.9

	Beta1 float64 // adam: in [0, 1), default 0.9
	Beta2 float64 // adam: in [0, 1), default 0.999
	Eps   float64 // adam: above 0, default 1e-8

	// Groups are factors on LR by Trained.Group; a group that is not here has 1.
	// A group that no parameter has is an error.
	Groups map[string]float64
}

// Names are the solvers that New knows.
func Names() []string { return []string{"adam", "sgd", "momentum", "nesterov"} }

func unknown(name string) error {
	hint := "solvers: " + strings.Join(Names(), ", ")
	if near := nearest.Word(name, Names()); near != "" {
		hint = "did you mean " + near + "?"
	}
	return fault.New(fault.Usage, hint, "solver %q: want one of %s", name, strings.Join(Names(), ", "))
}

// complete checks c for the named solver and fills in defaults.
func (c Config) complete(name string, params []graph.Trained) (Config, error) {
	if !slices.Contains(Names(), name) {
		return c, unknown(name)
	}
	adam, momentum := name == "adam", name == "momentum" || name == "nesterov"
	fields := []struct {
		field string
		value *float64
		used  bool
		auto  float64
		valid func(float64) bool
		want  string
	}{
		{"lr", &c.LR, true, 0, func(v float64) bool { return v > 0 }, "above 0"},
		{"weight decay", &c.WeightDecay, true, 0, func(v float64) bool { return v >= 0 }, "0 or above"},
		{"momentum", &c.Momentum, momentum, 0.9, func(v float64) bool { return v > 0 && v < 1 }, "in (0, 1)"},
		{"beta1", &c.Beta1, adam, 0.9, func(v float64) bool { return v >= 0 && v < 1 }, "in [0, 1)"},
		{"beta2", &c.Beta2, adam, 0.999, func(v float64) bool { return v >= 0 && v < 1 }, "in [0, 1)"},
		{"eps", &c.Eps, adam, 1e-8, func(v float64) bool { return v > 0 }, "above 0"},
	}
	for _, f := range fields {
		if !f.used {
			if *f.value != 0 {
				return c, fault.New(fault.Usage, "leave "+f.field+" out", "solver %s: %s: not an option of this solver, got %v", name, f.field, *f.value)
			}
			continue
		}
		if *f.value == 0 {
			*f.value = f.auto
		}
		if !f.valid(*f.value) || math.IsInf(*f.value, 0) {
			return c, fault.New(fault.Usage, "", "solver %s: %s: want a number %s, got %v", name, f.field, f.want, *f.value)
		}
	}
	return c, c.checkGroups(name, params)
}

func (c Config) checkGroups(name string, params []graph.Trained) error {
	for _, g := range slices.Sorted(maps.Keys(c.Groups)) {
		if !slices.ContainsFunc(params, func(p graph.Trained) bool { return p.Group == g }) {
			return fault.New(fault.Usage, "", "solver %s: group %q: want a group of the net, got one that no parameter has", name, g)
		}
		if f := c.Groups[g]; !(f >= 0) || math.IsInf(f, 0) {
			return fault.New(fault.Usage, "", "solver %s: group %q: want a factor of 0 or above, got %v", name, g, f)
		}
	}
	return nil
}
