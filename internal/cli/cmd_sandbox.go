package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/submissions"
)

func sandboxCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "sandbox", group: groupLocal,
		usage: "Kaggle in a box: competitions on this machine",
		about: "The sandbox speaks Kaggle's protocol, grades submissions and keeps a board. It is not Kaggle: its data,\n" +
			"scores and boards are its own, and what podium makes of its data it never sends to Kaggle.",
		examples: []string{
			"podium download digit-recognizer --sandbox", "podium sandbox add iris --from iris.csv --target species", "podium sandbox serve",
		},
		sub: []*ucli.Command{
			sandboxListCommand(e), sandboxServeCommand(e), sandboxAddCommand(e), sandboxAcceptCommand(e), sandboxResetCommand(e),
			sandboxRemoveCommand(e),
		},
	})
}

func sandboxListCommand(e *env) *ucli.Command {
	return e.command(verb{
		name:     "list",
		usage:    "list the local competitions",
		examples: []string{"podium sandbox list", "podium sandbox list --json"},
		run:      func(_ *ucli.Context, p *Printer) error { return runSandboxList(e, p) },
	})
}

// sandboxRow is one competition of `sandbox list --json`.
type sandboxRow struct {
	Competition string `json:"competition"`
	Title       string `json:"title"`
	Metric      string `json:"metric"`
	Origin      string `json:"origin"` // the mark of what is made of its data
	Source      string `json:"source"` // what its data was made of
	Made        bool   `json:"made"`   // false: embedded, made on first use
	Submissions int    `json:"submissions"`
}

func runSandboxList(e *env, p *Printer) error {
	box, err := e.openSandbox()
	if err != nil {
		return err
	}
	defer box.Close()
	list, err := box.List()
	if err != nil {
		return err
	}
	rows := []sandboxRow{}
	t := newTable("competition", "metric", "data", ">submissions", "title")
	for _, c := range list {
		rows = append(rows, sandboxRow{c.Name, c.Title, c.Metric, c.Origin, c.Source, c.Dir != "", c.Submissions})
		t.add(c.Name, c.Metric, c.Source, strconv.Itoa(c.Submissions), c.Title)
	}
	return p.Result(map[string]any{"folder": box.Dir(), "competitions": rows}, func(w io.Writer) error { return t.write(w) })
}

type sandboxServeOptions struct {
	addr   string
	flat   bool // errors
	faults []string
	seed   uint64
}

func sandboxServeCommand(e *env) *ucli.Command {
	return e.command(verb{
		name:  "serve",
		usage: "serve the local competitions until interrupted",
		about: "Prints the variables that send podium and Kaggle's own clients to it, and then one line a request on\n" +
			"stderr. The token is no secret: it opens only sandboxes. Ends with 0 on Ctrl-C.\n\n" +
			"Kaggle's kaggle command comes to port 80 only (--addr 127.0.0.1:80), kagglehub to 80 or 7777:\n" +
			"podium help clients. With --fault things go wrong on purpose, to see how a client bears them:\n" +
			"podium help faults.",
		examples: []string{
			"podium sandbox serve", "podium sandbox serve --addr 127.0.0.1:0 --json",
			"podium sandbox serve --fault 'storage cut=100000 at=1' --fault 'CreateSubmission 429 retry-after=2 at=1'",
		},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "addr", Value: "127.0.0.1:7788", Usage: "listen on `HOST:PORT`; port 0 takes a free one"},
			&ucli.BoolFlag{Name: "flat-errors", Usage: "give errors in the shape whose words Kaggle's own client shows"},
			&ucli.StringSliceFlag{Name: "fault", Usage: "let this go wrong on purpose: `WORDS` as of podium help faults; may be given often"},
			&ucli.Uint64Flag{Name: "fault-seed", Value: 1, Usage: "draw the shares of faults from `SEED`"},
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runSandboxServe(c.Context, e, p, sandboxServeOptions{
				addr: c.String("addr"), flat: c.Bool("flat-errors"), faults: c.StringSlice("fault"), seed: c.Uint64("fault-seed"),
			})
		},
	})
}

func runSandboxServe(ctx context.Context, e *env, p *Printer, o sandboxServeOptions) error {
	if err := onThisMachine(o.addr, "podium sandbox serve"); err != nil { // its token is known to everybody
		return err
	}
	var faults []sandbox.Fault
	for _, line := range o.faults {
		f, err := sandbox.ParseFault(line)
		if err != nil {
			return err
		}
		faults = append(faults, f)
	}
	opts := []sandbox.Option{sandbox.WithFaults(o.seed, faults...)}
	if o.flat {
		opts = append(opts, sandbox.WithFlatErrors())
	}
	opts = append(opts, sandbox.WithAccessLog(func(a sandbox.Access) {
		onPurpose := ""
		if len(a.Faults) > 0 {
			onPurpose = gap("fault: " + strings.Join(a.Faults, "; "))
		}
		p.Say("%s %s %s %d %s%s", a.Time.Format(time.TimeOnly), a.Method, a.Path, a.Status, durationText(a.Duration), onPurpose)
	}))
	box, err := e.openSandbox(opts...)
	if err != nil {
		return err
	}
	defer box.Close()
	running, err := box.Serve(ctx, o.addr)
	if err != nil {
		return err
	}
	defer running.Close()
	variables, environment := clientVariables(running.URL(), running.Token())
	about := map[string]any{"url": running.URL(), "token": running.Token(), "folder": box.Dir(), "variables": variables}
	err = p.Result(about, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "export %s\n", strings.Join(variables, "\nexport "))
		return err
	})
	if err != nil {
		return err
	}
	if environment == "" {
		p.Say("Kaggle's own clients come to the ports 80 and 7777 only: podium help clients")
	}
	p.Say("serving %s; Ctrl-C ends it", box.Dir())
	return running.Wait() // until ctx ends, or the listener fails
}

func sandboxResetCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "reset", args: "COMP", min: 1, max: 1,
		usage:    "forget the submissions to a local competition; its data stays",
		examples: []string{"podium sandbox reset digit-recognizer", "podium sandbox reset digit-recognizer --json"},
		run: func(c *ucli.Context, p *Printer) error {
			return e.clearSandbox(p, c.Args().First(), (*sandbox.Sandbox).Reset, "%s has no submissions now\n")
		},
	})
}

func sandboxRemoveCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "remove", args: "COMP", min: 1, max: 1,
		usage: "take a local competition away, with its data, answers and submissions",
		about: "What was downloaded from it stays where it is. Those that podium carries (" + strings.Join(sandbox.Embedded(), ", ") + ")\n" +
			"come back when they are next used.",
		examples: []string{"podium sandbox remove my-practice", "podium sandbox remove my-practice --json"},
		run: func(c *ucli.Context, p *Printer) error {
			return e.clearSandbox(p, c.Args().First(), (*sandbox.Sandbox).Remove, "%s is no more\n")
		},
	})
}

// inSandbox does something to a competition of the sandbox and gives the name
// that it has there.
func (e *env) inSandbox(competition string, do func(*sandbox.Sandbox, string) error) (slug string, err error) {
	if slug, err = kaggle.Slug(competition); err != nil {
		return "", err
	}
	box, err := e.openSandbox()
	if err != nil {
		return "", err
	}
	defer box.Close()
	return slug, do(box, slug)
}

// clearSandbox has the sandbox forget a competition's submissions, and the
// ledger too.
func (e *env) clearSandbox(p *Printer, competition string, do func(*sandbox.Sandbox, string) error, said string) error {
	slug, err := e.inSandbox(competition, do)
	if err != nil {
		return err
	}
	if err := e.forget(slug); err != nil {
		return err
	}
	return p.Result(map[string]string{"competition": slug}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, said, slug)
		return err
	})
}

// forget tells the ledger that the sandbox knows no submissions to the
// competition any more, so that the same file may be sent again.
func (e *env) forget(competition string) error {
	home, err := e.home()
	if err != nil {
		return err
	}
	return home.Ledger().Append(submissions.Record{
		Event: submissions.Reset, Time: time.Now(), Competition: competition, Server: submissions.Sandbox,
	})
}
