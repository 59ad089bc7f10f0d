package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/submissions"
)

type submitOptions struct {
	competition, file string
	message           string
	sample            string
	sandbox           bool
	wait              bool
	timeout           time.Duration
	force             bool
	noCheck           bool
}

func submitCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "submit", args: "COMP FILE", group: groupKaggle, min: 2, max: 2,
		usage: "check a submission file, upload it, and say where it stands",
		about: "Before anything is sent the rules, the deadline and the day's limit are looked at, and the file is checked\n" +
			"against the competition's sample submission. The same file is sent once. A file that descends from data\n" +
			"that Kaggle did not hand out is never sent to Kaggle. If the server's answer is lost, podium looks whether\n" +
			"it has the submission.\n\n" +
			"With --wait it ends with 0 when the submission is scored, with 9 when the server could not score it, and\n" +
			"with 8 when that took longer than --timeout.",
		examples: []string{
			`podium submit digit-recognizer submission.csv -m "bn cnn, 5 folds" --wait`,
			"podium submit digit-recognizer submission.csv -m try --sandbox --wait",
			`podium submit titanic out.csv -m "all women" --sample data/gender_submission.csv`,
		},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "message", Aliases: []string{"m"}, Usage: "`TEXT` that tells this submission from others"},
			&ucli.StringFlag{Name: "sample", Usage: "check against `FILE` instead of the downloaded sample"},
			&ucli.BoolFlag{Name: "no-check", Usage: "do not check the file"},
			&ucli.BoolFlag{Name: "wait", Usage: "wait for the score and the rank"},
			&ucli.DurationFlag{Name: "timeout", Value: 10 * time.Minute, Usage: "wait at most `DURATION`, as 90s or 1h; it means --wait"},
			&ucli.BoolFlag{Name: "force", Usage: "send a file that was sent before"},
			sandboxFlag(),
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runSubmit(c.Context, e, p, submitOptions{
				competition: c.Args().Get(0), file: c.Args().Get(1), message: c.String("message"), sample: c.String("sample"),
				sandbox: c.Bool("sandbox"), wait: c.Bool("wait") || c.IsSet("timeout"), timeout: c.Duration("timeout"),
				force: c.Bool("force"), noCheck: c.Bool("no-check"),
			})
		},
	})
}

// submitted is what `submit --json` prints. What is not known (yet) is null.
type submitted struct {
	Server      string   `json:"server"`
	Competition string   `json:"competition"`
	Ref         int64    `json:"ref"`
	File        string   `json:"file"`
	Digest      string   `json:"digest"`
	Message     string   `json:"message"`
	Note        *string  `json:"note"`   // that its answer was lost, or that it is too late to be ranked
	Status      string   `json:"status"` // pending, complete, error
	Public      *string  `json:"public_score"`
	Private     *string  `json:"private_score"`
	Rank        *int     `json:"rank"`
	Teams       *int     `json:"teams"`
	Percentile  *float64 `json:"percentile"`
}

func runSubmit(ctx context.Context, e *env, p *Printer, o submitOptions) error {
	if strings.TrimSpace(o.message) == "" {
		return fault.New(fault.Usage, fmt.Sprintf(`podium submit %s %s%s -m "what is new in it"`, o.competition, o.file, forSandbox(o.sandbox)), "submit: a message is missing")
	}
	if o.timeout <= 0 {
		return fault.New(fault.Usage, "podium submit "+o.competition+" "+o.file+" --timeout 10m", "--timeout: want more than 0, got %s", o.timeout)
	}
	if _, err := os.Stat(o.file); err != nil { // before the server is asked for anything
		return fault.Wrap(err, fault.Usage, "podium submit --help", "submit")
	}
	s, comp, err := e.connectTo(ctx, p, o.sandbox, o.competition)
	if err != nil {
		return err
	}
	defer s.close()
	home, err := e.home()
	if err != nil {
		return err
	}
	about, err := s.Client.CanSubmit(ctx, comp)
	if err != nil {
		return err
	}
	name := s.nameFor(about)
	if err := e.checkFile(ctx, p, s.Client, o, about, home.Data(name, comp)); err != nil {
		return err
	}
	ledger := home.Ledger()
	record, err := submissions.Upload(ctx, s, ledger, submissions.Request{
		Competition: comp, Server: name, File: o.file, Message: o.message, Force: o.force, Time: time.Now(),
	})
	if err != nil {
		return err
	}
	out := submitted{Server: name, Competition: comp, Ref: record.Ref, File: record.File, Digest: record.Digest, Message: record.Message,
		Note: textOrNil(record.Note), Status: "pending"}
	p.Say("sent %s to %s of %s as submission %d", o.file, comp, name, record.Ref)
	if record.Note != "" {
		p.Say("%s %s", p.paint(bold, "note:"), record.Note)
	}
	if !o.wait {
		return printSubmitted(p, out, o.sandbox)
	}
	err = out.settle(ctx, p, s, ledger, record, about, o.timeout)
	return errors.Join(err, printSubmitted(p, out, o.sandbox)) // what was sent is told whatever became of it
}

// checkFile holds the file against the sample, if there is one.
func (e *env) checkFile(ctx context.Context, p *Printer, client *kaggle.Client, o submitOptions, about kaggle.Competition, data string) error {
	if o.noCheck {
		return nil
	}
	sample, err := e.sampleOf(ctx, p, client, o, about.Slug, data)
	if err != nil || sample == "" {
		return err
	}
	check := submissions.Check{Sample: sample}
	if m, ok := metric.ByTitle(about.Metric); ok {
		check.Values = submissions.ValuesOf(m)
	}
	_, err = check.File(o.file)
	return err
}

// settle waits for the score, finds the place and records both.
func (out *submitted) settle(ctx context.Context, p *Printer, s *server, ledger *submissions.Ledger, sent submissions.Record,
	about kaggle.Competition, timeout time.Duration) error {
	opts := submissions.WaitOptions{Timeout: timeout}
	if s.sandbox {
		opts.First = 50 * time.Millisecond // it grades as fast as it can read
	}
	bar := p.Progress().Begin("score of submission " + strconv.FormatInt(sent.Ref, 10))
	var m *metric.Metric // nil where it is not one that podium knows the direction of
	if known, ok := metric.ByTitle(about.Metric); ok {
		m = &known
	}
	score, placed, err := s.Settle(ctx, ledger, sent, m, opts)
	bar.Drop()
	if score.State == submissions.StateComplete || score.State == submissions.StateError {
		out.Status = string(score.State)
	}
	out.Public, out.Private = textOrNil(score.Public), textOrNil(score.Private)
	if placed != nil {
		out.Rank, out.Teams, out.Percentile = &placed.Rank, &placed.Teams, &placed.Percentile
	}
	return err
}

func printSubmitted(p *Printer, out submitted, sandbox bool) error {
	return p.Result(out, func(w io.Writer) error {
		t := newTable("submission", "status", ">public", ">private", ">rank", ">teams", "top")
		rank, teams, top := "-", "-", "-"
		if out.Rank != nil {
			rank, teams, top = strconv.Itoa(*out.Rank), strconv.Itoa(*out.Teams), fmt.Sprintf("%.1f %%", *out.Percentile)
		}
		t.add(strconv.FormatInt(out.Ref, 10), out.Status, orDash(textOf(out.Public)), orDash(textOf(out.Private)), rank, teams, top)
		if err := t.write(w); err != nil {
			return err
		}
		if out.Status == "pending" {
			p.Say("its score: podium submissions %s%s", out.Competition, forSandbox(sandbox))
		}
		return nil
	})
}

func textOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
