package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// trainedOutputs are the ports of fit.
func trainedOutputs() []pipelines.Port {
	return []pipelines.Port{{Name: "model", Kind: kindModel, File: "model.safetensors"}, {Name: "history", Kind: "history", File: "history.json"}}
}

// fit trains a net on the device and writes it with its history. The checkpoints
// lie in the step's work folder, so that a killed run goes on within the epoch.
func (d *Deps) fit(ctx context.Context, env pipelines.Env, c train.Config, data train.Dataset) (pipelines.Report, error) {
	device, release, err := d.engine()
	if err != nil {
		return pipelines.Report{}, err
	}
	defer release()
	var warnings []error
	c.Seed, c.Engine, c.Checkpoint = env.Seed, device, env.Work
	c.Progress = func(p train.Progress) {
		f := float64(p.Step) / float64(max(p.Steps, 1))
		env.Progress(f, fmt.Sprintf("epoch %d of %d", p.Epoch, p.Epochs), trainingFields(p))
	}
	c.Warn = func(err error) { warnings = append(warnings, err) }
	if d.instead != nil {
		return pipelines.Report{}, d.instead(ctx, c, data)
	}
	model, err := train.Fit(ctx, c, data)
	if err != nil {
		return pipelines.Report{}, err
	}
	if err := model.Save(env.Path("model")); err != nil {
		return pipelines.Report{}, err
	}
	report := pipelines.Report{Metrics: map[string]float64{}, Notes: map[string]string{}}
	if n := len(model.History); n > 0 {
		report.Metrics["loss"] = model.History[n-1].Loss
		if all := epochsOf(c.Phases); n < all {
			report.Notes["early_stop"] = fmt.Sprintf("after %d of %d epochs", n, all)
		}
	}
	if err := errors.Join(warnings...); err != nil {
		report.Notes["warning"] = err.Error()
	}
	return report, writeJSON(env.Path("history"), model.History)
}

// trainingFields are the figures of a training's progress.
func trainingFields(p train.Progress) map[string]any {
	fields := map[string]any{"epoch": p.Epoch, "epochs": p.Epochs, "step": p.Step, "steps": p.Steps,
		"loss": p.Loss, "lr": p.LR, "images_per_second": p.ImagesPerSecond}
	if e := p.Ended; e != nil {
		fields["ended_epoch"], fields["ended_loss"], fields["ended_lr"], fields["ended_seconds"] = e.Epoch, e.Loss, e.LR, e.Seconds
		if e.Score != 0 {
			fields["ended_score"] = e.Score
		}
	}
	return fields
}

// epochsOf counts the epochs of phases that go to their ends.
func epochsOf(phases []train.Phase) (n int) {
	for _, p := range phases {
		n += p.Epochs
	}
	return n
}

// watch lets the phases of c that stop early do so on rows, and by the metric of the
// competition.
func watch(c *train.Config, spec *pipelines.Spec, rows int, from epochs, with *beside) error {
	if !slices.ContainsFunc(c.Phases, func(p train.Phase) bool { return p.Patience > 0 }) {
		return nil
	}
	var err error
	c.Metric, err = metric.ByName(spec.Target.Metric)
	c.Validate = oneEpoch{rows, from, with}
	return err
}

// checkClasses refuses a metric of two classes for more.
func checkClasses(spec *pipelines.Spec, classes int) error {
	if m, err := metric.ByName(spec.Target.Metric); err == nil && m.Binary && classes > 2 {
		return fault.New(fault.Usage, "logloss and accuracy take any number of classes",
			"target.metric: %s is of 2 classes, the training rows have %d", m.Name, classes)
	}
	return nil
}

// phasesOf are the phases in the words of models.
func phasesOf(phases []pipelines.Phase) []train.Phase {
	out := make([]train.Phase, len(phases))
	for i, p := range phases {
		out[i] = train.Phase{Epochs: p.Epochs, Batch: p.Batch, Optimizer: p.Optimizer, LR: p.LR, Schedule: p.Schedule,
			WeightDecay: p.WeightDecay, Momentum: p.Momentum, ClipNorm: p.ClipNorm, EMA: p.EMA, LabelSmoothing: p.LabelSmoothing,
			Freeze: p.Freeze, BackboneLR: p.BackboneLR, WarmUp: p.WarmUp, Patience: p.Patience}
	}
	return out
}
