package solver_test

import (
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/solver"
)

// idle is an engine whose updates do nothing, so that the test sees what the
// solver itself allocates, and how often it calls.
type idle struct {
	*ref.Engine
	calls int
}

func (e *idle) Adam(engine.Adam, []engine.T, []engine.T, []engine.T, []engine.T) error {
	e.calls++
	return nil
}

func (e *idle) SGD(engine.SGD, []engine.T, []engine.T, []engine.T) error {
	e.calls++
	return nil
}

// TestStepIsOneCall: one engine call for all parameters, nothing allocated.
func TestStepIsOneCall(t *testing.T) {
	for _, name := range solver.Names() {
		e := &idle{Engine: ref.New()}
		s := graph.NewState(e, 1)
		n := graph.NewNet(s, graph.Train, 1)
		n.Dense(n.Flatten(n.Input(1, 1, 3)), graph.Dense{Name: "fc", Units: 5, Bias: true})
		sv, err := solver.New(name, e, n.Trained(), solver.Config{LR: 1, WeightDecay: 0.1})
		check(t, err)
		m, _ := model(s)
		if got := testing.AllocsPerRun(10, func() { check(t, sv.Step(m)) }); got != 0 {
			t.Errorf("%s: %v allocations a step", name, got)
		}
		if e.calls != sv.Steps() {
			t.Errorf("%s: %d engine calls in %d steps", name, e.calls, sv.Steps())
		}
	}
}
