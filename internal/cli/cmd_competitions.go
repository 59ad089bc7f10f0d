package cli

import (
	"context"
	"io"
	"strconv"
	"time"

	ucli "github.com/urfave/cli/v2"
)

type competitionsOptions struct {
	search  string
	sandbox bool
}

func competitionsCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "competitions", group: groupKaggle,
		usage:    "list competitions",
		examples: []string{"podium competitions", "podium competitions --search digit", "podium competitions --sandbox --json"},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "search", Aliases: []string{"s"}, Usage: "only those whose text matches `TEXT`"},
			sandboxFlag(),
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runCompetitions(c.Context, e, p, competitionsOptions{search: c.String("search"), sandbox: c.Bool("sandbox")})
		},
	})
}

// competitionRow is one competition of `competitions --json`.
type competitionRow struct {
	Competition string     `json:"competition"`
	Title       string     `json:"title"`
	Category    string     `json:"category"`
	Reward      string     `json:"reward"`
	Metric      string     `json:"metric"` // as the server words it
	Deadline    *time.Time `json:"deadline"`
	Teams       int        `json:"teams"`
	Entered     bool       `json:"entered"` // the rules are accepted
}

func runCompetitions(ctx context.Context, e *env, p *Printer, o competitionsOptions) error {
	s, err := e.connect(ctx, p, o.sandbox)
	if err != nil {
		return err
	}
	defer s.close()
	list, err := s.Client.Competitions(ctx, o.search)
	if err != nil {
		return err
	}
	rows := []competitionRow{}
	t := newTable("competition", "deadline", "category", "reward", ">teams", "entered")
	for _, c := range list {
		row := competitionRow{Competition: c.Slug, Title: c.Title, Category: c.Category, Reward: c.Reward, Metric: c.Metric, Teams: c.Teams, Entered: c.Entered}
		if !c.Deadline.IsZero() {
			d := c.Deadline.UTC()
			row.Deadline = &d
		}
		rows = append(rows, row)
		t.add(c.Slug, timeText(c.Deadline), orDash(c.Category), orDash(c.Reward), strconv.Itoa(c.Teams), yesNo(c.Entered))
	}
	if len(rows) == 0 {
		p.Say("no competition matches %q", o.search)
	}
	return p.Result(map[string]any{"server": s.name, "competitions": rows}, func(w io.Writer) error { return t.write(w) })
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
