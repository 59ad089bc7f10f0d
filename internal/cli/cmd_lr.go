package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

type lrOptions struct {
	pipeline string
	sets     []string
	output   string
	sweep    steps.SweepOptions
	target
}

func lrCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "lr", args: "PIPELINE", group: groupPipelines, min: 1, max: 1,
		usage: "find a learning rate: raise it from step to step and see how the loss takes it",
		about: "It trains on the rows outside fold 0 with a rate that rises by the same factor from step to step, until the\n" +
			"loss diverges, draws the curve and proposes a rate by where the loss falls fastest and where it is least\n" +
			"(Smith 2015). The net, its weights and the augmentation are those of the pipeline's first phase, or,\n" +
			"with --whole, of the first phase that trains more than a head. Images, folds and features are made as a run\n" +
			"makes them and stay for it; no run is recorded and no net is kept.",
		examples: []string{
			"podium lr digit-recognizer --sandbox",
			"podium lr ./mine.yaml --model cnn -o cnn-lr.png",
			"podium lr dogs-vs-cats --whole --from 1e-6 --to 1",
		},
		flags: append(pipelineFlags(),
			&ucli.StringFlag{Name: "model", Usage: "sweep with `MODEL` of the spec", DefaultText: "the only one"},
			&ucli.BoolFlag{Name: "whole", Usage: "sweep the first phase that trains the whole net, after the frozen ones"},
			&ucli.Float64Flag{Name: "from", Value: 1e-7, Usage: "begin at the rate `LR`"},
			&ucli.Float64Flag{Name: "to", Value: 10, Usage: "end at the rate `LR`"},
			&ucli.IntFlag{Name: "steps", Value: 100, Usage: "`N` steps"},
			&ucli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "the picture, `FILE.png`, overwritten if it is there", DefaultText: "PIPELINE-lr.png"},
			&ucli.StringFlag{Name: "device", Value: "auto", Usage: "compute on `DEVICE`: auto, cpu"},
			&ucli.IntFlag{Name: "threads", Usage: "compute with `N` threads", DefaultText: "all cores"},
		),
		run: func(c *ucli.Context, p *Printer) error {
			precision, err := cpu.ParsePrecision(c.String("precision"))
			if err != nil {
				return err
			}
			o := lrOptions{
				pipeline: c.Args().First(), sets: c.StringSlice("set"), output: c.String("output"),
				target: target{c.Bool("sandbox"), c.String("device"), computing{c.Int("threads"), precision}},
				sweep: steps.SweepOptions{Model: c.String("model"), Whole: c.Bool("whole"),
					FindOptions: train.FindOptions{From: c.Float64("from"), To: c.Float64("to"), Steps: c.Int("steps")}},
			}
			if o.output == "" {
				name := filepath.Base(o.pipeline)
				o.output = strings.TrimSuffix(name, filepath.Ext(name)) + "-lr.png"
			} else if err := isPicture(o.output, "podium lr "+o.pipeline+" -o FILE.png"); err != nil {
				return err
			}
			return runLR(c.Context, e, p, o)
		},
	})
}

// lrResult is what `lr --json` prints.
type lrResult struct {
	Pipeline string    `json:"pipeline"`
	Model    string    `json:"model"`
	Phase    int       `json:"phase"` // from 0
	LR       *float64  `json:"lr"`    // proposed; null: none
	Why      string    `json:"why"`
	Line     string    `json:"line"` // of the spec, with the proposal
	File     string    `json:"file"`
	Points   []lrPoint `json:"points"`
}

type lrPoint struct {
	LR       float64 `json:"lr"`
	Loss     float64 `json:"loss"`
	Smoothed float64 `json:"smoothed"`
}

func runLR(ctx context.Context, e *env, p *Printer, o lrOptions) error {
	spec, err := loadSpec(o.pipeline, o.sets)
	if err != nil {
		return err
	}
	settings, release, err := e.settings(ctx, p, spec, o.target)
	if err != nil {
		return err
	}
	defer release()
	if !p.JSON() {
		settings.OnEvent = newRunView(p).observe
	}
	swept, err := steps.Sweep(ctx, spec, settings, o.sweep)
	if err != nil {
		return err
	}
	out := lrResult{Pipeline: spec.Name, Model: swept.Model, Phase: swept.Phase, Why: swept.Curve.Why, Line: swept.Line}
	if swept.Curve.LR > 0 {
		out.LR = &swept.Curve.LR
	}
	for _, point := range swept.Curve.Points {
		out.Points = append(out.Points, lrPoint(point))
	}
	if out.File, err = filepath.Abs(o.output); err != nil {
		return err
	}
	if err := drawCurve(out.File, spec.Name+", "+swept.Model, swept.Curve); err != nil {
		return err
	}
	return p.Result(out, func(w io.Writer) error { return writeLR(w, p, out) })
}

// writeLR is a table of about twenty points, and the proposal.
func writeLR(w io.Writer, p *Printer, out lrResult) error {
	t := newTable(">lr", ">loss", ">smoothed")
	const rows = 20
	for i, x := range out.Points {
		if i%max(len(out.Points)/rows, 1) == 0 || i == len(out.Points)-1 {
			t.add(fmt.Sprintf("%.2g", x.LR), fmt.Sprintf("%.4f", x.Loss), fmt.Sprintf("%.4f", x.Smoothed))
		}
	}
	if err := t.write(w); err != nil {
		return err
	}
	p.Say("%s", out.Why)
	if out.LR == nil {
		p.Say("no rate is proposed; look at %s", out.File)
		return nil
	}
	p.Say("phase %d of train in the spec would be", out.Phase+1)
	_, err := fmt.Fprintf(w, "\n%s\n%s\n", out.Line, out.File)
	return err
}
