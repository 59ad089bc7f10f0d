package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/submissions"
)

type submissionsOptions struct {
	competition  string
	limit        int // 0: all
	csv, sandbox bool
}

func submissionsCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "submissions", args: "COMP", group: groupKaggle, min: 1, max: 1,
		usage:    "list your submissions to a competition, with their scores",
		about:    "Scores are the server's; the run and its cross-validation score are from the ledger of this machine.",
		examples: []string{"podium submissions digit-recognizer", "podium submissions digit-recognizer --limit 5 --sandbox", "podium submissions titanic --csv"},
		flags: []ucli.Flag{
			&ucli.IntFlag{Name: "limit", Usage: "the newest `N` only", DefaultText: "all"},
			csvFlag(),
			sandboxFlag(),
		},
		run: func(c *ucli.Context, p *Printer) error {
			if err := oneFormat(c); err != nil {
				return err
			}
			o := submissionsOptions{competition: c.Args().First(), limit: c.Int("limit"), csv: c.Bool("csv"), sandbox: c.Bool("sandbox")}
			if o.limit < 0 {
				return fault.New(fault.Usage, "podium submissions COMP --limit 20", "--limit: want 0 or more, got %d", o.limit)
			}
			return runSubmissions(c.Context, e, p, o)
		},
	})
}

// submissionRow is one submission of `submissions --json`. What is not known
// (yet) is null.
type submissionRow struct {
	Ref     int64     `json:"ref"`
	Date    time.Time `json:"date"`
	File    string    `json:"file"`
	Message string    `json:"message"`
	Status  string    `json:"status"`
	Error   *string   `json:"error"`
	Public  *string   `json:"public_score"`
	Private *string   `json:"private_score"`
	CV      *float64  `json:"cv"`
	RunID   *string   `json:"run_id"`
}

func runSubmissions(ctx context.Context, e *env, p *Printer, o submissionsOptions) error {
	s, comp, err := e.connectTo(ctx, p, o.sandbox, o.competition)
	if err != nil {
		return err
	}
	defer s.close()
	home, err := e.home()
	if err != nil {
		return err
	}
	list, err := s.Client.LatestSubmissions(ctx, comp, o.limit)
	if err != nil {
		return err
	}
	known, err := home.Ledger().Submissions(submissions.Filter{Competition: comp})
	if err != nil {
		return err
	}
	rows := []submissionRow{}
	for _, sub := range list {
		rows = append(rows, joinRecord(sub, known, s.name))
	}
	if len(rows) == 0 {
		p.Say("nothing was submitted to %s yet", comp)
	}
	if o.csv {
		return p.CSV(submissionColumns, submissionCells(rows))
	}
	return p.Result(map[string]any{"server": s.name, "competition": comp, "submissions": rows},
		func(w io.Writer) error { return printSubmissions(w, rows) })
}

func printSubmissions(w io.Writer, rows []submissionRow) error {
	names := []string{">ref", "date", "file", "message", "status", ">public", ">private", ">cv"}
	failed := slices.ContainsFunc(rows, func(r submissionRow) bool { return r.Error != nil })
	if failed {
		names = append(names, "error")
	}
	t := newTable(names...)
	for _, r := range rows {
		cv := "-"
		if r.CV != nil {
			cv = fmt.Sprintf("%.5f", *r.CV)
		}
		cells := []string{strconv.FormatInt(r.Ref, 10), timeText(r.Date), r.File, r.Message, r.Status, orDash(textOf(r.Public)), orDash(textOf(r.Private)), cv}
		if failed {
			cells = append(cells, textOf(r.Error))
		}
		t.add(cells...)
	}
	return t.write(w)
}

// submissionColumns are the fields of submissionRow, for CSV.
var submissionColumns = []string{"ref", "date", "file", "message", "status", "error", "public_score", "private_score", "cv", "run_id"}

func submissionCells(rows []submissionRow) [][]string {
	cells := [][]string{}
	for _, r := range rows {
		date, cv := "", ""
		if !r.Date.IsZero() {
			date = r.Date.Format(time.RFC3339)
		}
		if r.CV != nil {
			cv = strconv.FormatFloat(*r.CV, 'g', -1, 64)
		}
		cells = append(cells, []string{strconv.FormatInt(r.Ref, 10), date, r.File, r.Message, r.Status, textOf(r.Error),
			textOf(r.Public), textOf(r.Private), cv, textOf(r.RunID)})
	}
	return cells
}

// textOf is a text that may not be known, "" then.
func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// joinRecord adds what this machine's ledger knows of a submission.
func joinRecord(sub kaggle.Submission, known []submissions.Record, serverName string) submissionRow {
	row := submissionRow{
		Ref: sub.Ref, Date: sub.Date.UTC(), File: sub.FileName, Message: sub.Description, Status: string(sub.Status),
		Error: textOrNil(sub.Error), Public: textOrNil(sub.PublicScore), Private: textOrNil(sub.PrivateScore),
	}
	for _, r := range known {
		if r.Ref == sub.Ref && r.Server == serverName {
			row.CV, row.RunID = r.CV, textOrNil(r.RunID)
			break
		}
	}
	return row
}
