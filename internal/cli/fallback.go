package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// fallback is what is told when a pipeline needs weights that are not on the machine
// and must not be fetched, so that another runs in its place: an event of `podium
// run --json`.
type fallback struct {
	Time     time.Time       `json:"time"`
	Event    string          `json:"event"` // "fallback"
	Pipeline string          `json:"pipeline"`
	Runs     string          `json:"runs"` // in its place
	Weights  []missingWeight `json:"weights"`
	Get      string          `json:"get"` // the command that gets the weights
}

// missingWeight is published weights that are not in the cache.
type missingWeight struct {
	Name    string `json:"name"`
	Bytes   int64  `json:"bytes"`
	Licence string `json:"licence"`
}

// runnable is spec where its weights are on the machine, else the pipeline that spec
// falls back to and what there is to tell about it. Without one that is an error.
func (e *env) runnable(spec *pipelines.Spec, sets []string) (*pipelines.Spec, *fallback, error) {
	cache, err := e.models("")
	if err != nil {
		return nil, nil, err
	}
	missing := steps.Missing(spec, cache)
	if len(missing) == 0 {
		return spec, nil, nil
	}
	// What is wrong in spec is told now, not when its weights have come.
	if _, err := steps.Compile(spec, &steps.Deps{}); err != nil {
		return nil, nil, err
	}
	if spec.Fallback == "" {
		return nil, nil, steps.NotHere(missing)
	}
	other, err := loadSpec(spec.Fallback, sets)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Usage, steps.PullCommand(missing), "%s runs in place of %s, whose weights are not on this machine", spec.Fallback, spec.Name)
	}
	if other.Competition != spec.Competition {
		return nil, nil, fault.New(fault.Usage, steps.PullCommand(missing), "the weights of %s are not on this machine, and its fallback %s is for another competition, %s",
			spec.Name, other.Name, other.Competition)
	}
	if more := steps.Missing(other, cache); len(more) > 0 {
		return nil, nil, steps.NotHere(append(missing, more...))
	}
	return other, newFallback(spec.Name, other.Name, missing), nil
}

func newFallback(pipeline, runs string, missing []pretrained.Weights) *fallback {
	f := &fallback{Time: time.Now(), Event: "fallback", Pipeline: pipeline, Runs: runs, Get: steps.PullCommand(missing)}
	for _, w := range missing {
		f.Weights = append(f.Weights, missingWeight{w.Arch, w.Bytes, w.Licence})
	}
	return f
}

// say tells a person what runs in place of what, and why.
func (f *fallback) say(p *Printer) {
	var names []string
	for _, w := range f.Weights {
		names = append(names, fmt.Sprintf("%s (%s, licence %s)", w.Name, bytesText(w.Bytes), w.Licence))
	}
	p.Say("%s starts from published ImageNet weights that are not on this machine:\n%s.\nWith --sandbox nothing is fetched, so %s runs in its\nplace, which needs none. To get them, once:  %s\n",
		p.paint(bold, f.Pipeline), strings.Join(names, ",\n"), p.paint(bold, f.Runs), f.Get)
}
