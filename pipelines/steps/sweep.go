package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// SweepOptions say which training is swept, and how.
type SweepOptions struct {
	Model string // of the spec; "" where it has one
	// Whole sweeps the first phase that trains the whole net, in place of the first
	// phase, which may train the head only.
	Whole bool
	train.FindOptions
}

// Swept is a sweep of the learning rate.
type Swept struct {
	Model string
	Phase int    // index in the spec's train, to which the proposal belongs
	Line  string // that phase with the proposal in it, as a spec says it
	Curve train.Curve
}

// errSwept ends a training step that was to be swept only.
var errSwept = errors.New("swept")

// Sweep raises the learning rate from step to step on the training rows of fold 0,
// with the very net, start, augmentation and draws with which a run of the spec trains
// its first net, see train.FindLR. What that training starts from (images, folds,
// features, weights) is made as a run would and stays; beyond that nothing is kept: no
// model, no checkpoint, no record of a run.
func Sweep(ctx context.Context, spec *pipelines.Spec, s Settings, o SweepOptions) (out Swept, err error) {
	if out.Model, err = sweptModel(spec, o.Model); err != nil {
		return out, err
	}
	deps := s.deps()
	defer func() { err = errors.Join(err, deps.Close()) }()
	plan, err := Compile(spec, deps)
	if err != nil {
		return out, err
	}
	node, err := sweptNode(spec, plan, out.Model, o.Whole)
	if err != nil {
		return out, err
	}
	if strings.HasPrefix(node.ID, "train.") {
		out.Phase = spec.Frozen()
	}
	in, err := inputsOf(ctx, spec, s, deps, node)
	if err != nil {
		return out, err
	}
	tell := s.OnEvent
	if tell == nil {
		tell = func(pipelines.Event) {}
	}
	tell(pipelines.Event{Event: pipelines.EventStepStarted, Step: "sweep"})
	var failed error // of the sweep
	deps.instead = func(ctx context.Context, c train.Config, data train.Dataset) error {
		c.Progress = func(p train.Progress) {
			f := float64(p.Step) / float64(p.Steps)
			tell(pipelines.Event{Event: pipelines.EventStepProgress, Step: "sweep", Fraction: &f, Text: fmt.Sprintf("lr %.2g", p.LR),
				Fields: map[string]any{"loss": p.Loss, "lr": p.LR, "images_per_second": p.ImagesPerSecond}})
		}
		out.Curve, failed = train.FindLR(ctx, c, data, o.FindOptions)
		return errSwept
	}
	// The step of the run itself, whose training fit leaves to the sweep.
	if _, err = node.Op.Run(ctx, pipelines.Env{Step: node.ID, Seed: node.Seed}, in); errors.Is(err, errSwept) {
		err = failed
	}
	if err != nil {
		tell(pipelines.Event{Event: pipelines.EventStepFailed, Step: "sweep"})
		return out, err
	}
	tell(pipelines.Event{Event: pipelines.EventStepDone, Step: "sweep"})
	if out.Curve.LR > 0 {
		out.Line = phaseLine(spec, out.Phase, out.Curve.LR)
	}
	return out, nil
}

// sweptModel is the model of that name, or the only one.
func sweptModel(spec *pipelines.Spec, name string) (string, error) {
	var names []string
	for _, m := range spec.Models {
		if m.Name == name || name == "" && len(spec.Models) == 1 {
			return m.Name, nil
		}
		names = append(names, m.Name)
	}
	if name == "" {
		return "", fault.New(fault.Usage, "--model "+names[0], "%s has the models %s: which one?", spec.Name, strings.Join(names, ", "))
	}
	return "", fault.New(fault.Usage, "models: "+strings.Join(names, ", "), "%s has no model %q", spec.Name, name)
}

// sweptNode is the step that trains the model's first net on fold 0, or its head.
func sweptNode(spec *pipelines.Spec, plan *pipelines.Plan, model string, whole bool) (*pipelines.Node, error) {
	kinds := []string{"head", "train"}
	if whole {
		kinds = kinds[1:]
	}
	for _, kind := range kinds {
		for _, end := range []string{"", ".copy0"} {
			if n, ok := plan.Node(kind + "." + model + ".fold0" + end); ok {
				return n, nil
			}
		}
	}
	return nil, fault.New(fault.Usage, "leave --whole out", "all phases of %s are frozen: no phase trains the whole net", spec.Name)
}

// inputsOf makes what a step needs.
func inputsOf(ctx context.Context, spec *pipelines.Spec, s Settings, deps *Deps, node *pipelines.Node) (pipelines.Inputs, error) {
	var ids []string
	for _, e := range node.Inputs {
		ids = append(ids, e.From.Step)
	}
	m, err := makeUpto(ctx, spec, s, deps, ids...)
	if err != nil {
		return nil, err
	}
	in := pipelines.Inputs{}
	for _, e := range node.Inputs {
		r, _ := m.result.Step(e.From.Step)
		in[e.To] = append(in[e.To], pipelines.Input{Step: e.From.Step, Port: e.From.Port, Path: m.path(e.From.Step, e.From.Port), Artifact: r.Artifact})
	}
	return in, nil
}

// phaseLine is a phase of the spec with another learning rate.
func phaseLine(spec *pipelines.Spec, phase int, lr float64) string {
	changed := *spec
	changed.Train = append([]pipelines.Phase{}, spec.Train...)
	changed.Train[phase].LR = lr
	_, lines, _ := strings.Cut(string(changed.Canonical()), "\ntrain:\n")
	return strings.TrimSpace(strings.Split(lines, "\n")[phase])
}
