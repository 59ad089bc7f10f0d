package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines/report"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

type runsReportOptions struct {
	run    string
	output string // "" is report.html in the run's folder
	open   bool
}

func runsReportVerb(e *env) verb {
	return verb{
		name: "report", args: "RUN", min: 1, max: 1,
		usage: "make a page of a run: curves, confusion, most wrong photos, calibration, cost, plan",
		about: "RUN is a run's id, a part of it that no other has, or latest. The page is one HTML file with everything in it:\n" +
			"it needs no server and no network, and can be sent to somebody. It is made of what is still there of the\n" +
			"run's artifacts; what is gone, or was never made, is left out and named at its end. A run that failed has a page, too.",
		examples: []string{
			"podium runs report latest --open",
			"podium runs report dogs-vs-cats -o dogs.html",
			"podium runs report 20261123-124501 --json",
		},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "the page, `FILE.html`, overwritten if it is there", DefaultText: "report.html in the run's folder"},
			&ucli.BoolFlag{Name: "open", Usage: "show it in the browser"},
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runRunsReport(c.Context, e, p, runsReportOptions{run: c.Args().First(), output: c.String("output"), open: c.Bool("open")})
		},
	}
}

// reportResult is what `runs report --json` prints.
type reportResult struct {
	Run      string   `json:"run"`
	File     string   `json:"file"`
	Bytes    int64    `json:"bytes"`
	Sections []string `json:"sections"` // ids, in the order of the page
	LeftOut  []string `json:"left_out"` // ids of what the run has nothing for, or what is gone
	Seconds  float64  `json:"seconds"`
}

func runRunsReport(ctx context.Context, e *env, p *Printer, o runsReportOptions) error {
	start := time.Now()
	home, err := e.home()
	if err != nil {
		return err
	}
	traces, err := steps.OpenTraces(home.Store(), o.run)
	if err != nil {
		return err
	}
	table, err := e.table(p)
	if err != nil {
		return err
	}
	out := reportResult{Run: traces.Run.ID}
	if o.output == "" {
		o.output = filepath.Join(home.Dir, "runs", traces.Run.ID, "report.html")
	} else if ext := filepath.Ext(o.output); ext != ".html" && ext != ".htm" {
		return fault.New(fault.Usage, "podium runs report "+o.run+" -o FILE.html", "--output: want a file that ends in .html, got %q", o.output)
	}
	if out.File, err = filepath.Abs(o.output); err != nil {
		return err
	}
	var made report.Contents
	err = atomicfile.Write(out.File, 0o644, func(w io.Writer) (err error) {
		made, err = report.Write(ctx, w, traces, report.Options{Rows: table.Rows, Now: start})
		return err
	})
	if err != nil {
		return err
	}
	info, err := os.Stat(out.File)
	if err != nil {
		return err
	}
	out.Bytes, out.Sections, out.LeftOut, out.Seconds = info.Size(), made.Sections, made.LeftOut, time.Since(start).Seconds()
	if o.open {
		e.show(ctx, p, out.File)
	}
	return p.Result(out, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, out.File)
		return err
	})
}

// show opens a page in the person's browser, or says that it is to be done by hand.
func (e *env) show(ctx context.Context, p *Printer, file string) {
	b := e.browser()
	if b == nil {
		p.Say("%s no browser was found; open the file in one, or set BROWSER", p.paint(bold, "note:"))
		return
	}
	if err := open(ctx, b, file); err != nil {
		p.Say("%s the browser did not start: %v", p.paint(bold, "note:"), err)
	}
}
