package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

type runOptions struct {
	pipeline string
	sets     []string
	submit   bool
	dryRun   bool
	preview  string // file of the picture, "" for a run
	force    []string

	tensorboard string // folder for event files, "" for none
	target
}

// computing is how a run computes, apart from where.
type computing struct {
	threads   int
	precision cpu.Precision
}

func runCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "run", args: "PIPELINE", group: groupPipelines, min: 1, max: 1,
		usage: "run a pipeline: from its data to a submission and, if asked, to a score and a place",
		about: "PIPELINE is a built-in (podium plan lists them) or the path of a YAML file. What was made before is used\n" +
			"again; a run that was stopped or killed goes on where it was, and ends with the same bytes.\n" +
			"podium runs watch follows it from another terminal, or with --serve from a browser.\n" +
			"--sandbox takes data from the sandbox on this machine and submits to it: no account, no network.\n" +
			"--preview makes the training images only and draws some of them, as they are and as each net will see them\n" +
			"augmented, with their classes: look before you train.",
		examples: []string{
			"podium run digit-recognizer --sandbox",
			"podium run ./mine.yaml --set train.epochs=3 --set split.stratified_kfold=3 --submit",
			"podium run ./mine.yaml --preview -o mine.png",
		},
		flags: append(pipelineFlags(),
			&ucli.BoolFlag{Name: "submit", Usage: "upload the submission, wait for its score and look up its place"},
			&ucli.BoolFlag{Name: "preview", Usage: "train nothing; draw training images and what augmentation makes of them"},
			&ucli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "of --preview: the picture, `FILE.png`, overwritten if it is there", DefaultText: "PIPELINE-preview.png"},
			&ucli.BoolFlag{Name: "dry-run", Usage: "say what would be done, as podium plan does"},
			&ucli.StringFlag{Name: "tensorboard", Usage: "write curves for TensorBoard into `DIR` while it trains; see also podium runs export"},
			&ucli.StringSliceFlag{Name: "force", Usage: "make `STEP` again although it is there; a pattern such as 'train.*'"},
			&ucli.StringFlag{Name: "device", Value: "auto", Usage: "compute on `DEVICE`: auto, cpu"},
			&ucli.IntFlag{Name: "threads", Usage: "compute with `N` threads", DefaultText: "all cores"},
		),
		run: func(c *ucli.Context, p *Printer) error {
			precision, err := cpu.ParsePrecision(c.String("precision"))
			if err != nil {
				return err
			}
			preview, err := previewFile(c)
			if err != nil {
				return err
			}
			return runRun(c.Context, e, p, runOptions{
				preview: preview, pipeline: c.Args().First(), sets: c.StringSlice("set"), submit: c.Bool("submit"),
				dryRun: c.Bool("dry-run"), force: c.StringSlice("force"), tensorboard: c.String("tensorboard"),
				target: target{c.Bool("sandbox"), c.String("device"), computing{c.Int("threads"), precision}},
			})
		},
	})
}

// pipelineFlags are the flags of the commands that read a pipeline.
func pipelineFlags() []ucli.Flag {
	return []ucli.Flag{
		&ucli.StringSliceFlag{Name: "set", Usage: "change a value of the spec: `KEY=VALUE`, such as train.epochs=3"},
		precisionFlag(), sandboxFlag(),
	}
}

// precisionFlag is the flag of the commands whose results depend on how products
// are computed.
func precisionFlag() ucli.Flag {
	return &ucli.StringFlag{Name: "precision", Value: cpu.FP32.String(),
		Usage: "multiply in `PRECISION`: fp32, or bf16 (operands rounded to bfloat16, sums in fp32)"}
}

func runRun(ctx context.Context, e *env, p *Printer, o runOptions) error {
	if err := o.trains(); err != nil {
		return err
	}
	spec, err := loadSpec(o.pipeline, o.sets)
	if err != nil {
		return err
	}
	if o.dryRun {
		return runPlan(ctx, e, p, planOptions{pipeline: o.pipeline, sets: o.sets, sandbox: o.sandbox, precision: o.precision})
	}
	if o.sandbox && o.preview == "" { // which needs no weights
		var instead *fallback
		if spec, instead, err = e.runnable(spec, o.sets); err != nil {
			return err
		}
		switch {
		case instead != nil && p.JSON():
			if err := p.Line(instead); err != nil {
				return err
			}
		case instead != nil:
			instead.say(p)
		}
	}
	if err := advise(p, spec); err != nil {
		return err
	}
	settings, release, err := e.settings(ctx, p, spec, o.target)
	if err != nil {
		return err
	}
	defer release()
	settings.Submit, settings.Force = o.submit || o.sandbox, o.force
	if o.preview != "" {
		settings.OnEvent = newRunView(p).observe
		return runPreview(ctx, p, spec, settings, o.preview)
	}
	observe, end := viewOf(p, "")
	settings.OnEvent = observe
	finish, err := drawLive(p, o.tensorboard, spec, &settings)
	if err != nil {
		end(false)
		return err
	}
	out, err := steps.Run(ctx, spec, settings)
	drawn := finish()
	end(false)
	if p.JSON() {
		if lerr := p.Line(out); err == nil {
			err = lerr
		}
		return errors.Join(err, drawn)
	}
	if err != nil {
		return err
	}
	return errors.Join(printOutcome(p.out, out), drawn)
}

func loadSpec(pipeline string, sets []string) (*pipelines.Spec, error) {
	src, name, err := pipelines.Load(pipeline)
	if err != nil {
		return nil, err
	}
	spec, err := pipelines.Decode(name, src, sets...)
	if err != nil {
		return nil, err
	}
	spec.Competition, err = kaggle.Slug(spec.Competition)
	return spec, err
}

// deviceOpener checks the name of a device now and opens it when it is needed.
func deviceOpener(p *Printer, device string, o computing) (func() (engine.Engine, error), error) {
	if o.threads < 0 {
		return nil, fault.New(fault.Usage, "leave --threads out to use all cores", "want at least 1 thread, got %d", o.threads)
	}
	switch device {
	case "auto", "cpu":
		return func() (engine.Engine, error) {
			e, err := cpu.New(cpu.Options{Threads: o.threads, Precision: o.precision})
			if err == nil && e.Emulates() {
				p.Say("%s this processor has no AVX512-BF16: rounding to bf16 only takes time here", p.paint(bold, "warning:"))
			}
			return e, err
		}, nil
	}
	return nil, fault.New(fault.Usage, "use --device cpu", "no device %q in this build: it has auto and cpu", device)
}

// printOutcome says how a run ended.
func printOutcome(w io.Writer, o steps.Outcome) error {
	type line struct{ name, text string }
	lines := []line{{"run", o.RunID}}
	if o.CV != nil {
		lines = append(lines, line{"CV", fmt.Sprintf("%.5f %s (spread over folds %.5f)", *o.CV, o.Metric, *o.CVSpread)})
	}
	if o.CVBefore != nil {
		lines = append(lines, line{"pseudo", fmt.Sprintf("CV %.5f without pseudo-labels", *o.CVBefore)})
	}
	if o.Blend != nil {
		lines = append(lines, line{"blend", o.Blend.String()})
	}
	if o.Post != nil {
		for _, s := range o.Post.Steps {
			lines = append(lines, line{s.Kind, s.String()})
		}
	}
	for _, b := range o.Boxes {
		lines = append(lines, line{"boxes", fmt.Sprintf("%s: mean IoU %.3f over %d photos that its nets had not seen (the mean box: %.3f)", b.Model, b.IoU, b.Photos, b.Mean)})
	}
	for _, h := range o.Heat {
		text := h.Model + ": " + h.File
		if h.Inside != nil {
			text = fmt.Sprintf("%s: in a box in %.1f %% of %d photos that its nets had not seen (the middle of the photo: %.1f %%): %s", h.Model, 100**h.Inside, h.Photos, 100**h.Middle, h.File)
		}
		lines = append(lines, line{"heat", text})
	}
	for _, text := range o.Warnings {
		lines = append(lines, line{"warning", text})
	}
	if o.Public != nil {
		lines = append(lines, line{"public", fmt.Sprintf("%.5f", *o.Public)})
	}
	if o.Private != nil {
		lines = append(lines, line{"private", fmt.Sprintf("%.5f", *o.Private)})
	}
	if o.Rank != nil {
		board := "on Kaggle's board"
		if o.Server != "kaggle" {
			board = "on the sandbox's board, which is not Kaggle's"
		}
		lines = append(lines, line{"place", fmt.Sprintf("%d of %d, top %.1f %%, %s", *o.Rank, *o.Teams, *o.Percentile, board)})
	}
	if o.Submission != nil {
		lines = append(lines, line{"submission", *o.Submission})
	}
	lines = append(lines, line{"files", o.Dir}, line{"took", fmt.Sprintf("%.0f s", o.Seconds)})
	for _, l := range lines {
		if _, err := fmt.Fprintf(w, "%-11s %s\n", l.name, l.text); err != nil {
			return err
		}
	}
	return nil
}
