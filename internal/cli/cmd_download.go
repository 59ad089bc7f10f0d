package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

type downloadOptions struct {
	competition string
	globs       []string
	dir         string
	rate        string
	connections int
	unzip       bool
	check       bool
	sandbox     bool
}

func downloadCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "download", args: "COMP", group: groupKaggle, min: 1, max: 1,
		usage: "download a competition's files",
		about: "A file that is there already and right is not fetched again; a broken download goes on where it\n" +
			"stopped, also after a crash, and every file is compared with the server's checksum before it gets\n" +
			"its name. Without --path the files go into podium's own folder, where pipelines and submit find them.\n\n" +
			"Large files come over several connections. More than 50 small ones come as the one zip of all, since\n" +
			"Kaggle gives only about a hundred single files at a time. What is not whole is in hidden .NAME.part*\n" +
			"files beside the place where it will be; .podium-download.json remembers what was verified.",
		examples: []string{
			`podium download digit-recognizer -f "*.csv" -p data`,
			"podium download dogs-vs-cats -p data --unzip --limit-rate 20M",
			"podium download digit-recognizer --sandbox --json",
		},
		flags: []ucli.Flag{
			&ucli.StringSliceFlag{Name: "file", Aliases: []string{"f"}, Usage: "only files whose name or folder matches `GLOB`; may be repeated"},
			&ucli.StringFlag{Name: "path", Aliases: []string{"p"}, Usage: "put them into `FOLDER`"},
			&ucli.BoolFlag{Name: "unzip", Usage: "unpack zips into the folder that they are in, and remove them"},
			&ucli.BoolFlag{Name: "check", Usage: "compare what is there with the server again, though it did not change; not what was unpacked"},
			&ucli.StringFlag{Name: "limit-rate", Usage: "take at most `RATE` bytes a second, such as 500K, 2.5M or 1G"},
			&ucli.IntFlag{Name: "connections", Value: 4, Usage: "fetch a file of 32 MiB and more over `N` connections"},
			sandboxFlag(),
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runDownload(c.Context, e, p, downloadOptions{
				competition: c.Args().First(), globs: c.StringSlice("file"), dir: c.String("path"), sandbox: c.Bool("sandbox"),
				unzip: c.Bool("unzip"), check: c.Bool("check"), rate: c.String("limit-rate"), connections: c.Int("connections"),
			})
		},
	})
}

// downloadRow is one file of `download --json`.
type downloadRow struct {
	Name     string `json:"name"`
	Path     string `json:"path"` // of an unpacked zip: the folder
	Bytes    int64  `json:"bytes"`
	Fetched  bool   `json:"fetched"`  // false: it was there already
	Verified bool   `json:"verified"` // a checksum of the server was compared
	Unpacked int    `json:"unpacked"` // how many files were in it, 0: it was not unpacked
}

// maxRows is how many files the table has at most; --json has them all.
const maxRows = 100

func runDownload(ctx context.Context, e *env, p *Printer, o downloadOptions) error {
	rate, err := parseRate(o.rate)
	if err != nil {
		return err
	}
	if o.connections < 1 || o.connections > 16 {
		return fault.New(fault.Usage, "4 is enough for most lines", "--connections: want 1 to 16, got %d", o.connections)
	}
	s, comp, err := e.connectTo(ctx, p, o.sandbox, o.competition)
	if err != nil {
		return err
	}
	defer s.close()
	dir, err := e.downloadDir(ctx, s, comp, o.dir)
	if err != nil {
		return err
	}
	view := &downloadView{p: p}
	got, err := s.Client.DownloadAll(ctx, comp, kaggle.DownloadOptions{
		Dir: dir, Globs: o.globs, Unzip: o.unzip, Check: o.check, RateLimit: rate, Connections: o.connections, Progress: view.at,
	})
	view.end(err)
	if err != nil {
		return err
	}
	rows := []downloadRow{}
	for _, d := range got {
		rows = append(rows, downloadRow{Name: d.Name, Path: d.Path, Bytes: d.Bytes, Fetched: d.Fetched, Verified: d.Verified, Unpacked: d.Unpacked})
	}
	return p.Result(map[string]any{"server": s.name, "competition": comp, "path": dir, "files": rows}, func(w io.Writer) error {
		return downloadTable(w, p, comp, dir, rows)
	})
}

// downloadTable says what became of each file and of all.
func downloadTable(w io.Writer, p *Printer, comp, dir string, rows []downloadRow) error {
	t := newTable("file", ">size", "state")
	fetched, bytes := 0, int64(0)
	for i, r := range rows {
		state := "was there"
		if r.Fetched {
			state = "fetched"
			fetched++
		}
		if r.Unpacked > 0 {
			state += ", unpacked: " + fileCount(r.Unpacked)
		}
		bytes += r.Bytes
		if i < maxRows {
			path := r.Path
			if r.Unpacked > 0 {
				path = filepath.Join(r.Path, filepath.Base(filepath.FromSlash(r.Name)))
			}
			t.add(path, bytesText(r.Bytes), state)
		}
	}
	if err := t.write(w); err != nil {
		return err
	}
	if len(rows) > maxRows {
		p.Say("the first %d of %d files; --json lists all", maxRows, len(rows))
	}
	p.Say("%s of %s in %s: %s, %d fetched now", fileCount(len(rows)), comp, dir, bytesText(bytes), fetched)
	return nil
}

func fileCount(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}

// parseRate reads bytes a second as curl does: a number, maybe with K, M or G
// for 1024, its square and its cube. Nothing is no limit.
func parseRate(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	text, unit := strings.ToUpper(strings.TrimSpace(s)), 1.0
	for i, u := range []string{"K", "M", "G"} {
		if t, ok := strings.CutSuffix(text, u); ok {
			text, unit = t, float64(int64(1)<<(10*(i+1)))
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	if n *= unit; err != nil || !(n >= 1 && n <= 1<<50) {
		return 0, fault.New(fault.Usage, "--limit-rate 2M is 2 MiB a second", "--limit-rate: want bytes a second, such as 500K or 2.5M, got %q", s)
	}
	return int64(n), nil
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
