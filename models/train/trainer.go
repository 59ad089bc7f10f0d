package train

import (
	"errors"
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/schedule"
	"github.com/seed-a5aa75a0/podium/models/solver"
)

// trainer does one step of one phase. It knows neither epochs nor files.
type trainer struct {
	phase   Phase
	classes int
	exec    *graph.Executor
	solver  *solver.Solver
	rates   schedule.Schedule
	average *average // nil without EMA
	norm    engine.T // [1], the square of the gradient's norm
	engine  engine.Engine
	target  []float32 // smoothed targets
}

// newTrainer builds the phase's training net over state, whose parameters are
// made if they are not there. steps is the phase's number of steps, maxBatch its
// largest batch, avg the average of the phase before, or nil.
func newTrainer(c Config, p Phase, steps, maxBatch int, state *graph.State, avg *average) (*trainer, error) {
	exec, err := c.design().compile(state, graph.Train, p.Freeze, maxBatch)
	if err != nil {
		return nil, err
	}
	t := &trainer{phase: p, classes: c.Classes, exec: exec, engine: c.Engine, norm: c.Engine.Tensor(1)}
	if t.solver, err = newSolver(p, c.Engine, exec.Trained()); err != nil {
		return nil, err
	}
	if t.rates, err = p.schedule(steps); err != nil {
		return nil, err
	}
	if p.EMA == 0 {
		return t, nil
	}
	if t.average = avg; avg == nil {
		if t.average, err = newAverage(state); err != nil {
			return nil, err
		}
	}
	t.average.follow(state, p.Freeze)
	return t, nil
}

func newSolver(p Phase, e engine.Engine, params []graph.Trained) (*solver.Solver, error) {
	name := p.Optimizer
	if name == "" {
		name = "adam"
	}
	c := solver.Config{LR: p.LR, WeightDecay: p.WeightDecay, Momentum: p.Momentum}
	if p.BackboneLR != 0 {
		c.Groups = map[string]float64{backbone: p.BackboneLR}
	}
	return solver.New(name, e, params, c)
}

// step trains on a batch and returns its mean loss and the learning rate. at
// counts the phase's steps, global those of the whole training, both from 0.
func (t *trainer) step(b Batch, at, global int) (loss, lr float64, err error) {
	b.Y = t.smooth(b)
	l, err := t.exec.StepRows(b.rows(0, b.N), uint64(global))
	if err != nil {
		return 0, 0, err
	}
	loss, lr = float64(l), t.rates.LR(at)
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return 0, 0, diverged(loss, lr)
	}
	if err := t.clip(lr); err != nil {
		return 0, 0, err
	}
	t.solver.SetLR(lr)
	if err := t.solver.Step(t.exec.ValueGrads()); err != nil {
		return 0, 0, err
	}
	if t.average != nil {
		err = t.average.update(t.phase.EMA)
	}
	return loss, lr, err
}

// divergence is a loss, or the norm of a gradient, that is not finite.
type divergence struct{ loss, lr float64 }

func (d divergence) Error() string { return fmt.Sprintf("the loss is %v at lr %.3g", d.loss, d.lr) }

// Diverged reports whether err is the end of a training whose loss, or the norm of
// whose gradient, was not finite.
func Diverged(err error) bool { return errors.As(err, new(divergence)) }

func diverged(loss, lr float64) error {
	return fault.Wrap(divergence{loss, lr}, fault.Failed, "train with a lower lr, or set a clip norm", "training diverged")
}

// smooth is the batch's targets with the share LabelSmoothing spread over all
// classes.
func (t *trainer) smooth(b Batch) []float32 {
	eps := float32(t.phase.LabelSmoothing)
	if eps == 0 {
		return b.Y
	}
	t.target = append(t.target[:0], b.Y...)
	for i, y := range t.target {
		t.target[i] = y*(1-eps) + eps/float32(t.classes)
	}
	return t.target
}

// clip has the solver scale the gradient down if its norm is over the limit
// (Pascanu et al. 2013, https://arxiv.org/abs/1211.5063).
func (t *trainer) clip(lr float64) error {
	if t.phase.ClipNorm == 0 {
		return nil
	}
	g := t.exec.GradBlock()
	n := g.Shape().TotalSize()
	product := engine.Gemm{M: 1, N: 1, K: n}
	if err := t.engine.Gemm(product, g, g, t.norm, engine.Epilogue{}); err != nil {
		return err
	}
	var square [1]float32
	if err := t.engine.Download(square[:], t.norm); err != nil {
		return err
	}
	norm := math.Sqrt(float64(square[0]))
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return diverged(norm, lr)
	}
	t.solver.SetScale(min(1, t.phase.ClipNorm/(norm+1e-6)))
	return nil
}
