package cli

import (
	"fmt"
	"io"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
)

func runsWhyVerb(e *env) verb {
	return verb{
		name: "why", args: "RUN [STEP]", min: 1, max: 2,
		usage:    "say why each step of a run was made again, or was there already",
		about:    "With STEP: what of it is other than in the run's parent, and where that comes from, back to what was changed.",
		examples: []string{"podium runs why latest", "podium runs why latest blend", "podium runs why 4f2a --json"},
		run: func(c *ucli.Context, p *Printer) error {
			return runRunsWhy(e, p, c.Args().Get(0), c.Args().Get(1))
		},
	}
}

// whyResult is what `runs why --json` prints.
type whyResult struct {
	RunID  string             `json:"run_id"`
	Parent *string            `json:"parent"`
	Spec   []pipelines.Change `json:"changes"` // of the spec since the parent's
	Steps  []ledger.StepWhy   `json:"steps"`
}

func runRunsWhy(e *env, p *Printer, name, step string) error {
	home, err := e.home()
	if err != nil {
		return err
	}
	run, err := pipelines.LoadRun(home.Dir, name)
	if err != nil {
		return err
	}
	store, err := pipelines.Open(home.Store())
	if err != nil {
		return err
	}
	out := whyResult{RunID: run.ID, Parent: textOrNil(run.Parent), Spec: append([]pipelines.Change{}, run.Changes...)}
	var parent *pipelines.Run
	if run.Parent != "" {
		if before, err := pipelines.LoadRun(home.Dir, run.Parent); err == nil {
			parent = &before
		}
	}
	out.Steps = ledger.Explain(store, run, parent)
	if step != "" {
		if out.Steps, err = ledger.Chain(out.Steps, step); err != nil {
			return err
		}
	}
	return p.Result(out, func(w io.Writer) error {
		if err := printLineage(w, out); err != nil {
			return err
		}
		if step == "" {
			return printWhy(w, out.Steps)
		}
		return printChain(w, out)
	})
}

// printLineage says what the run is compared with.
func printLineage(w io.Writer, o whyResult) error {
	text := "the first of its pipeline and competition"
	if o.Parent != nil {
		text = "the spec is that of " + *o.Parent
		if len(o.Spec) > 0 {
			var parts []string
			for _, c := range o.Spec {
				parts = append(parts, c.String())
			}
			text = "since " + *o.Parent + ": " + strings.Join(parts, ", ")
		}
	}
	_, err := fmt.Fprintf(w, "%s: %s\n\n", o.RunID, text)
	return err
}

func printWhy(w io.Writer, steps []ledger.StepWhy) error {
	t := newTable("step", "state", ">took", "why")
	for _, s := range steps {
		t.add(s.Step, string(s.State), secondsText(s.Seconds), whyText(s))
	}
	return t.write(w)
}

// whyText is why a step ran, or did not.
func whyText(s ledger.StepWhy) string {
	if s.Why == "" && s.State == pipelines.Cached {
		return "made before, of the same"
	}
	return orDash(s.Why)
}

// printChain is a step and what its changes come from.
func printChain(w io.Writer, o whyResult) error {
	for _, s := range o.Steps {
		lines := []string{fmt.Sprintf("%s (%s)", s.Step, s.State)}
		switch {
		case s.Changes == nil && o.Parent != nil:
			lines = append(lines, whyText(s), "what it made in the parent is not known or no longer there")
		case s.Changes == nil:
			lines = append(lines, whyText(s))
		case len(s.Changes) == 0:
			lines = append(lines, "the same as in the parent")
		}
		for _, c := range s.Changes {
			lines = append(lines, changeText(c))
		}
		if len(s.From) > 0 {
			lines = append(lines, "from "+strings.Join(s.From, ", "))
		}
		if _, err := fmt.Fprintln(w, strings.Join(lines, "\n    ")); err != nil {
			return err
		}
	}
	return nil
}

// changeText is a change for a person, who knows no seeds of steps.
func changeText(c pipelines.Change) string {
	if c.What == "seed" {
		return "another seed: each step's is drawn from that of the spec"
	}
	return c.String()
}
