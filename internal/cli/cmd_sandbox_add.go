package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

type sandboxAddOptions struct {
	competition string
	mnist       string
	size        string // of one that podium draws
	practice    sandbox.Practice
}

func sandboxAddCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "add", args: "COMP", min: 1, max: 1,
		usage: "make a practice competition of your own data",
		about: "Takes any data with known answers, hides the answers of some rows, and gives you a competition: train.csv\n" +
			"to learn from, test.csv to predict, a score and a board. COMP is the name that you give it.\n\n" +
			"--from is a CSV file, or a folder with train.csv, or a folder of images with one sub-folder a class (or with\n" +
			"names as cat.123.jpg), which become train.zip and test.zip. What is not said is guessed where it is obvious, and told. Hidden rows are drawn from\n" +
			"each class its share; with --group whole groups are hidden, as the drivers of State Farm were, so that no\n" +
			"patient, driver or shop is on both sides. Ids that are made, and the order of test.csv, tell nothing.\n" +
			"The table is read as a stream; only ids, answers and groups are held in memory.\n\n" +
			"Metrics are " + strings.Join(metric.Names(), ", ") + " (or another k).\n\n" +
			"Nothing leaves this machine, and what podium makes of such data it refuses to send to Kaggle. The board begins\n" +
			"empty.\n\n" +
			"--size N draws a competition of synthetic photos anew, with N of them to learn from; --size full is as many\n" +
			"as the real one has. Drawn are:\n" + drawings() + "\n" +
			"--from-mnist makes the full digit-recognizer, of 42,000 and 28,000 images, of MNIST's four IDX files\n" +
			"(train-images-idx3-ubyte.gz and so on), in place of the small one that podium carries.",
		examples: []string{
			"podium sandbox add iris --from iris.csv --target species",
			"podium sandbox add ward --from visits.csv --target ill --metric auc --holdout 0.3 --group patient",
			"podium sandbox add " + sandbox.DogsVsCats + " --size 5000",
		},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "from", Usage: "make it of this `FILE or FOLDER`"},
			&ucli.StringFlag{Name: "table", Usage: "the CSV `FILE` in that folder, if it is not train.csv"},
			&ucli.StringFlag{Name: "target", Usage: "predict this `COLUMN`; default: target, label, class or y"},
			&ucli.StringFlag{Name: "id", Usage: "this `COLUMN` tells rows apart; default: one named like an id, else made"},
			&ucli.StringFlag{Name: "group", Usage: "keep rows together that are alike in this `COLUMN`"},
			&ucli.StringFlag{Name: "metric", Usage: "score by `NAME`; default: accuracy for classes, rmse for numbers"},
			&ucli.Float64Flag{Name: "holdout", Value: 0.2, Usage: "hide this `SHARE` of the rows"},
			&ucli.Float64Flag{Name: "public", Value: 0.5, Usage: "this `SHARE` of the hidden rows makes the public score, the others the private one"},
			&ucli.Uint64Flag{Name: "seed", Value: 1, Usage: "draw the rows from `SEED`: the same one gives the same files"},
			&ucli.BoolFlag{Name: "force", Usage: "replace a competition of that name, with its submissions"},
			&ucli.StringFlag{Name: "size", Usage: "draw this many photos to learn from: `N`, or full"},
			&ucli.StringFlag{Name: "from-mnist", Usage: "`FOLDER` with MNIST's four IDX files, gzipped or not"},
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runSandboxAdd(c.Context, e, p, sandboxAddOptions{
				competition: c.Args().First(), mnist: c.String("from-mnist"), size: c.String("size"),
				practice: sandbox.Practice{
					From: c.String("from"), Table: c.String("table"), Target: c.String("target"), ID: c.String("id"), Group: c.String("group"),
					Metric: c.String("metric"), Holdout: c.Float64("holdout"), Public: c.Float64("public"), Seed: c.Uint64("seed"), Replace: c.Bool("force"),
				},
			})
		},
	})
}

// drawings lists the competitions that podium draws, with their sizes.
func drawings() string {
	var b strings.Builder
	for _, d := range sandbox.Drawings() {
		fmt.Fprintf(&b, "  %s: %d and %d to predict, full %d and %d (about %.1f GB)\n",
			d.Name, d.Usual, d.Test(d.Usual), d.Full, d.Test(d.Full), float64(d.Bytes(d.Full))/1e9)
	}
	return b.String()
}

func runSandboxAdd(ctx context.Context, e *env, p *Printer, o sandboxAddOptions) error {
	switch slug, _ := kaggle.Slug(o.competition); { // a name that is none is an error of each case
	case o.mnist != "" && o.practice.From != "" || o.size != "" && o.practice.From+o.mnist != "":
		return fault.New(fault.Usage, "podium sandbox add --help", "--from, --from-mnist and --size: want one of them")
	case o.size != "":
		return runSandboxAddSize(ctx, e, p, o)
	case o.mnist != "":
		return runSandboxAddMNIST(e, p, o)
	case o.practice.From == "" && slices.Contains(sandbox.Embedded(), slug):
		return fault.New(fault.Usage, "podium download "+slug+" --sandbox", "sandbox add: %s comes with podium, and is made when it is first used; --size or --from-mnist make another", slug)
	case o.practice.From == "":
		return fault.New(fault.Usage, fmt.Sprintf("podium sandbox add %s --from FILE.csv --target COLUMN", o.competition), "sandbox add: say with --from what to make it of")
	}
	return runSandboxAddPractice(ctx, e, p, o)
}

func runSandboxAddMNIST(e *env, p *Printer, o sandboxAddOptions) error {
	slug, err := kaggle.Slug(o.competition)
	if err != nil {
		return err
	}
	if slug != sandbox.DigitRecognizer {
		return fault.New(fault.Usage, "podium sandbox add digit-recognizer --from-mnist "+o.mnist, "--from-mnist makes digit-recognizer, not %q", slug)
	}
	box, err := e.openSandbox()
	if err != nil {
		return err
	}
	defer box.Close()
	p.Say("reading %s ...", o.mnist)
	if err := box.AddMNIST(o.mnist); err != nil {
		return err
	}
	if err := e.forget(slug); err != nil {
		return err
	}
	about := map[string]string{"competition": slug, "origin": sandbox.Origin(slug), "folder": box.Dir()}
	return p.Result(about, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s is there: podium download %s --sandbox\n", slug, slug)
		return err
	})
}

// addedSize is what `sandbox add --size --json` prints.
type addedSize struct {
	Competition string `json:"competition"`
	Origin      string `json:"origin"`
	Folder      string `json:"folder"`
	Synthetic   bool   `json:"synthetic"` // always
}

func runSandboxAddSize(ctx context.Context, e *env, p *Printer, o sandboxAddOptions) error {
	slug, err := kaggle.Slug(o.competition)
	if err != nil {
		return err
	}
	size, err := strconv.Atoi(o.size)
	switch {
	case o.size == "full":
		size = sandbox.FullSize
	case err != nil || size < 1:
		return fault.New(fault.Usage, "podium sandbox add "+sandbox.DogsVsCats+" --size 5000", "--size: want a number of photos, or full, got %q", o.size)
	}
	box, err := e.openSandbox()
	if err != nil {
		return err
	}
	defer box.Close()
	draw, end := drawingBar(p, slug)
	err = box.AddGenerated(ctx, slug, size, o.practice.Replace, draw)
	end()
	if err != nil {
		return err
	}
	if err := e.forget(slug); err != nil {
		return err
	}
	return p.Result(addedSize{slug, sandbox.Origin(slug), box.Dir(), true}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s is there, of synthetic photos: podium download %[1]s --sandbox\n", slug)
		return err
	})
}

// addedPractice is what `sandbox add --from --json` prints.
type addedPractice struct {
	Competition string   `json:"competition"`
	Origin      string   `json:"origin"`
	Folder      string   `json:"folder"`
	Table       string   `json:"table"`
	Target      string   `json:"target"`
	ID          string   `json:"id"`
	Metric      string   `json:"metric"`
	Classes     int      `json:"classes"` // 0: the target is a number
	TrainRows   int      `json:"train_rows"`
	PublicRows  int      `json:"public_rows"`
	PrivateRows int      `json:"private_rows"`
	Notes       []string `json:"notes"` // what was decided without being said
}

func runSandboxAddPractice(ctx context.Context, e *env, p *Printer, o sandboxAddOptions) error {
	box, err := e.openSandbox()
	if err != nil {
		return err
	}
	defer box.Close()
	var bar *Bar // from the first word on: a small table needs none
	o.practice.Progress = func(share float64) {
		if bar == nil {
			bar = p.Progress().Begin("making " + o.competition)
		}
		bar.Set(share, "")
	}
	made, err := box.AddPractice(ctx, o.competition, o.practice)
	if bar != nil {
		bar.Drop()
	}
	if err != nil {
		return err
	}
	if err := e.forget(o.competition); err != nil {
		return err
	}
	for _, n := range made.Notes {
		p.Say("%s", n)
	}
	about := addedPractice{
		Competition: o.competition, Origin: sandbox.Origin(o.competition), Folder: box.Dir(), Table: made.Table, Target: made.Target, ID: made.ID,
		Metric: made.Metric.Name, Classes: made.Classes, TrainRows: made.Train, PublicRows: made.Public, PrivateRows: made.Private,
		Notes: append([]string{}, made.Notes...),
	}
	return p.Result(about, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s is there: %d rows to learn from, %d to predict (%d public, %d private), scored by %s\n\n"+
			"  podium download %[1]s --sandbox\n  podium submit %[1]s FILE -m \"first try\" --sandbox --wait\n",
			o.competition, made.Train, made.Public+made.Private, made.Public, made.Private, made.Metric.Name)
		return err
	})
}
