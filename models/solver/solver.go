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

// Config sets a Solver up. The zero value of a field is its default; fields that
// the named solver does not use must be zero.
type Config struct {
	LR          float64 // learning rate; required, above 0 (SetLR may set 0)
	WeightDecay float64 // for parameters with Decay; adam: decoupled (AdamW), others: added to the gradient (L2)

	Momentum float64 // momentum and nesterov: in (0, 1), default 0.9

	Beta1 float64 // adam: in [0, 1), default 0.9
	Beta2 float64 // adam: in [0, 1), default 0.999
	Eps   float64 // adam: above 0, default 1e-8

	// Groups are factors on LR by Param.Group; a group that is not here has 1.
	// A group that no parameter has is an error.
	Groups map[string]float64
}

// NamedTensor is a tensor of the solver's own state.
type NamedTensor struct {
	Name  string // role and parameter: "adam.m.conv1.weight"
	Value engine.T
}

// Solver updates the trainable parameters of a State.
type Solver struct {
	name   string
	config Config
	engine engine.Engine

	params  []*graph.Param
	weights []engine.T
	grads   []engine.T // of this step
	slots   [][]engine.T
	state   []NamedTensor

	lr    float64
	scale float64
	steps int
	lrs   []float32
	decay []float32
}

var _ G.Solver = (*Solver)(nil)

// Names are the solvers that New knows.
func Names() []string { return []string{"adam", "sgd", "momentum", "nesterov"} }

// New makes the solver of that name for the trainable parameters of s, which
// must be there already: build the training net first. An unknown name or a
// value out of range is a fault of kind Usage.
func New(name string, s *graph.State, c Config) (*Solver, error) {
	return nil, fmt.Errorf("solver: not built yet")
}

// Step moves the parameters by one step. model is Executor.ValueGrads: the
// trainable parameters of the State in its order, with their gradients. It
// allocates nothing after the first call.
func (s *Solver) Step(model []G.ValueGrad) error { return fmt.Errorf("solver: not built yet") }

// LR is the learning rate of the next Step, before group factors.
func (s *Solver) LR() float64 { return s.lr }

// SetLR sets the learning rate of the next steps.
func (s *Solver) SetLR(lr float64) { s.lr = lr }

// SetScale multiplies gradients before anything else is done with them, from the
// next Step on: clipping by norm is a scale of min(1, limit/norm). 1 at first.
func (s *Solver) SetScale(scale float64) { s.scale = scale }

// Steps is the number of steps done, which Adam's bias correction needs.
func (s *Solver) Steps() int { return s.steps }

// SetSteps restores the number of steps from a checkpoint.
func (s *Solver) SetSteps(n int) { s.steps = n }

// State are the solver's own tensors, each shaped as its parameter, under stable
// names: a checkpoint downloads them and uploads them to continue. sgd has none.
func (s *Solver) State() []NamedTensor { return s.state }
