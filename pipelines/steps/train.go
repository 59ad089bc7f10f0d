package steps

import (
	"context"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// newTrain trains one whole net on the photos of all folds but one, in the phases
// that are not frozen. One with a backbone begins with its weights and with the head
// of the frozen phases, where there are any.
func newTrain(d *Deps, spec *pipelines.Spec, m design, fold int) pipelines.Op {
	phases, aside := spec.Train[spec.Frozen():], watchedOf(spec, fold)
	params := m.params(map[string]any{"fold": fold, "phases": phases, "augment": m.Augment, "input": m.input})
	if m.Head != nil {
		params["head"] = m.Head
	}
	if aside != nil {
		params["watch"] = aside
	}
	in := append([]pipelines.Port{{Name: "images", Kind: kindImages}, {Name: "folds", Kind: kindFolds}}, m.startPorts(spec)...)
	return funcOp{
		op: op{name: "train", version: 1, params: d.computed(params), in: in, out: trainedOutputs()},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			rows, err := readFold(in.Path("folds"), fold, aside)
			if err != nil {
				return pipelines.Report{}, err
			}
			if err := checkClasses(spec, rows.classes); err != nil {
				return pipelines.Report{}, err
			}
			photos, err := m.photos(in, "images", rows.classes)
			if err != nil {
				return pipelines.Report{}, err
			}
			defer photos.Images.Close()
			photos.Labels = rows.labels
			learn, early := photos, photos
			learn.Rows, learn.Shuffle, learn.Augment, learn.Seed = rows.learn, true, augmentOf(m.Augment), seed.Derive(env.Seed, "data")
			early.Rows, early.Batch = rows.watch, predictBatch(m.input)
			c := train.Config{Net: m.net, Input: m.input, Classes: rows.classes, Phases: phasesOf(phases)}
			if m.hasWeights() {
				c.Weights = in.Path("weights")
			}
			if spec.Frozen() > 0 {
				c.From = in.Path("head")
			}
			if err := watch(&c, spec, len(early.Rows), &early); err != nil {
				return pipelines.Report{}, err
			}
			return d.fit(ctx, env, c, newDataset(rows.learn, phases, func(rows []int, batch int) epochs {
				l := learn
				l.Rows, l.Batch = rows, batch
				return &l
			}))
		},
	}
}

// startPorts are what a whole net begins with: the normalisation of the training
// rows, or weights, and the head that frozen phases trained.
func (m design) startPorts(spec *pipelines.Spec) (in []pipelines.Port) {
	if m.Backbone == "" {
		return []pipelines.Port{{Name: "norm", Kind: kindNorm}}
	}
	if m.hasWeights() {
		in = append(in, pipelines.Port{Name: "weights", Kind: kindWeights})
	}
	if spec.Frozen() > 0 {
		in = append(in, pipelines.Port{Name: "head", Kind: kindModel})
	}
	return in
}

// photos is a loader over all the images of a port, which are to be closed.
func (m design) photos(in pipelines.Inputs, port string, classes int) (l features.Loader, err error) {
	if m.Backbone != "" {
		l.Norm = m.norm()
	} else if err := readJSON(in.Path("norm"), &l.Norm); err != nil {
		return l, err
	}
	l.Classes = classes
	l.Images, err = features.OpenImages(in.Path(port))
	return l, err
}
