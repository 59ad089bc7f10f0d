package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/submissions"
)

type submissionsOptions struct {
	competition string
	sandbox     bool
}

func submissionsCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "submissions", args: "COMP", group: groupKaggle, min: 1, max: 1,
		usage:    "list your submissions to a competition, with their scores",
		about:    "Scores are the server's; the run and its cross-validation score are from the ledger of this machine.",
		examples: []string{"podium submissions digit-recognizer", "podium submissions digit-recognizer --sandbox", "podium submissions titanic --json"},
		flags:    []ucli.Flag{sandboxFlag()},
		run: func(c *ucli.Context, p *Printer) error {
			return runSubmissions(c.Context, e, p, submissionsOptions{competition: c.Args().First(), sandbox: c.Bool("sandbox")})
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
	list, err := s.Client.Submissions(ctx, comp)
	if err != nil {
		return err
	}
	known, err := home.Ledger().Submissions(submissions.Filter{Competition: comp})
	if err != nil {
		return err
	}
	rows := []submissionRow{}
	t := newTable(">ref", "date", "file", "message", "status", ">public", ">private", ">cv")
	for _, sub := range list {
		row := joinRecord(sub, known, s.name)
		rows = append(rows, row)
		cv := "-"
		if row.CV != nil {
			cv = fmt.Sprintf("%.5f", *row.CV)
		}
		t.add(strconv.FormatInt(sub.Ref, 10), timeText(sub.Date), sub.FileName, sub.Description, row.Status,
			orDash(sub.PublicScore), orDash(sub.PrivateScore), cv)
	}
	if len(rows) == 0 {
		p.Say("nothing was submitted to %s yet", comp)
	}
	return p.Result(map[string]any{"server": s.name, "competition": comp, "submissions": rows}, func(w io.Writer) error { return t.write(w) })
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
