package train

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// Fit trains a net and returns it. It goes on from the checkpoint in
// c.Checkpoint if there is one of the same training, and the result is then, bit
// for bit, that of a training that was never interrupted (on the same engine
// with the same number of threads).
//
// When ctx ends, Fit saves a checkpoint and returns ctx's error. A bad
// configuration is a fault of kind Usage; a loss that is not finite ends the
// training with an error and leaves the last checkpoint.
func Fit(ctx context.Context, c Config, d Dataset) (*Model, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if d.Len() < 1 {
		return nil, usage("the dataset has no images")
	}
	if err := c.checkRemainders(d.Len()); err != nil {
		return nil, err
	}
	made, err := c.recipe(d.Len())
	if err != nil {
		return nil, err
	}
	r := &run{config: c, data: d, recipe: made}
	if err := r.resume(); err != nil {
		return nil, err
	}
	r.report, r.saved, r.lap = newReporter(c.Progress), time.Now(), time.Now()
	for r.at.Phase < len(c.Phases) {
		if err := r.epoch(ctx); err != nil {
			return nil, err
		}
	}
	return r.model(), nil
}

// run is a training at some position.
type run struct {
	config  Config
	data    Dataset
	recipe  recipe
	at      position
	state   *graph.State
	average *average        // of the current phase, or of the last when all is done
	trainer *trainer        // of the current phase; nil until it begins
	eval    *graph.Executor // over judged, in a phase with patience; made by the first judge
	best    *graph.State    // weights of the phase's best epoch, with patience, else nil

	report *reporter
	saved  time.Time // when the last checkpoint was written
	lap    time.Time // up to when at.Seconds has counted
}

// begin makes ready the trainer of the current phase.
func (r *run) begin() error {
	p := r.config.Phases[r.at.Phase]
	t, err := newTrainer(r.config, p, p.Epochs*r.epochSteps(), min(p.Batch, r.data.Len()), r.state, r.average)
	if err != nil {
		return fmt.Errorf("train: phase %d: %w", r.at.Phase+1, err)
	}
	r.trainer, r.average = t, t.average
	return nil
}

// epoch trains to the end of the epoch and saves a checkpoint.
func (r *run) epoch(ctx context.Context) error {
	if r.trainer == nil {
		if err := r.begin(); err != nil {
			return err
		}
	}
	for b, err := range r.left(ctx) {
		if ctx.Err() != nil {
			break
		}
		if err == nil {
			err = r.step(b)
		}
		if err != nil {
			return fmt.Errorf("train: epoch %d, batch %d: %w", r.at.epochs()+1, r.at.Batch+1, err)
		}
		if r.due() {
			if err := r.save(); err != nil {
				return err
			}
		}
	}
	if r.at.Batch == r.epochSteps() {
		// Also when ctx has just ended: the position after the last batch of an
		// epoch is the beginning of the next one, or the next phase.
		return r.endEpoch(ctx)
	}
	if err := ctx.Err(); err != nil {
		return errors.Join(err, r.save())
	}
	return fmt.Errorf("train: epoch %d: want %d batches of %d images, got %d", r.at.epochs()+1,
		r.epochSteps(), r.trainer.phase.Batch, r.at.Batch)
}

// step trains on one batch.
func (r *run) step(b Batch) error {
	if err := r.checkBatch(b); err != nil {
		return err
	}
	inPhase := r.at.Epoch*r.epochSteps() + r.at.Batch
	loss, lr, err := r.trainer.step(b, inPhase, r.at.Step)
	if err != nil {
		return err
	}
	r.at.add(loss, lr, b.N)
	now := time.Now()
	r.at.Seconds += now.Sub(r.lap).Seconds()
	r.lap = now
	r.report.step(r.progress(), b.N)
	return nil
}

// left are the batches of the epoch that are not done, also if that is none.
func (r *run) left(ctx context.Context) iter.Seq2[Batch, error] {
	if r.at.Batch == r.epochSteps() {
		return func(func(Batch, error) bool) {}
	}
	return batches(ctx, r.data, r.at.number(r.config.Phases), r.at.Batch)
}

// endEpoch moves to the next epoch, or phase, and saves a checkpoint. If ctx ends
// while the epoch is judged, the checkpoint is from before that.
func (r *run) endEpoch(ctx context.Context) error {
	p := r.config.Phases[r.at.Phase]
	score, stop := 0.0, false
	var err error
	if p.Patience > 0 {
		if score, err = r.judge(ctx); err != nil {
			err = fmt.Errorf("train: epoch %d: validate: %w", r.at.epochs()+1, err)
			if ctx.Err() != nil {
				err = errors.Join(err, r.save())
			}
			return err
		}
		r.lap = time.Now()
	}
	r.at.endEpoch(score)
	if p.Patience > 0 {
		if stop, err = r.keep(score); err != nil {
			return err
		}
	}
	if stop || r.at.Epoch == p.Epochs {
		if err := r.settle(); err != nil {
			return err
		}
		r.at.endPhase(p)
		r.trainer, r.eval = nil, nil
	}
	return errors.Join(ctx.Err(), r.save())
}

// checkBatch says whether b is the batch that is due: of the phase's size, or
// what is left of the epoch if that is less.
func (r *run) checkBatch(b Batch) error {
	p, d := r.trainer.phase, r.config.design()
	want := min(p.Batch, r.data.Len()-r.at.Batch*p.Batch)
	switch {
	case want <= 0:
		return fmt.Errorf("the dataset gives more than the %d images that it said", r.data.Len())
	case b.N != want:
		return fmt.Errorf("want %d images, got %d", want, b.N)
	}
	for _, err := range []error{b.check(d), b.checkClasses(d), b.checkBoxes(d)} {
		if err != nil {
			return err
		}
	}
	return nil
}

// epochSteps is the number of steps of an epoch of the current phase.
func (r *run) epochSteps() int { return epochSteps(r.config.Phases[r.at.Phase], r.data.Len()) }

func epochSteps(p Phase, images int) int { return (images + p.Batch - 1) / p.Batch }

func (r *run) progress() Progress {
	p := Progress{Epoch: r.at.epochs() + 1, Step: r.at.Step, Loss: r.at.loss(), LR: r.at.LastLR, EpochEnd: r.at.Batch == r.epochSteps()}
	if n := len(r.at.History); n > 0 {
		ended := r.at.History[n-1]
		p.Ended = &ended
	}
	for i, phase := range r.config.Phases {
		epochs := r.at.epochsOf(i, phase)
		p.Epochs += epochs
		p.Steps += epochs * epochSteps(phase, r.data.Len())
	}
	return p
}
