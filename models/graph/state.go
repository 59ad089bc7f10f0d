package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Param is one tensor of a State.
type Param struct {
	Name      string   // layer and role, as PyTorch names them: "conv1.weight", "bn1.running_mean"
	Value     engine.T // on the State's engine; never replaced, only written to
	Decay     bool     // weight decay applies: weights yes, biases and BatchNorm no
	Trainable bool     // false: running statistics, moved by the forward pass; what a net trains of the others is Net.Trained

	shape tensor.Shape
	image tensor.Shape // [h, w, c] of the image that a dense layer's inputs are, else nil; see FromTorch
}

// Shape is that of Value, also where there is none yet (NewState).
func (p *Param) Shape() tensor.Shape { return p.shape }

// Size is the number of elements.
func (p *Param) Size() int { return p.shape.TotalSize() }

// State is everything of a net that training changes: parameters and running
// statistics, on one engine. A checkpoint holds it; a training net and an
// evaluation net share it, so that an update is seen by both at once.
//
// A State is used by one goroutine at a time.
type State struct {
	engine engine.Engine
	seed   uint64
	params []*Param
	byName map[string]*Param
	room   []float32 // see parts
}

// NewState makes an empty State. seed roots every random number that nets over
// this State draw: initial values and dropout. Without an engine (nil) it is a State
// of shapes: nets over it can be built, to see what fits, but not compiled, and its
// parameters have no values.
func NewState(e engine.Engine, seed uint64) *State {
	return &State{engine: e, seed: seed, byName: map[string]*Param{}}
}

// Engine is the engine that holds the tensors.
func (s *State) Engine() engine.Engine { return s.engine }

// Seed is the seed that NewState was given.
func (s *State) Seed() uint64 { return s.seed }

// Params are all tensors in the order in which they were made, which is the
// order of the layers. The slice must not be changed.
func (s *State) Params() []*Param { return s.params }

// Trainable are the parameters that a solver may update, in the order of Params.
func (s *State) Trainable() []*Param {
	var out []*Param
	for _, p := range s.params {
		if p.Trainable {
			out = append(out, p)
		}
	}
	return out
}

// Get is the tensor of that name, nil without one.
func (s *State) Get(name string) *Param { return s.byName[name] }

// Clone is a State with tensors of its own on the same engine, holding the same
// values: the start of a moving average (engine.EMA) or a snapshot.
func (s *State) Clone() (*State, error) {
	c := NewState(s.engine, s.seed)
	for _, p := range s.params {
		q := *p
		q.Value = s.engine.Tensor(p.Value.Shape()...)
		c.add(&q)
	}
	return c, c.CopyFrom(s)
}

// CopyFrom overwrites every tensor with the one of the same name in from. It is
// an error if from lacks one or has it in another shape.
func (s *State) CopyFrom(from *State) error {
	for _, p := range s.params {
		q := from.Get(p.Name)
		if q == nil {
			return fmt.Errorf("graph: copy state: source has no tensor %q", p.Name)
		}
		if !p.Value.Shape().Eq(q.Value.Shape()) {
			return fmt.Errorf("graph: copy state: tensor %q: want shape %v, got %v", p.Name, p.Value.Shape(), q.Value.Shape())
		}
		err := parts(p.Size(), &s.room, func(at int, host []float32) error {
			if err := from.engine.Download(host, from.engine.View(q.Value, at, len(host))); err != nil {
				return err
			}
			return s.engine.Upload(s.engine.View(p.Value, at, len(host)), host)
		})
		if err != nil {
			return fmt.Errorf("graph: copy state: tensor %q: %w", p.Name, err)
		}
	}
	return nil
}

func (s *State) add(p *Param) {
	s.params = append(s.params, p)
	s.byName[p.Name] = p
}

// bind is the tensor described by want: the one that is there, which must have
// the same shape, or a new one with initial values.
func (s *State) bind(want Param, shape tensor.Shape, init filler) (*Param, error) {
	if p := s.byName[want.Name]; p != nil {
		if !p.shape.Eq(shape) {
			return nil, fmt.Errorf("parameter %q: want shape %v, got shape %v from the state", want.Name, shape, p.shape)
		}
		return p, nil
	}
	p := want
	p.shape = tensor.Shape(shape).Clone()
	if s.engine == nil {
		s.add(&p)
		return &p, nil
	}
	p.Value = s.engine.Tensor(shape...)
	if err := fill(s.engine, p.Value, &s.room, init(s.seed, p.Name, shape)); err != nil {
		return nil, fmt.Errorf("parameter %q: upload initial values: %w", p.Name, err)
	}
	s.add(&p)
	return &p, nil
}
