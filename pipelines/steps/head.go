package steps

import (
	"context"
	"errors"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// newHead trains one head in the frozen phases, on the features of all folds but
// one, and a student's also on those of rows with pseudo-labels; p is nil for others.
// Epoch e learns from pass e mod the number of passes.
func newHead(d *Deps, spec *pipelines.Spec, m design, fold int, p *pipelines.Pseudo) pipelines.Op {
	phases, aside := spec.Train[:spec.Frozen()], watchedOf(spec, fold)
	params := m.params(map[string]any{"fold": fold, "phases": phases, "head": m.Head, "input": m.features})
	if aside != nil {
		params["watch"] = aside
	}
	studentParams(p, params)
	m.besideParams(params)
	in := append([]pipelines.Port{{Name: "features", Kind: kindFeatures, Many: true}, {Name: "folds", Kind: kindFolds}}, m.besidePorts(p != nil)...)
	return funcOp{
		op: op{name: "head", version: 1, params: d.computed(params), in: append(in, studentPorts(p, kindFeatures)...), out: trainedOutputs()},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			rows, err := readFold(in.Path("folds"), fold, aside)
			if err != nil {
				return pipelines.Report{}, err
			}
			if err := checkClasses(spec, rows.classes); err != nil {
				return pipelines.Report{}, err
			}
			passes, err := openPasses(in.All("features"), in.All("test"))
			if err != nil {
				return pipelines.Report{}, err
			}
			defer passes.close()
			taught, err := readLessons(in, p, rows, passes[0].N())
			if err != nil {
				return pipelines.Report{}, err
			}
			all := features.VectorLoader{Passes: passes, Labels: rows.labels, Targets: taught.targets, Classes: rows.classes}
			learn, early := all, all
			learn.Shuffle, learn.Seed = true, seed.Derive(env.Seed, "data")
			early.Passes, early.Rows, early.Batch = passes[:1], rows.watch, predictBatch(m.features)
			c := train.Config{Net: m.net, Input: m.features, Features: true, Classes: rows.classes, Phases: phasesOf(phases)}
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

// passList are the features of some passes over the same photos.
type passList []*features.Vectors

// openPasses maps the features at a port, in the order of the plan's edges, and behind
// them those of passes over more photos, if there are any, in turn where they are fewer.
func openPasses(inputs, behind []pipelines.Input) (passList, error) {
	var p passList
	for n, i := range inputs {
		var more []string
		if behind != nil {
			more = append(more, behind[n%len(behind)].Path)
		}
		v, err := features.OpenVectors(i.Path, more...)
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		p = append(p, v)
	}
	return p, nil
}

func (p passList) close() error {
	var err error
	for _, v := range p {
		err = errors.Join(err, v.Close())
	}
	return err
}
