// Package schedule says how large the learning rate is at each step of a
// training.
//
// A Schedule is a pure function of the step number: it holds no state, so a
// training that is resumed at step n uses what an uninterrupted one would have
// used. It changes the learning rate only; momentum and Adam's betas stay as
// they are (PyTorch's OneCycleLR also cycles momentum unless told not to).
//
// Start at New.
package schedule

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// Schedule is a learning rate over the steps of one training phase.
type Schedule interface {
	// LR is the learning rate of step, counted from 0. Steps before the first
	// count as the first, steps after the last as the last.
	LR(step int) float64
}

// Config describes a schedule. Only LR and Steps are needed.
type Config struct {
	LR    float64 // the largest learning rate, > 0
	Steps int     // steps in all, >= 1

	// WarmUp is the share of the steps, in [0, 1), in which the rate rises to
	// LR. 0 means the schedule's own default: 0.3 for one_cycle, none for the
	// others.
	WarmUp float64
	// StartDiv: one_cycle starts at LR/StartDiv. 0 means 25.
	StartDiv float64
	// FinalDiv: one_cycle ends at its start divided by FinalDiv. 0 means 1e4.
	FinalDiv float64
	// Floor is where cosine ends and what step never goes below. 0 by default.
	Floor float64
	// Every is the number of steps between the drops of step. 0 means a third
	// of Steps, so that there are two drops.
	Every int
	// Factor is what step multiplies the rate by, in (0, 1]. 0 means 0.1.
	Factor float64
}

// kinds is every schedule, in the order in which help lists them.
var kinds = []struct {
	name  string
	build func(Config) Schedule
}{
	{"constant", newConstant},
	{"one_cycle", newOneCycle},
	{"cosine", newCosine},
	{"step", newStep},
}

// Names lists the schedules that New knows.
func Names() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}

// New makes the schedule called name; "" is "constant". A name that it does not
// know and a value out of range are errors of kind fault.Usage.
func New(name string, c Config) (Schedule, error) {
	if name == "" {
		name = "constant"
	}
	i := slices.Index(Names(), name)
	if i < 0 {
		return nil, fault.New(fault.Usage, unknownHint(name), "unknown schedule %q", name)
	}
	if err := c.check(); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "", "schedule %s", name)
	}
	return kinds[i].build(c), nil
}

func (c Config) check() error {
	switch {
	case !(c.LR > 0) || math.IsInf(c.LR, 0):
		return fmt.Errorf("want lr > 0, got %v", c.LR)
	case c.Steps < 1:
		return fmt.Errorf("want at least 1 step, got %d", c.Steps)
	case !(c.WarmUp >= 0 && c.WarmUp < 1):
		return fmt.Errorf("want a warm-up share from 0 to less than 1, got %v", c.WarmUp)
	case c.StartDiv != 0 && !(c.StartDiv >= 1), c.FinalDiv != 0 && !(c.FinalDiv >= 1):
		return fmt.Errorf("want divisors of at least 1, got %v and %v", c.StartDiv, c.FinalDiv)
	case !(c.Floor >= 0 && c.Floor <= c.LR):
		return fmt.Errorf("want a floor from 0 to lr %v, got %v", c.LR, c.Floor)
	case c.Every < 0:
		return fmt.Errorf("want a positive number of steps between drops, got %d", c.Every)
	case !(c.Factor >= 0 && c.Factor <= 1):
		return fmt.Errorf("want a factor from 0 to 1, got %v", c.Factor)
	}
	return nil
}

// unknownHint names the nearest schedule, or all when none is near.
func unknownHint(name string) string {
	if near := nearest.Word(name, Names()); near != "" {
		return fmt.Sprintf("did you mean %q? There are %s", near, strings.Join(Names(), ", "))
	}
	return "there are " + strings.Join(Names(), ", ")
}
