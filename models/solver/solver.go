// Package solver updates parameters from gradients: Adam with decoupled weight
// decay, stochastic gradient descent, momentum and Nesterov momentum.
//
// A Solver is a gorgonia.Solver, but one that never touches tensors on the host:
// each Step is one call of the engine for all parameters. Start with New; the
// learning rate over time is models/schedule's, given by SetLR.
//
// It does not clip gradients by itself: the caller that knows their norm sets
// SetScale.
package solver

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/graph"
)

// NamedTensor is a tensor of the solver's own state.
type NamedTensor struct {
	Name  string // role and parameter: "adam.m.conv1.weight"
	Value engine.T
}

// Solver updates the parameters that a net trains. It is used by one
// goroutine at a time.
type Solver struct {
	name   string
	config Config
	engine engine.Engine

	params  []graph.Trained
	weights []engine.T
	grads   []engine.T   // of this step
	slots   [][]engine.T // adam: first and second moments; momentum: velocities
	state   []NamedTensor

	lr, scale float64
	steps     int
	lrs       []float32 // factor on lr a parameter, nil: all 1
	decay     []float32 // weight decay a parameter, nil: none
}

var _ G.Solver = (*Solver)(nil)

// New makes the solver of that name for parameters on an engine, those of
// graph.Executor.Trained. An unknown name or a value out of range is a fault of kind
// Usage.
func New(name string, e engine.Engine, params []graph.Trained, c Config) (*Solver, error) {
	c, err := c.complete(name, params)
	if err != nil {
		return nil, err
	}
	if len(params) == 0 {
		return nil, fmt.Errorf("solver %s: want trainable parameters, got none", name)
	}
	sv := &Solver{
		name: name, config: c, engine: e, lr: c.LR, scale: 1,
		params: params, grads: make([]engine.T, len(params)),
	}
	for _, p := range params {
		sv.weights = append(sv.weights, p.Value)
	}
	for _, role := range roles(name) {
		sv.addSlot(role)
	}
	sv.perParam()
	return sv, nil
}

// roles are the tensors that a solver keeps for each parameter.
func roles(name string) []string {
	switch name {
	case "adam":
		return []string{"m", "v"}
	case "momentum", "nesterov":
		return []string{"velocity"}
	}
	return nil
}

func (s *Solver) addSlot(role string) {
	var slot []engine.T
	for _, p := range s.params {
		t := s.engine.Tensor(p.Value.Shape()...)
		slot = append(slot, t)
		s.state = append(s.state, NamedTensor{Name: s.name + "." + role + "." + p.Name, Value: t})
	}
	s.slots = append(s.slots, slot)
}

// perParam sets the factors on the learning rate and the decays.
func (s *Solver) perParam() {
	if len(s.config.Groups) > 0 {
		for _, p := range s.params {
			f, ok := s.config.Groups[p.Group]
			if !ok {
				f = 1
			}
			s.lrs = append(s.lrs, float32(f))
		}
	}
	if s.config.WeightDecay > 0 {
		for _, p := range s.params {
			d := float32(0)
			if p.Decay {
				d = float32(s.config.WeightDecay)
			}
			s.decay = append(s.decay, d)
		}
	}
}

// Step moves the parameters by one step. model is Executor.ValueGrads: the same
// parameters in the same order, with their gradients. It
// allocates nothing.
func (s *Solver) Step(model []G.ValueGrad) error {
	if len(model) != len(s.params) {
		return fmt.Errorf("solver %s: step: want %d parameters, got %d", s.name, len(s.params), len(model))
	}
	for i, m := range model {
		if m.Value() != G.Value(s.weights[i]) {
			return fmt.Errorf("solver %s: step: parameter %d: want %q of the state, got another tensor", s.name, i, s.params[i].Name)
		}
		g, err := m.Grad()
		if err != nil {
			return fmt.Errorf("solver %s: step: gradient of %q: %w", s.name, s.params[i].Name, err)
		}
		t, ok := g.(engine.T)
		if !ok || t == nil {
			return fmt.Errorf("solver %s: step: gradient of %q: want a dense tensor, got %T", s.name, s.params[i].Name, g)
		}
		if t.Shape().TotalSize() != s.params[i].Size() {
			return fmt.Errorf("solver %s: step: gradient of %q: want %d elements, got shape %v", s.name, s.params[i].Name, s.params[i].Size(), t.Shape())
		}
		s.grads[i] = t
	}
	if err := s.update(); err != nil {
		return fmt.Errorf("solver %s: step %d: %w", s.name, s.steps+1, err)
	}
	s.steps++
	return nil
}

func (s *Solver) update() error {
	// The engine takes a scale of 0 for 1, so that a scale of 0 is not passed on.
	if !(s.scale > 0) {
		return fmt.Errorf("want a gradient scale above 0, got %v", s.scale)
	}
	c := s.config
	if s.name == "adam" {
		return s.engine.Adam(engine.Adam{
			LR: float32(s.lr), Beta1: float32(c.Beta1), Beta2: float32(c.Beta2), Eps: float32(c.Eps),
			Step: s.steps + 1, Scale: float32(s.scale), LRs: s.lrs, Decay: s.decay,
		}, s.weights, s.grads, s.slots[0], s.slots[1])
	}
	var velocity []engine.T
	if len(s.slots) > 0 {
		velocity = s.slots[0]
	}
	return s.engine.SGD(engine.SGD{
		LR: float32(s.lr), Momentum: float32(c.Momentum), Nesterov: s.name == "nesterov",
		Scale: float32(s.scale), LRs: s.lrs, Decay: s.decay,
	}, s.weights, s.grads, velocity)
}

// Name is the name that New was given.
func (s *Solver) Name() string { return s.name }

// LR is the learning rate of the next Step, before group factors.
func (s *Solver) LR() float64 { return s.lr }

// SetLR sets the learning rate of the next steps.
func (s *Solver) SetLR(lr float64) { s.lr = lr }

// SetScale multiplies gradients before anything else is done with them, from the
// next Step on: clipping by norm is a scale of min(1, limit/norm). It is 1 at
// first and must be above 0.
func (s *Solver) SetScale(scale float64) { s.scale = scale }

// Steps is the number of steps done, which Adam's bias correction needs.
func (s *Solver) Steps() int { return s.steps }

// SetSteps restores the number of steps from a checkpoint.
func (s *Solver) SetSteps(n int) { s.steps = n }

// State are the solver's own tensors, each shaped as its parameter, under stable
// names: a checkpoint downloads them and uploads them to continue. sgd has none.
func (s *Solver) State() []NamedTensor { return s.state }
