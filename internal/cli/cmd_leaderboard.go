package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

// shownRows is how many rows of a board are shown on the screen by default.
const shownRows = 20

type leaderboardOptions struct {
	competition string
	team        string
	limit       int // 0: all
	public      bool
	download    bool
	dir         string
	csv         bool
	sandbox     bool
	compare     bool
	board       string // a kept board to compare with, "" to ask the server
}

func leaderboardCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "leaderboard", args: "COMP", group: groupKaggle, min: 1, max: 1,
		usage: "show a competition's leaderboard, and your place on it",
		about: "The public board while the competition runs, then the private one. With --download the whole board is kept\n" +
			"as a CSV file, and the rows say how many submissions a team made and who is in it.\n" +
			"With --compare your runs and submissions are placed on the board instead: rank, percentile, whether that is in\n" +
			"the top 50 %, and the medal where the competition gives them. What was not submitted is placed by its CV, as an\n" +
			"estimate. --board FILE does so without the network, on a board that --download kept.",
		examples: []string{
			`podium leaderboard titanic --team "my team"`,
			"podium leaderboard titanic --download --path boards --limit 100",
			"podium leaderboard digit-recognizer --sandbox --compare",
		},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "team", Usage: "only teams whose name holds `TEXT`, whatever the case"},
			&ucli.IntFlag{Name: "limit", Aliases: []string{"top"}, Usage: "the first `N` rows, 0 for all", DefaultText: "20 on the screen, all in JSON and CSV"},
			&ucli.BoolFlag{Name: "public", Usage: "the public board, also when the competition is over"},
			&ucli.BoolFlag{Name: "download", Aliases: []string{"d"}, Usage: "keep the whole board as a file"},
			&ucli.StringFlag{Name: "path", Aliases: []string{"p"}, Value: ".", Usage: "put the file of --download into `FOLDER`"},
			&ucli.BoolFlag{Name: "compare", Usage: "place your runs and submissions on the board"},
			&ucli.StringFlag{Name: "board", Usage: "of --compare: the board in `FILE`, as --download keeps it; no network"},
			csvFlag(),
			sandboxFlag(),
		},
		run: func(c *ucli.Context, p *Printer) error {
			if err := oneFormat(c); err != nil {
				return err
			}
			o := leaderboardOptions{
				compare: c.Bool("compare") || c.String("board") != "", board: c.String("board"),
				competition: c.Args().First(), team: c.String("team"), limit: c.Int("limit"), public: c.Bool("public"),
				download: c.Bool("download"), dir: c.String("path"), csv: c.Bool("csv"), sandbox: c.Bool("sandbox"),
			}
			if o.limit < 0 {
				return fault.New(fault.Usage, "podium leaderboard COMP --limit 20", "--limit: want 0 or more, got %d", o.limit)
			}
			if !c.IsSet("limit") && !o.csv && !p.JSON() {
				o.limit = shownRows
			}
			if o.compare {
				return runBoardCompare(c.Context, e, p, o)
			}
			return runLeaderboard(c.Context, e, p, o)
		},
	})
}

// boardRow is one team of `leaderboard --json`. What is not known is null.
type boardRow struct {
	Rank        int        `json:"rank"`
	TeamID      int64      `json:"team_id"`
	Team        string     `json:"team"`
	Score       string     `json:"score"`
	Date        *time.Time `json:"date"`
	Percentile  *float64   `json:"percentile"` // 100 * rank / teams
	Own         bool       `json:"own"`
	Submissions *int       `json:"submissions"` // with --download
	Members     []string   `json:"members"`     // with --download
}

func runLeaderboard(ctx context.Context, e *env, p *Printer, o leaderboardOptions) error {
	s, comp, err := e.connectTo(ctx, p, o.sandbox, o.competition)
	if err != nil {
		return err
	}
	defer s.close()
	about, err := s.Client.Competition(ctx, comp)
	if err != nil {
		return err
	}
	want := kaggle.LeaderboardOptions{Public: o.public, Limit: o.limit}
	if o.team != "" {
		want.Limit = 0 // its place may be anywhere
	}
	board, whole, err := s.Client.LeaderboardPart(ctx, comp, want)
	if err != nil {
		return err
	}
	file := ""
	if o.download {
		if file, err = e.keepBoard(ctx, s.Client, comp, o.dir, board); err != nil {
			return err
		}
	}
	teams := len(board)
	if !whole {
		teams = max(teams, about.Teams)
	}
	rows := boardRows(board, o, teams, ownPlace(ctx, s.Client, about))
	switch {
	case len(board) == 0:
		p.Say("the board of %s is empty", comp)
	case len(rows) == 0:
		p.Say("no team of %s has %q in its name", comp, o.team)
	}
	if file != "" {
		p.Say("the whole board is in %s", file)
	}
	if o.csv {
		return p.CSV(boardColumns, boardCells(rows))
	}
	result := map[string]any{"server": s.name, "competition": comp, "teams": teams, "file": textOrNil(file), "rows": rows}
	return p.Result(result, func(w io.Writer) error { return printBoard(w, p, rows, o, teams, about.Rank) })
}

// keepBoard saves the downloaded board in a folder and adds what it knows to
// the rows.
func (e *env) keepBoard(ctx context.Context, client *kaggle.Client, comp, dir string, board []kaggle.LeaderboardRow) (string, error) {
	got, err := client.LeaderboardFile(ctx, comp)
	if err != nil {
		return "", err
	}
	got.Complete(board)
	path := filepath.Join(dir, got.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fault.Disk(err, dir)
	}
	return path, fault.Disk(atomicfile.WriteBytes(path, 0o644, got.CSV), path)
}

// ownPlace tells one's own row: by the team of one's last submission, else by
// the rank that the competition tells. Nobody has one who has not entered.
func ownPlace(ctx context.Context, client *kaggle.Client, about kaggle.Competition) func(kaggle.LeaderboardRow) bool {
	team := ""
	if about.Entered {
		list, err := client.LatestSubmissions(ctx, about.Slug, 1)
		if err == nil && len(list) > 0 { // a board is shown without a mark rather than not at all
			team = list[0].Team
		}
	}
	return func(r kaggle.LeaderboardRow) bool {
		if team != "" {
			return r.Team == team
		}
		return about.Rank > 0 && r.Rank == about.Rank
	}
}

func boardRows(board []kaggle.LeaderboardRow, o leaderboardOptions, teams int, own func(kaggle.LeaderboardRow) bool) []boardRow {
	rows := []boardRow{}
	for _, r := range board {
		if !strings.Contains(strings.ToLower(r.Team), strings.ToLower(o.team)) {
			continue
		}
		row := boardRow{Rank: r.Rank, TeamID: r.TeamID, Team: r.Team, Score: r.Score, Own: own(r), Members: r.Members}
		if teams > 0 {
			top := 100 * float64(r.Rank) / float64(teams)
			row.Percentile = &top
		}
		if !r.Date.IsZero() {
			at := r.Date.UTC()
			row.Date = &at
		}
		if r.Submissions > 0 {
			row.Submissions = &r.Submissions
		}
		rows = append(rows, row)
		if o.limit > 0 && len(rows) == o.limit {
			break
		}
	}
	return rows
}
