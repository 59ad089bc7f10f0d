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
// of the frozen phases, where there are any. A student learns from photos with
// pseudo-labels, too; p is nil for others.
func newTrain(d *Deps, spec *pipelines.Spec, m design, fold int, p *pipelines.Pseudo) pipelines.Op {
	phases, aside := spec.Train[spec.Frozen():], watchedOf(spec, fold)
	params := m.params(map[string]any{"fold": fold, "phases": phases, "augment": m.Augment, "input": m.input})
	if m.Head != nil {
		params["head"] = m.Head
	}
	if aside != nil {
		params["watch"] = aside
	}
	studentParams(p, params)
	m.besideParams(params)
	in := append([]pipelines.Port{{Name: "images", Kind: kindImages}, {Name: "folds", Kind: kindFolds}}, m.startPorts(spec)...)
	in = append(append(in, studentPorts(p, kindImages)...), m.besidePorts(p != nil)...)
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
			ports := []string{"images"}
			if p != nil {
				ports = append(ports, "test")
			}
			photos, err := m.photos(in, rows.classes, ports...)
			if err != nil {
				return pipelines.Report{}, err
			}
			defer photos.Images.Close()
			taught, err := readLessons(in, p, rows, photos.Images.N())
			if err != nil {
				return pipelines.Report{}, err
			}
			photos.Labels, photos.Targets = rows.labels, taught.targets
			learn, early := photos, photos
			learn.Shuffle, learn.Augment, learn.Seed = true, augmentOf(m.Augment), seed.Derive(env.Seed, "data")
			early.Rows, early.Batch = rows.watch, predictBatch(m.input)
			c := train.Config{Net: m.net, Input: m.input, Classes: rows.classes, Phases: phasesOf(phases)}
			if m.hasWeights() {
				c.Weights = in.Path("weights")
			}
			if spec.Frozen() > 0 {
				c.From = in.Path("head")
			}
			with, err := m.lessons(in, rows, p != nil, &c)
			if err != nil {
				return pipelines.Report{}, err
			}
			if err := watch(&c, spec, len(early.Rows), &early, with); err != nil {
				return pipelines.Report{}, err
			}
			return d.fit(ctx, env, c, newDataset(taught, with, phases, func(what lessons, batch int) epochs {
				l := learn
				l.Rows, l.Mixture, l.Batch = what.rows, what.mixture, batch
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

// photos is a loader over all the images of a port, or of several as if they were of
// one, which are to be closed.
func (m design) photos(in pipelines.Inputs, classes int, ports ...string) (l features.Loader, err error) {
	if m.Backbone != "" {
		l.Norm = m.norm()
	} else if err := readJSON(in.Path("norm"), &l.Norm); err != nil {
		return l, err
	}
	var paths []string
	for _, p := range ports {
		paths = append(paths, in.Path(p))
	}
	l.Classes = classes
	l.Images, err = features.OpenImages(paths[0], paths[1:]...)
	return l, err
}
