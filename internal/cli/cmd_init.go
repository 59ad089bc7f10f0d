package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

type initOptions struct {
	competition string
	output      string
	force       bool
	sandbox     bool
}

func initCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "init", args: "COMP", group: groupPipelines, min: 1, max: 1,
		usage: "write a starter pipeline for a competition, from its files",
		about: "Downloads train.csv and looks at its first line. So far it knows competitions of small images whose table\n" +
			"has a label column and one column a pixel.",
		examples: []string{
			"podium init digit-recognizer --sandbox",
			"podium init digit-recognizer --output my-digits.yaml",
			"podium run ./digit-recognizer.yaml --sandbox",
		},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write it to `FILE`; default COMP.yaml"},
			&ucli.BoolFlag{Name: "force", Usage: "overwrite a file that is there"},
			sandboxFlag(),
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runInit(c.Context, e, p, initOptions{
				competition: c.Args().First(), output: c.String("output"), force: c.Bool("force"), sandbox: c.Bool("sandbox"),
			})
		},
	})
}

func runInit(ctx context.Context, e *env, p *Printer, o initOptions) error {
	s, comp, err := e.connectTo(ctx, p, o.sandbox, o.competition)
	if err != nil {
		return err
	}
	defer s.close()
	if o.output == "" {
		o.output = comp + ".yaml"
	}
	if _, err := os.Stat(o.output); !o.force && !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Usage, fmt.Sprintf("podium init %s%s --force", comp, forSandbox(o.sandbox)), "init %s: %s is there already", comp, o.output)
	}
	about, err := s.Client.Competition(ctx, comp)
	if err != nil {
		return err
	}
	files, err := s.Client.Files(ctx, comp)
	if err != nil {
		return err
	}
	if err := checkTables(comp, files); err != nil {
		return err
	}
	train, err := e.fetchTable(ctx, p, s, about, "train.csv")
	if err != nil {
		return err
	}
	header, err := readHeader(train)
	if err != nil {
		return err
	}
	start, err := newStarter(comp, about.Metric, header)
	if err != nil {
		return err
	}
	if err := atomicfile.WriteBytes(o.output, 0o644, start.spec()); err != nil {
		return fmt.Errorf("init %s: %w", comp, err)
	}
	return p.Result(start.result(o.output), func(w io.Writer) error {
		_, err := fmt.Fprintln(w, o.output)
		p.Say("images of %dx%dx%d, label column %q, metric %s; next: podium plan %s%s",
			start.H, start.W, start.C, start.Label, start.Metric, specPath(o.output), forSandbox(o.sandbox))
		return err
	})
}

// specPath writes a path so that podium takes it for one and not for a built-in.
func specPath(path string) string {
	if filepath.IsAbs(path) || strings.HasPrefix(path, ".") {
		return path
	}
	return "./" + path
}

// checkTables reports which of the files that a starter needs are missing.
func checkTables(comp string, files []kaggle.File) error {
	have := map[string]bool{}
	for _, f := range files {
		have[f.Name] = true
	}
	for _, want := range []string{"train.csv", "test.csv", "sample_submission.csv"} {
		if !have[want] {
			return fault.New(fault.Failed, "podium files "+comp+" lists what there is; write the spec by hand",
				"init %s: not supported yet: it has no %s", comp, want)
		}
	}
	return nil
}

// fetchTable downloads one file to where the pipelines look for it too.
func (e *env) fetchTable(ctx context.Context, p *Printer, s *server, about kaggle.Competition, name string) (string, error) {
	home, err := e.home()
	if err != nil {
		return "", err
	}
	return fetchFile(ctx, p, s.Client, about.Slug, name, filepath.Join(home.Data(s.nameFor(about), about.Slug), name))
}
