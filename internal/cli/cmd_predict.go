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
	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

type predictOptions struct {
	run, source string
	output      string
	force       bool
	device      string
	threads     int
}

func predictCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "predict", args: "RUN DIR|FILE", group: groupPipelines, min: 2, max: 2,
		usage: "let the nets of a run predict photos of yours, or rows of a table",
		about: "RUN is a run's id (podium run names it), a part of it that no other has, or latest. All nets of the run\n" +
			"predict, with its test-time augmentation, blend and corrections. DIR|FILE is a folder or a zip with .jpg,\n" +
			".jpeg and .png photos, however deep, or one photo; or, of a run on tables, a CSV file with the pixel columns\n" +
			"of the test table. The result has a line a photo: id,class and the probability of each class.\n" +
			"A photo that cannot be decoded is named and left out. So is smoothing over neighbours (knn), with a note:\n" +
			"it needs the other photos of the competition.",
		examples: []string{
			"podium predict latest ~/Pictures/pets",
			"podium predict dogs-vs-cats photos.zip -o pets.csv",
			"podium predict 20261123-124501 test.csv --json",
		},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "predictions.csv", Usage: "write it to `FILE`"},
			&ucli.BoolFlag{Name: "force", Usage: "overwrite a file that is there"},
			&ucli.StringFlag{Name: "device", Value: "auto", Usage: "compute on `DEVICE`: auto, cpu"},
			&ucli.IntFlag{Name: "threads", Usage: "compute with `N` threads", DefaultText: "all cores"},
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runPredict(c.Context, e, p, predictOptions{
				run: c.Args().Get(0), source: c.Args().Get(1), output: c.String("output"), force: c.Bool("force"),
				device: c.String("device"), threads: c.Int("threads"),
			})
		},
	})
}

// predictResult is what `predict --json` prints.
type predictResult struct {
	Run     string         `json:"run"`
	Output  string         `json:"output"`
	Rows    int            `json:"rows"`
	Nets    int            `json:"nets"`
	Classes []string       `json:"classes"`
	Counts  map[string]int `json:"counts"` // of rows, by the likeliest class
	Broken  []brokenPhoto  `json:"broken"`
	Digest  string         `json:"digest"`
	Origins []string       `json:"origins"`
	LeftOut *string        `json:"left_out"` // a correction of the run that new photos have no part in
	Seconds float64        `json:"seconds"`
}

type brokenPhoto struct {
	Name  string `json:"name"`
	Error string `json:"error"`
}

func runPredict(ctx context.Context, e *env, p *Printer, o predictOptions) error {
	start := time.Now()
	home, err := e.home()
	if err != nil {
		return err
	}
	if err := notThere("predict", o.output, o.force); err != nil {
		return err
	}
	if _, err := os.Stat(o.source); err != nil {
		return fault.Wrap(err, fault.Usage, "give a folder, a zip or a photo, or a CSV file of a run on tables", "predict")
	}
	run, err := steps.OpenRun(home.Store(), o.run)
	if err != nil {
		return err
	}
	precision, err := cpu.ParsePrecision(run.Precision())
	if err != nil {
		return err
	}
	open, err := deviceOpener(p, o.device, computing{o.threads, precision})
	if err != nil {
		return err
	}
	var see func(pipelines.Event)
	if !p.JSON() {
		see = newRunView(p).observe
	}
	got, err := run.Apply(ctx, o.source, open, see)
	if err != nil {
		return err
	}
	out := predictResult{Run: run.ID, Rows: len(got.IDs), Nets: got.Nets, Classes: got.Classes, Counts: map[string]int{},
		Broken: []brokenPhoto{}, Origins: append([]string{}, got.Origins...), LeftOut: textOrNil(got.LeftOut)}
	if out.Output, err = filepath.Abs(o.output); err != nil {
		return err
	}
	if err := atomicfile.Write(out.Output, 0o644, got.WriteCSV); err != nil {
		return err
	}
	for _, class := range submissions.ArgMax(got.Proba, len(got.Classes)) {
		out.Counts[got.Classes[class]]++
	}
	for _, b := range got.Broken {
		out.Broken = append(out.Broken, brokenPhoto{b.Name, b.Err.Error()})
	}
	if out.Digest, err = digest.File(out.Output); err != nil {
		return err
	}
	// What the nets learnt from goes with what they say, into whatever is made of it.
	if err := home.Ledger().Append(submissions.Record{Event: submissions.Made, Time: time.Now(), Competition: run.Competition(),
		Digest: out.Digest, Origins: got.Origins, RunID: run.ID}); err != nil {
		return err
	}
	out.Seconds = time.Since(start).Seconds()
	return p.Result(out, func(w io.Writer) error {
		for i, b := range out.Broken {
			if i == 10 {
				p.Say("... and %d more", len(out.Broken)-i)
				break
			}
			p.Say("%s %s: %s", p.paint(red, "broken"), b.Name, oneLine(b.Error))
		}
		if out.LeftOut != nil {
			p.Say("%s %s", p.paint(bold, "note:"), *out.LeftOut)
		}
		p.Say("run %s, %d nets: %d %s%s", out.Run, out.Nets, out.Rows, plural(out.Rows, "row"), brokenText(len(out.Broken)))
		for _, class := range out.Classes {
			p.Say("%8d %s", out.Counts[class], class)
		}
		_, err := fmt.Fprintln(w, out.Output)
		return err
	})
}

// plural is the word for n things.
func plural(n int, one string) string {
	if n == 1 {
		return one
	}
	return one + "s"
}

func brokenText(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d broken and left out", n)
}
