package cli

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/live"
)

// viewOf is what shows the events of a run: a tree on a terminal, which says foot below
// itself, else lines. end is to be called when no event is to come any more, and told
// whether the run's process died.
func viewOf(p *Printer, foot string) (observe func(pipelines.Event), end func(died bool)) {
	if p.tty && p.Talks() {
		v := newLiveView(p, foot)
		return v.observe, v.end
	}
	return newRunView(p).observe, func(bool) {}
}

// runView shows the events of steps: as lines of JSON on stdout with --json, else as
// talk, a bar for each running step and a line for each step that is done.
type runView struct {
	p      *Printer
	bars   map[string]*Bar
	failed bool
}

func newRunView(p *Printer) *runView { return &runView{p: p, bars: map[string]*Bar{}} }

func (v *runView) observe(e pipelines.Event) {
	if v.p.JSON() {
		if b, err := json.Marshal(e); err == nil {
			fmt.Fprintf(v.p.out, "%s\n", b)
		}
		return
	}
	switch e.Event {
	case pipelines.EventPlanReady:
		v.p.Say("%s: %d steps", e.Pipeline, len(e.Steps))
	case pipelines.EventStepCached:
		v.p.Say("%s %s", v.p.paint(faint, "Cached"), e.Step)
		v.p.notes(e)
	case pipelines.EventStepStarted:
		v.bars[e.Step] = v.p.Progress().Begin(e.Step)
	case pipelines.EventStepProgress:
		if b := v.bars[e.Step]; b != nil {
			share := -1.0
			if e.Fraction != nil {
				share = *e.Fraction
			}
			b.Set(share, progressText(e))
		}
	case pipelines.EventStepDone:
		v.take(e.Step, func(b *Bar) { b.End(live.ResultText(e.Metrics, e.Notes)) })
		v.p.notes(e)
		if look := e.Notes[pipelines.NoteLook]; look != "" {
			v.p.Say("look at them: %s", filepath.Join(e.Dir, look))
		}
	case pipelines.EventStepFailed:
		v.failed = true
		v.take(e.Step, func(b *Bar) { b.Fail("") })
	case pipelines.EventStepSkipped:
		if !v.failed { // else the failure says it all
			v.p.Say("%s %s  %s", v.p.paint(faint, "skipped"), e.Step, e.Why)
		}
	}
}

// notes tells what a person should read about a step, made now or before.
func (p *Printer) notes(e pipelines.Event) {
	if text := e.Notes[pipelines.NoteTold]; text != "" {
		p.Say("%s %s", p.paint(bold, "note:"), text)
	}
	if text := e.Notes[pipelines.NoteWarning]; text != "" {
		p.Say("%s %s", p.paint(bold, "warning:"), text)
	}
}

// take ends the bar of a step.
func (v *runView) take(step string, end func(*Bar)) {
	if b := v.bars[step]; b != nil {
		end(b)
		delete(v.bars, step)
	}
}

// progressText is what a step is at: its text, loss and speed.
func progressText(e pipelines.Event) string {
	parts := []string{}
	if e.Text != "" {
		parts = append(parts, e.Text)
	}
	if loss, ok := e.Fields["loss"].(float64); ok {
		parts = append(parts, fmt.Sprintf("loss %.4f", loss))
	}
	if speed, ok := e.Fields["images_per_second"].(float64); ok && speed > 0 {
		parts = append(parts, fmt.Sprintf("%.0f images/s", speed))
	}
	return strings.Join(parts, ", ")
}
