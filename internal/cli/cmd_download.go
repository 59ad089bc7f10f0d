package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	ucli "github.com/urfave/cli/v2"
)

type downloadOptions struct {
	competition string
	globs       []string
	dir         string
	sandbox     bool
}

func downloadCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "download", args: "COMP", group: groupKaggle, min: 1, max: 1,
		usage: "download a competition's files",
		about: "A file that is there already and right is not fetched again; a broken download goes on where it\n" +
			"stopped. Without --path the files go into podium's own folder, where pipelines and submit find them.",
		examples: []string{
			"podium download titanic",
			`podium download digit-recognizer -f "*.csv" -p data`,
			"podium download digit-recognizer --sandbox --json",
		},
		flags: []ucli.Flag{
			&ucli.StringSliceFlag{Name: "file", Aliases: []string{"f"}, Usage: "only files whose name matches `GLOB`; may be repeated"},
			&ucli.StringFlag{Name: "path", Aliases: []string{"p"}, Usage: "put them into `FOLDER`"},
			sandboxFlag(),
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runDownload(c.Context, e, p, downloadOptions{
				competition: c.Args().First(), globs: c.StringSlice("file"), dir: c.String("path"), sandbox: c.Bool("sandbox"),
			})
		},
	})
}

// downloadRow is one file of `download --json`.
type downloadRow struct {
	Name     string `json:"name"`
	Path     string `json:"path"`
	Bytes    int64  `json:"bytes"`
	Fetched  bool   `json:"fetched"`  // false: it was there already
	Verified bool   `json:"verified"` // a checksum of the server was compared
}

func runDownload(ctx context.Context, e *env, p *Printer, o downloadOptions) error {
	s, comp, err := e.connectTo(ctx, p, o.sandbox, o.competition)
	if err != nil {
		return err
	}
	defer s.close()
	dir, err := e.downloadDir(ctx, s, comp, o.dir)
	if err != nil {
		return err
	}
	shown := &transfers{progress: p.Progress()}
	got, err := s.Client.DownloadAll(ctx, comp, dir, o.globs, shown.moved)
	shown.end(err)
	if err != nil {
		return err
	}
	rows := []downloadRow{}
	t := newTable("file", ">size", "state")
	for _, d := range got {
		rows = append(rows, downloadRow{Name: d.Name, Path: d.Path, Bytes: d.Bytes, Fetched: d.Fetched, Verified: d.Verified})
		state := "was there"
		if d.Fetched {
			state = "fetched"
		}
		t.add(d.Path, bytesText(d.Bytes), state)
	}
	return p.Result(map[string]any{"server": s.name, "competition": comp, "files": rows}, func(w io.Writer) error {
		if err := t.write(w); err != nil {
			return err
		}
		p.Say("%d files of %s in %s", len(rows), comp, dir)
		return nil
	})
}

// downloadDir is where the files go: the given folder, or the competition's own
// in Home, which is told apart by where the data comes from.
func (e *env) downloadDir(ctx context.Context, s *server, comp, given string) (string, error) {
	if given != "" {
		return filepath.Clean(given), nil
	}
	home, err := e.home()
	if err != nil {
		return "", err
	}
	if s.sandbox {
		return home.Data(s.name, comp), nil
	}
	about, err := s.Client.Competition(ctx, comp)
	if err != nil {
		return "", err
	}
	return home.Data(s.nameFor(about), comp), nil
}

// transfers shows the downloads of files that come one after another.
type transfers struct {
	progress *Progress
	name     string
	total    int64
	bar      *Bar
}

func (t *transfers) moved(file string, done, total int64) {
	if t.bar == nil || t.name != file {
		t.end(nil)
		t.bar, t.name = t.progress.BeginBytes(file, max(total, 0)), file
	}
	t.total = done
	t.bar.SetBytes(done, total)
}

func (t *transfers) end(err error) {
	switch {
	case t.bar == nil:
	case err != nil:
		t.bar.Fail(fmt.Sprintf("after %s", bytesText(t.total)))
	default:
		t.bar.End(bytesText(t.total))
	}
	t.bar = nil
}
