package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
)

type runsListOptions struct {
	competition, sort string
	limit             int // 0: all
}

func runsListVerb(e *env) verb {
	return verb{
		name:  "list",
		usage: "list runs and submissions, newest first, with CV, scores, place and what was changed",
		about: "CV is the score out of fold, +- its standard deviation over folds; GAP is CV - public score; TOP is the place when\n" +
			"the score came, in percent. CHANGED is what of the spec is other than in the run before of the same pipeline and\n" +
			"competition. BEST says what a row leads in, among those of its competition, server and metric.",
		examples: []string{"podium runs list", "podium runs list --competition digit-recognizer --sort cv", "podium runs list --limit 0 --json"},
		flags:    runsListFlags(),
		run: func(c *ucli.Context, p *Printer) error {
			o := runsListOptions{competition: c.String("competition"), sort: c.String("sort"), limit: c.Int("limit")}
			if o.limit < 0 {
				return fault.New(fault.Usage, "podium runs list --limit 20", "--limit: want 0 or more, got %d", o.limit)
			}
			if !c.IsSet("limit") && !p.JSON() {
				o.limit = shownRows
			}
			return runRunsList(e, p, o)
		},
	}
}

func runsListFlags() []ucli.Flag {
	return []ucli.Flag{
		&ucli.StringFlag{Name: "competition", Aliases: []string{"c"}, Usage: "only those of `COMP`"},
		&ucli.StringFlag{Name: "sort", Value: "started", Usage: "best first by `KEY`: " + strings.Join(ledger.SortKeys(), ", ")},
		&ucli.IntFlag{Name: "limit", Usage: "the first `N`, 0 for all", DefaultText: "20 on the screen, all in JSON"},
	}
}

// listedRow is a row of `runs list --json`.
type listedRow struct {
	ledger.Row
	Best []string `json:"best"` // what it leads in: cv, public, private
}

func runRunsList(e *env, p *Printer, o runsListOptions) error {
	table, err := e.table(p)
	if err != nil {
		return err
	}
	rows := table.Rows
	if o.competition != "" {
		comp, err := kaggle.Slug(o.competition)
		if err != nil {
			return err
		}
		if rows = slices.DeleteFunc(rows, func(r ledger.Row) bool { return r.Competition != comp }); len(rows) == 0 {
			p.Say("no run or submission of %s", comp)
		}
	} else if len(rows) == 0 {
		p.Say("nothing was run yet: podium run digit-recognizer --sandbox")
	}
	best := ledger.Best(rows)
	listed := make([]listedRow, len(rows))
	for i, r := range rows {
		listed[i] = listedRow{r, slices.Concat([]string{}, best[i])}
	}
	by, err := ledger.Sort(o.sort)
	if err != nil {
		return err
	}
	slices.SortStableFunc(listed, func(a, b listedRow) int { return by(a.Row, b.Row) })
	all := len(listed)
	if o.limit > 0 && len(listed) > o.limit {
		listed = listed[:o.limit]
	}
	return p.Result(map[string]any{"total": all, "runs": listed}, func(w io.Writer) error {
		if err := printRuns(w, listed); err != nil {
			return err
		}
		if len(listed) < all {
			p.Say("%d of %d; --limit 0 shows all", len(listed), all)
		}
		return nil
	})
}

// table reads the ledger of the process's home.
func (e *env) table(p *Printer) (ledger.Table, error) {
	home, err := e.home()
	if err != nil {
		return ledger.Table{}, err
	}
	table, err := ledger.Read(home.Dir)
	if table.Torn > 0 {
		p.Say("%s %d lines of %s are torn and left out", p.paint(bold, "warning:"), table.Torn, home.Ledger().Path)
	}
	return table, err
}

func printRuns(w io.Writer, rows []listedRow) error {
	t := newTable("run", "status", ">cv", ">+-", ">public", ">private", ">gap", ">top", ">took", "best", "changed")
	for _, r := range rows {
		top := "-"
		if r.Percentile != nil {
			top = fmt.Sprintf("%.1f %%", *r.Percentile)
		}
		status := r.Status
		if r.Late {
			status += ", late"
		}
		changed := changedText(r.Row)
		if r.Status == ledger.StatusUnreadable {
			changed = r.Note
		}
		t.add(runName(r.RunID, r.Message), status, scoreText(r.CV), scoreText(r.Spread), scoreText(r.Public), scoreText(r.Private), gapText(r.Gap), top,
			secondsText(r.Seconds), orDash(strings.Join(r.Best, ", ")), changed)
	}
	return t.write(w)
}

// changedText is what a run changed, as far as a column holds it.
func changedText(r ledger.Row) string {
	const most, wide = 3, 80
	var parts []string
	for i, c := range r.Changes {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(r.Changes)-most))
			break
		}
		parts = append(parts, c.String())
	}
	if len(parts) == 0 && r.Parent != "" {
		return "nothing"
	}
	text := []rune(orDash(strings.Join(parts, ", ")))
	if len(text) > wide {
		text = append(text[:wide-1], '…')
	}
	return string(text)
}

// scoreText is a score as Kaggle shows it, "-" for none.
func scoreText(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.5f", *v)
}

func gapText(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%+.5f", *v)
}

// secondsText is how long something took: "40 ms", "4.2 s", "12 min", "3.1 h".
func secondsText(s float64) string {
	switch {
	case s <= 0:
		return "-"
	case s < 1:
		return fmt.Sprintf("%.0f ms", 1000*s)
	case s < 10:
		return fmt.Sprintf("%.1f s", s)
	case s < 120:
		return fmt.Sprintf("%.0f s", s)
	case s < 7200:
		return fmt.Sprintf("%.0f min", s/60)
	}
	return fmt.Sprintf("%.1f h", s/3600)
}
