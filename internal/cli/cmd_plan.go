package cli

import (
	"context"
	"fmt"
	"io"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

type planOptions struct {
	pipeline  string
	sets      []string
	sandbox   bool
	precision cpu.Precision
	dot       bool
	spec      bool
}

func planCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "plan", args: "[PIPELINE]", group: groupPipelines, max: 1,
		usage: "show what a run would do: every step, what is there already, and why the rest must run",
		about: "Without PIPELINE it lists the built-ins. Nothing is run and nothing is sent.",
		examples: []string{
			"podium plan",
			"podium plan digit-recognizer --sandbox",
			"podium plan ./mine.yaml --dot | dot -Tsvg > plan.svg",
		},
		flags: append(pipelineFlags(),
			&ucli.BoolFlag{Name: "dot", Usage: "print the plan as a Graphviz graph"},
			&ucli.BoolFlag{Name: "spec", Usage: "print the whole effective spec, defaults included, as YAML"},
		),
		run: func(c *ucli.Context, p *Printer) error {
			if c.NArg() == 0 {
				return listPipelines(p)
			}
			precision, err := cpu.ParsePrecision(c.String("precision"))
			if err != nil {
				return err
			}
			return runPlan(c.Context, e, p, planOptions{
				pipeline: c.Args().First(), sets: c.StringSlice("set"), sandbox: c.Bool("sandbox"), precision: precision,
				dot: c.Bool("dot"), spec: c.Bool("spec"),
			})
		},
	})
}

func listPipelines(p *Printer) error {
	list := pipelines.Builtins()
	return p.Result(struct {
		Pipelines []pipelines.BuiltinInfo `json:"pipelines"`
	}{list}, func(w io.Writer) error {
		t := newTable("pipeline", "what it does")
		for _, b := range list {
			t.add(b.Name, b.Doc)
		}
		return t.write(w)
	})
}

func runPlan(_ context.Context, e *env, p *Printer, o planOptions) error {
	spec, err := loadSpec(o.pipeline, o.sets)
	if err != nil {
		return err
	}
	if o.spec {
		return p.Result(spec, func(w io.Writer) error {
			_, err := w.Write(spec.Canonical())
			return err
		})
	}
	home, err := e.home()
	if err != nil {
		return err
	}
	server := submissions.Kaggle
	if o.sandbox {
		server = submissions.Sandbox
		if other, instead, err := e.runnable(spec, o.sets); err == nil && instead != nil {
			spec = other
			instead.say(p) // with --json the plan's name says it
		}
	}
	view, err := steps.Inspect(spec, steps.Settings{Home: home.Store(), Server: server, Precision: o.precision.String()})
	if err != nil {
		return err
	}
	if o.dot {
		_, err := io.WriteString(p.out, view.DOT())
		return err
	}
	if !p.JSON() { // which has it in the result
		if err := advise(p, spec); err != nil {
			return err
		}
	}
	return p.Result(advisedView{view, spec.Advice()}, func(w io.Writer) error { return writePlan(w, view) })
}

func writePlan(w io.Writer, view pipelines.View) error {
	t := newTable("step", "op", "status", "why")
	counts := map[pipelines.Status]int{}
	for _, s := range view.Steps {
		t.add(s.ID, s.Op, string(s.Status), s.Why)
		counts[s.Status]++
	}
	if err := t.write(w); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d steps: %d cached, %d to run, %d waiting for a download, %d that reach outside\n", len(view.Steps),
		counts[pipelines.StatusCached], counts[pipelines.StatusRun], counts[pipelines.StatusPending], counts[pipelines.StatusEffect])
	return err
}
