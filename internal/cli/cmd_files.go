package cli

import (
	"context"
	"io"
	"time"

	ucli "github.com/urfave/cli/v2"
)

type filesOptions struct {
	competition string
	sandbox     bool
}

func filesCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "files", args: "COMP", group: groupKaggle, min: 1, max: 1,
		usage:    "list a competition's files",
		about:    "COMP is a competition's name or its URL.",
		examples: []string{"podium files titanic", "podium files https://www.kaggle.com/competitions/titanic", "podium files digit-recognizer --sandbox --json"},
		flags:    []ucli.Flag{sandboxFlag()},
		run: func(c *ucli.Context, p *Printer) error {
			return runFiles(c.Context, e, p, filesOptions{competition: c.Args().First(), sandbox: c.Bool("sandbox")})
		},
	})
}

// fileRow is one file of `files --json`.
type fileRow struct {
	Name    string     `json:"name"`
	Bytes   int64      `json:"bytes"`
	Created *time.Time `json:"created"`
}

func runFiles(ctx context.Context, e *env, p *Printer, o filesOptions) error {
	s, comp, err := e.connectTo(ctx, p, o.sandbox, o.competition)
	if err != nil {
		return err
	}
	defer s.close()
	files, err := s.Client.Files(ctx, comp)
	if err != nil {
		return err
	}
	rows := []fileRow{}
	t := newTable("name", ">size", "created")
	for _, f := range files {
		row := fileRow{Name: f.Name, Bytes: f.Size}
		if !f.Created.IsZero() {
			at := f.Created.UTC()
			row.Created = &at
		}
		rows = append(rows, row)
		t.add(f.Name, bytesText(f.Size), timeText(f.Created))
	}
	if len(rows) == 0 {
		p.Say("%s has no files", comp)
	}
	return p.Result(map[string]any{"server": s.name, "competition": comp, "files": rows}, func(w io.Writer) error { return t.write(w) })
}
