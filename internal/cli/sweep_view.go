package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/sweep"
)

// sweepView shows a sweep while it goes on: a bar for the trial and a line for each
// that has ended.
type sweepView struct {
	p     *Printer
	study *sweep.Study
	n     int
	bar   *Bar
	told  map[string]bool // remarks of steps: many trials share one
}

func newSweepView(p *Printer, study *sweep.Study, n int) *sweepView {
	return &sweepView{p: p, study: study, n: n, told: map[string]bool{}}
}

func (v *sweepView) begin() {
	v.p.Say("sweep %s: %d trials by %s", v.study.ID(), v.n, v.study.Sampler)
	if done := len(v.study.Trials()); done > 0 {
		v.p.Say("%d of them are there from before", min(done, v.n))
	}
}

// stopped says that nothing is lost.
func (v *sweepView) stopped() {
	if n := len(v.study.Trials()); n > 0 {
		v.p.Say("%d of %d trials are kept: the same command goes on with the next", n, v.n)
	}
}

// trial begins the bar of a trial and gives what is to see its events.
func (v *sweepView) trial(t sweep.Trial) func(pipelines.Event) {
	v.bar = v.p.Progress().Begin(fmt.Sprintf("trial %d of %d: %s", t.Number, v.n, v.values(t)))
	steps, ended := 0, 0
	return func(e pipelines.Event) {
		share := -1.0
		switch e.Event {
		case pipelines.EventPlanReady:
			steps = len(e.Steps)
		case pipelines.EventStepProgress:
			if e.Fraction != nil && steps > 0 {
				share = (float64(ended) + *e.Fraction) / float64(steps)
			}
			v.bar.Set(share, strings.TrimSuffix(e.Step+", "+progressText(e), ", "))
		case pipelines.EventStepDone, pipelines.EventStepCached:
			ended++
			v.remark(e.Notes[pipelines.NoteTold], "note:")
			v.remark(e.Notes[pipelines.NoteWarning], "warning:")
		}
	}
}

func (v *sweepView) remark(text, kind string) {
	if text != "" && !v.told[text] {
		v.told[text] = true
		v.p.Say("%s %s", v.p.paint(bold, kind), text)
	}
}

// ended leaves the line of a trial. err is what ended the sweep, too.
func (v *sweepView) ended(t sweep.Trial, err error) {
	switch {
	case err != nil:
		v.bar.Fail("")
	case t.State == sweep.Finished:
		v.bar.End("CV " + metric.Format(*t.CV))
	default:
		v.bar.End(string(t.State) + ": " + t.Why)
	}
}

// values are a trial's values with their keys.
func (v *sweepView) values(t sweep.Trial) string {
	return strings.Join(v.study.Space.Sets(t.Values), ", ")
}

// sweepResult is what `sweep --json` prints.
type sweepResult struct {
	Sweep string `json:"sweep"` // the sweep's id
	sweep.Design
	Trials  []sweep.Trial `json:"trials"`  // in their order
	Best    *int          `json:"best"`    // number of a trial; null: none finished
	Set     []string      `json:"set"`     // its values, as --set has them
	Command string        `json:"command"` // makes the best again, with what is fixed
	Dir     string        `json:"dir"`     // of the sweep
}

func newSweepResult(o sweepOptions, w *swept, study *sweep.Study) sweepResult {
	out := sweepResult{Sweep: study.ID(), Design: study.Design, Trials: study.Trials(), Set: []string{}, Dir: study.Dir()}
	if best := sweep.Best(out.Trials, study.LowerIsBetter); best >= 0 {
		t := out.Trials[best]
		out.Best, out.Set = &t.Number, w.space.Sets(t.Values)
		words := []string{"podium run", shellWord(o.pipeline) + forSandbox(o.sandbox)}
		for _, set := range append(slices.Clone(w.fixed), out.Set...) {
			words = append(words, "--set", shellWord(set))
		}
		if o.precision.String() != "fp32" {
			words = append(words, "--precision", o.precision.String())
		}
		out.Command = strings.Join(words, " ")
	}
	return out
}

// writeSweep is the table of trials, the best first, and what to do with it.
func writeSweep(w io.Writer, out sweepResult) error {
	names := []string{">trial"}
	for _, p := range out.Space {
		names = append(names, ">"+p.Key)
	}
	t := newTable(append(names, ">CV", ">spread", "state", ">took", "run")...)
	for _, trial := range sweep.Ranked(out.Trials, out.LowerIsBetter) {
		row := append([]string{fmt.Sprint(trial.Number)}, trial.Values...)
		if out.Best != nil && trial.Number == *out.Best {
			row[0] = "* " + row[0]
		}
		cv, spread := "-", "-"
		if trial.CV != nil {
			cv, spread = metric.Format(*trial.CV), metric.Format(*trial.CVSpread)
		}
		t.add(append(row, cv, spread, string(trial.State), durationText(time.Duration(trial.Seconds*float64(time.Second))), orDash(trial.RunID))...)
	}
	if err := t.write(w); err != nil {
		return err
	}
	lines := [][2]string{}
	if out.Best == nil {
		lines = append(lines, [2]string{"best", "none: no trial finished"})
	} else {
		best := out.Trials[*out.Best-1]
		lines = append(lines, [2]string{"best", fmt.Sprintf("trial %d: CV %s %s (spread over folds %s)", best.Number, metric.Format(*best.CV), out.Metric, metric.Format(*best.CVSpread))},
			[2]string{"again", out.Command})
	}
	lines = append(lines, [2]string{"files", out.Dir})
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	for _, l := range lines {
		if _, err := fmt.Fprintf(w, "%-11s %s\n", l[0], l[1]); err != nil {
			return err
		}
	}
	return nil
}

// shellWord quotes a word for a shell where it must be.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%", r)
	}
	if s != "" && strings.IndexFunc(s, plain) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
