package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
	"github.com/seed-a5aa75a0/podium/submissions"
)

func runsShowVerb(e *env) verb {
	return verb{
		name: "show", args: "RUN", min: 1, max: 1,
		usage:    "show what is known of a run: scores, place, what was changed, files",
		about:    "RUN is a run's id, a part of it that no other has, or latest.",
		examples: []string{"podium runs show latest", "podium runs show 4f2a --json"},
		run:      func(c *ucli.Context, p *Printer) error { return runRunsShow(e, p, c.Args().First()) },
	}
}

// shownRun is what `runs show --json` prints.
type shownRun struct {
	ledger.Row
	Dir     string              `json:"dir"`
	Spec    string              `json:"spec"` // path of the effective spec
	Files   map[string]string   `json:"files"`
	Metrics map[string]float64  `json:"metrics"`
	Notes   map[string]string   `json:"notes"` // such as warnings, by step
	Hint    string              `json:"hint"`  // what mends the error of a run that failed
	Steps   []pipelines.RunStep `json:"steps"`
}

func runRunsShow(e *env, p *Printer, name string) error {
	home, err := e.home()
	if err != nil {
		return err
	}
	run, err := pipelines.LoadRun(home.Dir, name)
	if err != nil {
		return err
	}
	table, err := e.table(p)
	if err != nil {
		return err
	}
	r, err := e.row(table, run.ID)
	if err != nil {
		return err
	}
	out := shownRun{Row: r, Dir: pipelines.RunDir(home.Dir, run.ID), Spec: pipelines.SpecFile(home.Dir, run.ID), Files: map[string]string{},
		Metrics: map[string]float64{}, Notes: map[string]string{}, Hint: run.Hint, Steps: run.Steps}
	maps.Copy(out.Files, run.Files)
	maps.Copy(out.Metrics, run.Metrics)
	maps.Copy(out.Notes, run.Notes)
	return p.Result(out, func(w io.Writer) error {
		if err := printRun(w, out); err != nil {
			return err
		}
		if file := run.Files["submission"]; file != "" && r.Ref == 0 && r.Public == nil {
			p.Say(`to submit it: podium submit %s %s%s -m "what is new in it"`, r.Competition, file, forSandbox(r.Server == submissions.Sandbox))
		}
		return nil
	})
}

func printRun(w io.Writer, o shownRun) error {
	lines := [][2]string{
		{"run", o.RunID}, {"pipeline", o.Pipeline}, {"competition", strings.TrimSuffix(o.Competition+", "+o.Server, ", ")},
		{"status", o.Status}, {"error", oneLine(o.failure())}, {"hint", o.Hint}, {"started", timeText(o.Started) + " UTC"}, {"took", took(o)},
	}
	if o.CV != nil {
		lines = append(lines, [2]string{"CV", cvText(o.Row)})
	}
	lines = append(lines, o.scoreLines()...)
	if o.Parent != "" {
		lines = append(lines, [2]string{"parent", o.Parent}, [2]string{"changed", allChanges(o.Changes)})
	}
	lines = append(lines, [2]string{"seed", fmt.Sprint(o.Seed)}, [2]string{"computed", computed(o.Row)})
	for _, step := range slices.Sorted(maps.Keys(o.Notes)) {
		if strings.HasPrefix(step, pipelines.NoteWarning) {
			lines = append(lines, [2]string{"warning", o.Notes[step]})
		}
	}
	lines = append(lines, [2]string{"spec", o.Spec})
	for _, name := range slices.Sorted(maps.Keys(o.Files)) {
		lines = append(lines, [2]string{name, o.Files[name]})
	}
	if o.Digest != "" {
		lines = append(lines, [2]string{"SHA-256", o.Digest})
	}
	for _, l := range lines {
		if l[1] == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "%-11s %s\n", l[0], printable(l[1])); err != nil {
			return err
		}
	}
	return nil
}

// computed is what the run was computed with.
func computed(r ledger.Row) string {
	if r.Tool == "" {
		return r.Precision
	}
	return r.Precision + ", podium " + r.Tool
}

// failure is the error of a run that did not end well.
func (o shownRun) failure() string {
	if o.Status == pipelines.RunOK {
		return ""
	}
	return o.Note
}

func took(o shownRun) string {
	made, cached := 0, 0
	for _, s := range o.Steps {
		switch s.State {
		case pipelines.Done:
			made++
		case pipelines.Cached:
			cached++
		}
	}
	text := fmt.Sprintf("%s, %d steps made, %d there already", secondsText(o.Seconds), made, cached)
	if o.PeakMemory > 0 {
		text += ", " + bytesText(o.PeakMemory) + " of memory at most"
	}
	return text
}

// cvText is the CV with what it was over folds.
func cvText(r ledger.Row) string {
	text := fmt.Sprintf("%.5f %s", *r.CV, r.Metric)
	if r.Spread != nil && len(r.Folds) != 1 {
		text += fmt.Sprintf(" +- %.5f", *r.Spread)
	}
	if len(r.Folds) > 1 {
		var folds []string
		for _, f := range r.Folds {
			folds = append(folds, fmt.Sprintf("%.5f", f))
		}
		text += ", folds " + strings.Join(folds, " ")
	}
	return text
}

// scoreLines are what the server said.
func (o shownRun) scoreLines() [][2]string {
	var lines [][2]string
	if o.Public != nil {
		text := scoreText(o.Public)
		if o.Gap != nil {
			text += ", CV - public " + gapText(o.Gap)
		}
		if o.Late {
			text += ", late: scored after the deadline, not ranked"
		}
		lines = append(lines, [2]string{"public", text})
	}
	if o.Private != nil {
		lines = append(lines, [2]string{"private", scoreText(o.Private)})
	}
	if o.Rank != nil && o.Teams != nil {
		place := submissions.Placement{Rank: *o.Rank, Teams: *o.Teams, Percentile: *o.Percentile}
		lines = append(lines, [2]string{"place", place.String() + " when the score came"})
	}
	if o.Message != "" {
		lines = append(lines, [2]string{"sent as", fmt.Sprintf("submission %d, %q", o.Ref, o.Message)})
	}
	return lines
}

// allChanges is every change of the spec.
func allChanges(changes []pipelines.Change) string {
	var parts []string
	for _, c := range changes {
		parts = append(parts, c.String())
	}
	return cmp.Or(strings.Join(parts, ", "), "nothing")
}
