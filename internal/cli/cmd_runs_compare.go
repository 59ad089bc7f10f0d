package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
)

// mostCompared is how many runs are compared at once: each is a letter.
const mostCompared = 26

func runsCompareVerb(e *env) verb {
	return verb{
		name: "compare", args: "RUN [RUN...]", min: 1, max: mostCompared,
		usage: "hold runs against each other: scores, folds, times, and what of their specs differs",
		about: "One RUN is compared with its parent, the run before it of the same pipeline and competition. * marks the best.\n" +
			"Runs that were split alike are compared fold by fold, too: being better in every fold says more than the mean.",
		examples: []string{"podium runs compare latest", "podium runs compare 4f2a latest", "podium runs compare 4f2a 09c1 --json"},
		run:      func(c *ucli.Context, p *Printer) error { return runRunsCompare(e, p, c.Args().Slice()) },
	}
}

func runRunsCompare(e *env, p *Printer, names []string) error {
	table, err := e.table(p)
	if err != nil {
		return err
	}
	home, err := e.home()
	if err != nil {
		return err
	}
	var rows []ledger.Row
	for _, name := range names {
		r, err := e.row(table, name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(rows, func(other ledger.Row) bool { return other.RunID == r.RunID }) {
			return fault.New(fault.Usage, "podium runs list names the others", "%s is named twice", r.RunID)
		}
		rows = append(rows, r)
	}
	if len(rows) == 1 {
		if rows[0].Parent == "" {
			return fault.New(fault.Usage, "podium runs compare RUN RUN", "%s has no parent to be compared with: name another run", rows[0].RunID)
		}
		parent, err := e.row(table, rows[0].Parent)
		if err != nil {
			return fmt.Errorf("the parent of %s: %w", rows[0].RunID, err)
		}
		rows = []ledger.Row{parent, rows[0]}
	}
	c := ledger.Compare(rows, ledger.Leaves(home.Dir, rows))
	return p.Result(c, func(w io.Writer) error { return printComparison(w, p, c) })
}

// row is the row of the run that name means, as podium.LoadRun finds it.
func (e *env) row(table ledger.Table, name string) (ledger.Row, error) {
	home, err := e.home()
	if err != nil {
		return ledger.Row{}, err
	}
	run, err := pipelines.LoadRun(home.Dir, name)
	if err != nil {
		return ledger.Row{}, err
	}
	r, ok := table.Run(run.ID)
	if !ok { // it began in between
		return ledger.Row{}, fault.New(fault.Failed, "try again", "run %s has only just begun", run.ID)
	}
	return r, nil
}

func printComparison(w io.Writer, p *Printer, c ledger.Comparison) error {
	names := []string{""}
	for i, r := range c.Runs {
		letter := string(rune('A' + i))
		names = append(names, ">"+letter)
		if _, err := fmt.Fprintf(w, "%s  %s  %s\n", letter, r.RunID, aboutRun(r)); err != nil {
			return err
		}
	}
	t := newTable(names...)
	for _, f := range c.Figures {
		cells := []string{figureName(f.Name, c.Runs[0].Metric)}
		for i, v := range f.Values {
			mark := "  "
			if f.Best[i] {
				mark = " *"
			}
			cells = append(cells, figureText(f.Name, v)+mark)
		}
		t.add(cells...)
	}
	if len(c.Folds) > 0 {
		cells := []string{"folds better than A", "  "}
		for _, f := range c.Folds {
			cells = append(cells, fmt.Sprintf("%d of %d  ", f.Better, f.Folds))
		}
		t.add(cells...)
	}
	fmt.Fprintln(w)
	if err := t.write(w); err != nil {
		return err
	}
	if !c.Comparable {
		p.Say("%s they are not of one competition, server and metric: their scores cannot be compared", p.paint(bold, "note:"))
	}
	if len(c.Parameters) == 0 {
		p.Say("their specs are the same")
		return nil
	}
	fmt.Fprintln(w)
	differ := newTable(append([]string{"what differs"}, names[1:]...)...)
	for _, x := range c.Parameters {
		cells := []string{x.Name}
		for _, v := range x.Values {
			cells = append(cells, orDash(v)+"  ")
		}
		differ.add(cells...)
	}
	return differ.write(w)
}

// aboutRun is what a run is, beside its numbers.
func aboutRun(r ledger.Row) string {
	parts := []string{r.Competition}
	if r.Server != "" {
		parts = append(parts, r.Server)
	}
	if r.Status != pipelines.RunOK {
		parts = append(parts, r.Status)
	}
	return strings.Join(parts, ", ")
}

// figureName is a figure for a person.
func figureName(name, metric string) string {
	if fold, ok := strings.CutPrefix(name, "cv_fold"); ok {
		return "  fold " + fold
	}
	switch name {
	case "cv":
		return strings.TrimSpace("CV " + metric)
	case "cv_spread":
		return "  +- over folds"
	case "public_score", "private_score":
		return strings.TrimSuffix(name, "_score")
	case "gap":
		return "gap (CV - public)"
	case "percentile":
		return "top"
	case "seconds":
		return "took"
	case "peak_memory":
		return "peak memory"
	}
	return name
}

func figureText(name string, v *float64) string {
	switch {
	case v == nil:
		return "-"
	case name == "gap":
		return gapText(v)
	case name == "percentile":
		return fmt.Sprintf("%.1f %%", *v)
	case name == "seconds":
		return secondsText(*v)
	case name == "peak_memory":
		return bytesText(int64(*v))
	}
	return scoreText(v)
}
