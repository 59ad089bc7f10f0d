package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// FindOptions is how FindLR sweeps. The zero value of a field is its default.
type FindOptions struct {
	From, To float64 // first and last learning rate; 1e-7 and 10
	Steps    int     // of the sweep, at least 10; 100
}

// FindLR trains on the batches of d with a learning rate that rises from step to step,
// by the same factor each, and tells how the loss took it (Smith 2015,
// arXiv:1506.01186, 3.3). The net, its start and the optimizer are those of the first
// phase of c, whose own LR is not looked at; its schedule, warm-up, average and
// patience are left out. The sweep ends early when the loss diverges. A dataset with
// fewer batches is gone over again, the phase's epochs in turn.
//
// Nothing outside changes: the net is FindLR's own, there is no checkpoint, and a
// training afterwards gives what it would have given. c.Progress is told of the steps.
func FindLR(ctx context.Context, c Config, d Dataset, o FindOptions) (Curve, error) {
	c, o, err := sweepOf(c, o)
	if err == nil {
		err = c.checkRemainders(d.Len())
	}
	if err != nil {
		return Curve{}, err
	}
	state, _, err := c.start()
	if err != nil {
		return Curve{}, err
	}
	s := &sweep{run: run{config: c, data: d, state: state, report: newReporter(c.Progress), lap: time.Now()}, options: o}
	if err := s.begin(); err != nil {
		return Curve{}, err
	}
	s.trainer.rates = o
	if err := s.all(ctx); err != nil {
		return Curve{}, fmt.Errorf("train: find the learning rate: step %d: %w", len(s.points)+1, err)
	}
	return newCurve(s.points), nil
}

// sweepOf completes the options and reduces c to the phase of the sweep.
func sweepOf(c Config, o FindOptions) (Config, FindOptions, error) {
	if o.From == 0 {
		o.From = 1e-7
	}
	if o.To == 0 {
		o.To = 10
	}
	if o.Steps == 0 {
		o.Steps = 100
	}
	switch {
	case !(o.From > 0 && o.From < o.To) || math.IsInf(o.To, 0):
		return c, o, usage("find the learning rate: want a range above 0 that rises, got %v to %v", o.From, o.To)
	case o.Steps < 10:
		return c, o, usage("find the learning rate: want at least 10 steps, got %d", o.Steps)
	case len(c.Phases) == 0:
		return c, o, usage("want at least one phase")
	}
	p := c.Phases[0]
	p.LR, p.Schedule, p.WarmUp, p.EMA, p.Patience = o.To, "", 0, 0, 0
	c.Phases, c.Validate, c.Checkpoint = []Phase{p}, nil, ""
	return c, o, c.check()
}

// LR is the learning rate of a step.
func (o FindOptions) LR(step int) float64 {
	return o.From * math.Pow(o.To/o.From, float64(step)/float64(o.Steps-1))
}

// sweep is a run of FindLR.
type sweep struct {
	run
	options FindOptions
	points  []Point

	sum, weight, mean, least float64 // see diverges
}

// all does the steps.
func (s *sweep) all(ctx context.Context) error {
	for epoch := 0; ; epoch++ {
		s.at.Batch = 0
		for b, err := range s.data.Epoch(ctx, epoch%s.config.Phases[0].Epochs) {
			if err := errors.Join(ctx.Err(), err); err != nil {
				return err
			}
			if done, err := s.one(b); done || err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.at.Batch == 0 {
			return fmt.Errorf("the dataset gives no batches")
		}
	}
}

// one does a step, and says whether it was the last.
func (s *sweep) one(b Batch) (done bool, err error) {
	if err := s.checkBatch(b); err != nil {
		return false, err
	}
	at := len(s.points)
	loss, lr, err := s.trainer.step(b, at, at)
	if Diverged(err) && at > 0 {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	s.at.Batch++
	s.points = append(s.points, Point{LR: lr, Loss: loss})
	done = at+1 == s.options.Steps || s.diverges(loss)
	s.report.step(Progress{Epoch: 1, Epochs: 1, Step: at + 1, Steps: s.options.Steps, EpochEnd: done, Loss: s.mean, LR: lr}, b.N)
	return done, nil
}

// diverges follows the mean of about the last ten losses, and says whether it is four
// times as large as it has been.
func (s *sweep) diverges(loss float64) bool {
	const past = 0.9
	s.sum, s.weight = past*s.sum+loss, past*s.weight+1
	s.mean = s.sum / s.weight
	if len(s.points) == 1 || s.mean < s.least {
		s.least = s.mean
	}
	return s.mean > 4*s.least
}
