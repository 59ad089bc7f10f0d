package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

func runsWatchVerb(e *env) verb {
	return verb{
		name: "watch", args: "[RUN]", max: 1, stopping: "watching no more",
		usage: "follow a run from another terminal, until it ends",
		about: "Without RUN it is the newest that is at work, else the newest of all. On a terminal it is drawn as podium run\n" +
			"draws it, elsewhere as lines; with --json its events come as lines of JSON, those before first, and a last\n" +
			"line says how it ended. Ends with 0 if the run was well, with 1 if it failed, was interrupted or if its\n" +
			"process died. Ctrl-C stops watching and leaves the run alone.\n" +
			"--serve shows it on a page, too, for browsers on this machine, until Ctrl-C.",
		examples: []string{"podium runs watch", "podium runs watch 20261124-0449 --json", "podium runs watch --serve --addr 127.0.0.1:0"},
		flags: []ucli.Flag{
			&ucli.BoolFlag{Name: "serve", Usage: "show it on a page for browsers on this machine"},
			&ucli.StringFlag{Name: "addr", Value: "127.0.0.1:7790", Usage: "of --serve: listen on `HOST:PORT`; port 0 takes a free one"},
		},
		run: func(c *ucli.Context, p *Printer) error {
			if c.IsSet("addr") && !c.Bool("serve") {
				return fault.New(fault.Usage, "podium runs watch --serve --addr "+c.String("addr"), "--addr: it is where --serve listens")
			}
			addr := ""
			if c.Bool("serve") {
				addr = c.String("addr")
			}
			return runRunsWatch(c.Context, e, p, c.Args().First(), addr)
		},
	}
}

// watchEnd is how a run ended: the last line of `runs watch --json`.
type watchEnd struct {
	Time        time.Time          `json:"time"`
	Event       string             `json:"event"` // "ended"
	RunID       string             `json:"run_id"`
	Pipeline    string             `json:"pipeline"`
	Competition string             `json:"competition"`
	Status      string             `json:"status"` // ok, failed, interrupted; died: its process is gone
	Seconds     float64            `json:"seconds"`
	Metrics     map[string]float64 `json:"metrics"` // such as cv
	Scores      map[string]float64 `json:"scores"`  // what the server said: public, private, rank, teams
	Files       map[string]string  `json:"files"`
	Error       *string            `json:"error"`
}

// diedStatus stands for pipelines.RunRunning where the process is gone.
const diedStatus = "died"

// runRunsWatch follows the run that name names, and serves its page at addr if that is
// not "".
func runRunsWatch(ctx context.Context, e *env, p *Printer, name, addr string) error {
	home, err := e.home()
	if err != nil {
		return err
	}
	if name == "" {
		if name, err = pipelines.NewestLive(home.Store()); err != nil {
			return err
		}
	}
	if name == "" {
		name = "latest"
	}
	run, err := pipelines.LoadRun(home.Store(), name)
	if err != nil {
		return err
	}
	page, err := servePage(ctx, p, addr)
	if err != nil {
		return err
	}
	defer page.close()
	observe, end := viewOf(p, "Ctrl-C stops watching")
	observe = p.thenAndThere(observe)
	run, err = pipelines.Follow(ctx, home.Store(), run.ID, func(e pipelines.Event) {
		page.Observe(e)
		observe(e)
	})
	died := errors.Is(err, pipelines.ErrRunDied)
	end(died)
	if err != nil && !died {
		if ctx.Err() != nil {
			return fault.Wrap(err, fault.Failed, "the run goes on; podium runs watch follows it again", "watch")
		}
		return err
	}
	if died {
		page.Died()
	}
	if err := p.printEnd(run, died); err != nil {
		return err
	}
	page.stay(ctx)
	return endOf(run, died, home)
}

// endOf is how the run ended as this command's error.
func endOf(run pipelines.Run, died bool, home Home) error {
	again := "podium run " + pipelines.SpecFile(home.Store(), run.ID) + forSandbox(run.Server == "sandbox") + " goes on where it stopped"
	switch {
	case died:
		return fault.New(fault.Failed, again, "run %s: %s", run.ID, pipelines.ErrRunDied)
	case run.Status == pipelines.RunInterrupted:
		return fault.New(fault.Failed, again, "run %s was interrupted", run.ID)
	case run.Status != pipelines.RunOK:
		return fault.New(fault.Failed, run.Hint, "run %s %s: %s", run.ID, run.Status, run.Error)
	}
	return nil
}

// thenAndThere lets lines of talk tell times by the clock of the events, many of which
// were when nobody watched. A drawing tells what is left to do from now.
func (p *Printer) thenAndThere(observe func(pipelines.Event)) func(pipelines.Event) {
	if p.tty {
		return observe
	}
	var at time.Time
	p.Progress().now = func() time.Time { return at }
	return func(e pipelines.Event) {
		at = e.Time
		observe(e)
	}
}

// printEnd says how a watched run ended.
func (p *Printer) printEnd(run pipelines.Run, died bool) error {
	if p.JSON() {
		end := watchEnd{Time: run.Started.Add(time.Duration(run.Seconds * float64(time.Second))), Event: "ended", RunID: run.ID, Pipeline: run.Pipeline,
			Competition: run.Competition, Status: run.Status, Seconds: run.Seconds, Metrics: run.Metrics, Scores: run.Scores, Files: run.Files}
		if run.Error != "" {
			end.Error = &run.Error
		}
		if died {
			text := pipelines.ErrRunDied.Error()
			end.Status, end.Error = diedStatus, &text
		}
		return p.Line(end)
	}
	if run.Status != pipelines.RunOK {
		return nil
	}
	return p.Result(run, func(w io.Writer) error {
		fmt.Fprintf(w, "%-11s %s\n", "run", run.ID)
		if cv, ok := run.Metrics["cv"]; ok {
			fmt.Fprintf(w, "%-11s %.5f %s (spread over folds %.5f)\n", "CV", cv, run.Metric, run.Metrics["cv_spread"])
		}
		for _, name := range []string{"public", "private"} {
			if x, ok := run.Scores[name]; ok {
				fmt.Fprintf(w, "%-11s %.5f\n", name, x)
			}
		}
		if rank, ok := run.Scores["rank"]; ok {
			fmt.Fprintf(w, "%-11s %.0f of %.0f\n", "place", rank, run.Scores["teams"])
		}
		for _, name := range slices.Sorted(maps.Keys(run.Files)) {
			fmt.Fprintf(w, "%-11s %s\n", name, run.Files[name])
		}
		_, err := fmt.Fprintf(w, "%-11s %.0f s\n", "took", run.Seconds)
		return err
	})
}
