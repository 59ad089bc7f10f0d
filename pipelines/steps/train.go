package steps

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/models/zoo"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// newTrain trains one net on all folds but one. Its checkpoints lie in the
// step's work folder, so that a killed run goes on within the epoch.
func newTrain(d *Deps, spec *pipelines.Spec, m pipelines.Model, net zoo.Arch, fold int) pipelines.Op {
	shape := spec.Data.Shape()
	return funcOp{
		op: op{name: "train", version: 1,
			params: d.computed(map[string]any{"net": net.Name, "net_version": net.Version, "fold": fold, "phases": spec.Train, "augment": m.Augment,
				"input": shape}),
			in: []pipelines.Port{{Name: "images", Kind: kindImages}, {Name: "folds", Kind: kindFolds}, {Name: "norm", Kind: kindNorm}},
			out: []pipelines.Port{{Name: "model", Kind: kindModel, File: "model.safetensors"},
				{Name: "history", Kind: "history", File: "history.json"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			data, images, classes, err := foldData(in, fold, true)
			if err != nil {
				return pipelines.Report{}, err
			}
			defer images.Close()
			if m, err := metric.ByName(spec.Target.Metric); err == nil && m.Binary && classes > 2 {
				return pipelines.Report{}, fault.New(fault.Usage, "logloss and accuracy take any number of classes",
					"target.metric: %s is of 2 classes, the training rows have %d", m.Name, classes)
			}
			data.Shuffle = true
			data.Augment = augmentOf(m.Augment)
			data.Seed = seed.Derive(env.Seed, "data")
			device, release, err := d.engine()
			if err != nil {
				return pipelines.Report{}, err
			}
			defer release()
			var warnings []error
			model, err := train.Fit(ctx, train.Config{
				Net: train.Net{Arch: net.Name}, Input: shape, Classes: classes,
				Seed: env.Seed, Phases: phasesOf(spec.Train), Engine: device, Checkpoint: env.Work,
				Progress: func(p train.Progress) {
					f := float64(p.Step) / float64(max(p.Steps, 1))
					env.Progress(f, fmt.Sprintf("epoch %d of %d", p.Epoch, p.Epochs), map[string]any{
						"epoch": p.Epoch, "epochs": p.Epochs, "loss": p.Loss, "lr": p.LR, "images_per_second": p.ImagesPerSecond})
				},
				Warn: func(err error) { warnings = append(warnings, err) },
			}, newDataset(data, spec.Train))
			if err != nil {
				return pipelines.Report{}, err
			}
			if err := model.Save(env.Path("model")); err != nil {
				return pipelines.Report{}, err
			}
			report := pipelines.Report{Metrics: map[string]float64{}}
			if n := len(model.History); n > 0 {
				report.Metrics["loss"] = model.History[n-1].Loss
			}
			if err := errors.Join(warnings...); err != nil {
				report.Notes = map[string]string{"warning": err.Error()}
			}
			return report, writeJSON(env.Path("history"), model.History)
		},
	}
}

// foldData is a loader over the rows of a fold (training true: over all others),
// the images under it, to be closed, and the number of classes.
func foldData(in pipelines.Inputs, fold int, training bool) (features.Loader, *features.Images, int, error) {
	labels, folds, err := trainRows(in.Path("folds"))
	if err != nil {
		return features.Loader{}, nil, 0, err
	}
	var norm features.Normalize
	if err := readJSON(in.Path("norm"), &norm); err != nil {
		return features.Loader{}, nil, 0, err
	}
	images, err := features.OpenImages(in.Path("images"))
	if err != nil {
		return features.Loader{}, nil, 0, err
	}
	classes := classesOf(labels)
	l := features.Loader{Images: images, Labels: labels, Classes: classes, Norm: norm}
	for row, f := range folds {
		if (f != fold) == training {
			l.Rows = append(l.Rows, row)
		}
	}
	return l, images, classes, nil
}

func phasesOf(phases []pipelines.Phase) []train.Phase {
	out := make([]train.Phase, len(phases))
	for i, p := range phases {
		out[i] = train.Phase{Epochs: p.Epochs, Batch: p.Batch, Optimizer: p.Optimizer, LR: p.LR, Schedule: p.Schedule,
			WeightDecay: p.WeightDecay, Momentum: p.Momentum, ClipNorm: p.ClipNorm, EMA: p.EMA, LabelSmoothing: p.LabelSmoothing}
	}
	return out
}
