package cli

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

type leaderboardOptions struct {
	competition string
	team        string
	top         int
	sandbox     bool
}

func leaderboardCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "leaderboard", args: "COMP", group: groupKaggle, min: 1, max: 1,
		usage: "show a competition's leaderboard",
		about: "The public board while the competition runs, then the private one.",
		examples: []string{
			"podium leaderboard digit-recognizer",
			`podium leaderboard titanic --team "my team" --top 0`,
			"podium leaderboard digit-recognizer --sandbox --json",
		},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "team", Usage: "only teams whose name holds `TEXT`, whatever the case"},
			&ucli.IntFlag{Name: "top", Value: 20, Usage: "show the first `N` rows on the screen, 0 for all; JSON always has all"},
			sandboxFlag(),
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runLeaderboard(c.Context, e, p, leaderboardOptions{
				competition: c.Args().First(), team: c.String("team"), top: c.Int("top"), sandbox: c.Bool("sandbox"),
			})
		},
	})
}

// boardRow is one team of `leaderboard --json`.
type boardRow struct {
	Rank       int        `json:"rank"`
	Team       string     `json:"team"`
	Score      string     `json:"score"`
	Date       *time.Time `json:"date"`
	Percentile float64    `json:"percentile"`
}

func runLeaderboard(ctx context.Context, e *env, p *Printer, o leaderboardOptions) error {
	if o.top < 0 {
		return fault.New(fault.Usage, "podium leaderboard COMP --top 20", "--top: want 0 or more, got %d", o.top)
	}
	s, comp, err := e.connectTo(ctx, p, o.sandbox, o.competition)
	if err != nil {
		return err
	}
	defer s.close()
	board, err := s.Client.Leaderboard(ctx, comp)
	if err != nil {
		return err
	}
	rows := boardRows(board, o.team)
	switch {
	case len(board) == 0:
		p.Say("the board of %s is empty", comp)
	case len(rows) == 0:
		p.Say("no team of %s has %q in its name", comp, o.team)
	}
	result := map[string]any{"server": s.name, "competition": comp, "teams": len(board), "rows": rows}
	return p.Result(result, func(w io.Writer) error {
		t := newTable(">rank", "team", ">score", "date", ">top")
		for i, r := range rows {
			if o.top > 0 && i == o.top {
				defer p.Say("%d of %d teams; --top 0 shows all", o.top, len(rows))
				break
			}
			at := "-"
			if r.Date != nil {
				at = timeText(*r.Date)
			}
			t.add(strconv.Itoa(r.Rank), r.Team, orDash(r.Score), at, strconv.FormatFloat(r.Percentile, 'f', 1, 64)+" %")
		}
		return t.write(w)
	})
}

func boardRows(board []kaggle.LeaderboardRow, team string) []boardRow {
	rows := []boardRow{}
	for _, r := range board {
		if !strings.Contains(strings.ToLower(r.Team), strings.ToLower(team)) {
			continue
		}
		row := boardRow{Rank: r.Rank, Team: r.Team, Score: r.Score, Percentile: 100 * float64(r.Rank) / float64(len(board))}
		if !r.Date.IsZero() {
			at := r.Date.UTC()
			row.Date = &at
		}
		rows = append(rows, row)
	}
	return rows
}
