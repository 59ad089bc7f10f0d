package train

import (
	"context"
	"errors"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/models/graph"
)

// best is the epoch with the best score of a phase with patience, so far.
type best struct {
	Epoch int     `json:"epoch"` // of the phase, from 1
	Score float64 `json:"score"`
}

// judge scores the weights that would be the phase's result if it ended now, on the
// rows that it is not trained on. It may begin again after ctx has ended it.
func (r *run) judge(ctx context.Context) (float64, error) {
	c, p, d := r.config, r.trainer.phase, r.config.design()
	if r.eval == nil {
		var err error
		if r.eval, err = d.compile(r.judged(), graph.Eval, false, p.Batch); err != nil {
			return 0, err
		}
	}
	var proba []float32
	var labels []int
	for b, err := range c.Validate.Epoch(ctx, 0) {
		if err := errors.Join(ctx.Err(), err); err != nil {
			return 0, err
		}
		if err := errors.Join(b.check(d), b.checkClasses(d)); err != nil {
			return 0, err
		}
		for i := range b.N {
			labels = append(labels, likeliest(b.Y[i*c.Classes:(i+1)*c.Classes]))
		}
		if err := inParts(r.eval, b, p.Batch, &proba, c.Classes, nil); err != nil {
			return 0, err
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return scored(c.Metric, proba, labels, c.Classes)
}

func scored(m metric.Metric, proba []float32, labels []int, classes int) (float64, error) {
	wide := make([]float64, len(proba))
	for i, v := range proba {
		wide[i] = float64(v)
	}
	return m.Score(metric.Answers{Classes: labels}, m.FromProba(wide, classes))
}

// judged is the state whose weights count: the average's where there is one.
func (r *run) judged() *graph.State {
	if r.average != nil {
		return r.average.state
	}
	return r.state
}

// keep keeps the weights of the epoch that has just ended if its score is the best
// of the phase, and says whether the phase's patience is at its end.
func (r *run) keep(score float64) (stop bool, err error) {
	if b := r.at.Best; b != nil && !r.config.Metric.Better(score, b.Score) {
		return r.at.Epoch-b.Epoch >= r.trainer.phase.Patience, nil
	}
	r.at.Best = &best{Epoch: r.at.Epoch, Score: score}
	if r.best == nil {
		r.best, err = r.judged().Clone()
		return false, err
	}
	return false, r.best.CopyFrom(r.judged())
}

// settle makes the best epoch's weights those of the training and of its average.
func (r *run) settle() error {
	if r.best == nil {
		return nil
	}
	err := r.state.CopyFrom(r.best)
	if r.average != nil {
		err = errors.Join(err, r.average.state.CopyFrom(r.best))
	}
	r.best = nil
	return err
}

// likeliest is the number of the largest value, the first of several.
func likeliest(p []float32) int {
	most := 0
	for i := range p {
		if p[i] > p[most] {
			most = i
		}
	}
	return most
}
