package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/pipelines/sweep"
)

// swept is a pipeline whose spec is made anew for each trial, of one reading of its
// file: a sweep lasts, and files are edited.
type swept struct {
	src   []byte
	name  string // of the built-in or the file
	fixed []string
	space sweep.Space
}

// newSwept reads a pipeline and what is to be varied.
func newSwept(o sweepOptions) (w *swept, err error) {
	w = &swept{}
	if w.src, w.name, err = pipelines.Load(o.pipeline); err != nil {
		return nil, err
	}
	if w.space, w.fixed, err = sweep.ParseSpace(o.sets, o.byFactor); err != nil {
		return nil, err
	}
	return w, nil
}

// spec is the spec with these values more.
func (w *swept) spec(sets ...string) (*pipelines.Spec, error) {
	spec, err := pipelines.Decode(w.name, w.src, append(append([]string{}, w.fixed...), sets...)...)
	if err != nil {
		return nil, err
	}
	spec.Competition, err = kaggle.Slug(spec.Competition)
	return spec, err
}

// check tells before the first trial what a spec has against a value: each value once,
// beside the first of the others.
func (w *swept) check(missing func(*pipelines.Spec) error) error {
	first := make([]string, len(w.space))
	for i, p := range w.space {
		first[i] = p.Ends()[0]
	}
	for i, p := range w.space {
		for _, value := range p.Ends() {
			values := append([]string{}, first...)
			values[i] = value
			spec, err := w.spec(w.space.Sets(values)...)
			if err != nil {
				return err
			}
			if _, err := steps.Compile(spec, &steps.Deps{}); err != nil {
				return err
			}
			if err := missing(spec); err != nil {
				return err
			}
		}
	}
	return nil
}

func runSweep(ctx context.Context, e *env, p *Printer, o sweepOptions) error {
	w, err := newSwept(o)
	if err != nil {
		return err
	}
	base, err := w.spec()
	if err != nil {
		return err
	}
	if o.sandbox {
		var instead *fallback
		if base, instead, err = e.runnable(base, w.fixed); err != nil {
			return err
		}
		if instead != nil {
			instead.say(p)
			if w.src, w.name, err = pipelines.Load(instead.Runs); err != nil {
				return err
			}
		}
	}
	if err := w.check(e.notMissing(o.sandbox)); err != nil {
		return err
	}
	design, err := o.design(w.space, base)
	if err != nil {
		return err
	}
	settings, release, err := e.settings(ctx, p, base, o.target)
	if err != nil {
		return err
	}
	defer release()
	design.Server = settings.Server
	study, err := sweep.Open(settings.Home, design)
	if err != nil {
		return err
	}
	defer study.Close()
	v := newSweepView(p, study, o.trials)
	v.begin()
	err = study.Run(ctx, o.trials, func(ctx context.Context, t sweep.Trial) (sweep.Trial, error) {
		return w.try(ctx, study, settings, v, t)
	})
	if err != nil {
		v.stopped()
		return err
	}
	return finishSweep(p, o, w, study)
}

// notMissing says which weights a spec needs that are not on the machine, where none
// are fetched.
func (e *env) notMissing(offline bool) func(*pipelines.Spec) error {
	return func(spec *pipelines.Spec) error {
		if !offline {
			return nil
		}
		cache, err := e.models("")
		if err != nil {
			return err
		}
		if missing := steps.Missing(spec, cache); len(missing) > 0 {
			return steps.NotHere(missing)
		}
		return nil
	}
}

// design is what the sweep searches and how.
func (o *sweepOptions) design(space sweep.Space, base *pipelines.Spec) (d sweep.Design, err error) {
	if err := o.howMany(space); err != nil {
		return d, err
	}
	m, err := metric.ByName(base.Target.Metric)
	if err != nil {
		return d, err
	}
	for _, p := range space {
		if section, _, _ := strings.Cut(p.Key, "."); o.prune != "" && (section == "split" || section == "seed") {
			return d, fault.New(fault.Usage, "leave --prune out", "--prune compares the same folds, and --set %s deals others", p.Key)
		}
	}
	d = sweep.Design{Pipeline: base.Name, Competition: base.Competition, Spec: base.Digest(), Precision: o.precision.String(),
		Metric: m.Name, LowerIsBetter: m.LowerIsBetter, Space: space, Sampler: o.sampler, Prune: o.prune, Seed: base.Seed}
	if o.seed != nil {
		d.Seed = *o.seed
	}
	return d, nil
}

// try makes a trial: a run that ends early where the study says so. A training that
// diverged is the trial's end, any other failure the sweep's.
func (w *swept) try(ctx context.Context, study *sweep.Study, settings steps.Settings, v *sweepView, t sweep.Trial) (sweep.Trial, error) {
	spec, err := w.spec(w.space.Sets(t.Values)...)
	if err != nil {
		return t, err
	}
	settings.Notes = map[string]string{"sweep": study.ID(), "trial": fmt.Sprint(t.Number)}
	settings.OnEvent = v.trial(t)
	out, err := steps.Try(ctx, spec, settings, func(step string, score float64) string {
		t.Nets = append(t.Nets, sweep.Net{Step: step, Score: score})
		return study.Worse(t.Nets)
	})
	t.RunID, t.Seconds = out.RunID, out.Seconds
	var stopped *steps.Stopped
	switch {
	case err == nil:
		t.State, t.CV, t.CVSpread = sweep.Finished, out.CV, out.CVSpread
	case errors.As(err, &stopped):
		t.State, t.Why, err = sweep.Pruned, stopped.Why, nil
	case train.Diverged(err):
		t.State, t.Why, err = sweep.Failed, err.Error(), nil
	}
	v.ended(t, err)
	return t, err
}

// finishSweep shows what the trials say.
func finishSweep(p *Printer, o sweepOptions, w *swept, study *sweep.Study) error {
	out := newSweepResult(o, w, study)
	return p.Result(out, func(to io.Writer) error { return writeSweep(to, out) })
}
