package steps

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// downloadParams name a competition's file on a server.
type downloadParams struct {
	Server      string `json:"server"`
	Competition string `json:"competition"`
	File        string `json:"file"`
}

// download brings one file of the competition. It is a source: what reads from it
// is keyed by the file's content, so that the same file from elsewhere, or
// downloaded again, changes nothing.
type download struct {
	op
	deps *Deps
	p    downloadParams
}

func newDownload(d *Deps, competition, file string) download {
	p := downloadParams{d.Server, competition, file}
	return download{
		op: op{name: "download", version: 1, params: p,
			out: []pipelines.Port{{Name: "file", Kind: kindFile, File: filepath.Base(file)}}},
		deps: d, p: p,
	}
}

// ContentKeyed makes it a pipelines.Source.
func (download) ContentKeyed() bool { return true }

// Run asks the server for the file, which costs one request when the copy in
// Deps.Data is right, and links it into the artifact.
func (o download) Run(ctx context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
	dir := filepath.Join(o.deps.Data, o.p.Server, o.p.Competition)
	dest := filepath.Join(dir, filepath.FromSlash(o.p.File))
	if !filepath.IsLocal(filepath.FromSlash(o.p.File)) {
		return pipelines.Report{}, fmt.Errorf("download %s: the file name leaves the folder", o.p.File)
	}
	if err := os.MkdirAll(filepath.Dir(dest), 0o755); err != nil {
		return pipelines.Report{}, err
	}
	_, err := o.deps.Client.Download(ctx, o.p.Competition, o.p.File, dest, func(done, total int64) {
		if total > 0 {
			env.Progress(float64(done)/float64(total), fmt.Sprintf("%.1f of %.1f MB", float64(done)/1e6, float64(total)/1e6), nil)
		}
	})
	if err != nil {
		return pipelines.Report{}, err
	}
	origin := o.p.Server + ":" + o.p.Competition
	return pipelines.Report{Origins: []string{origin}}, place(dest, env.Path("file"))
}

// place puts the file src at dst without a second copy of its bytes where the
// disk allows it.
func place(src, dst string) error {
	if os.Link(src, dst) == nil {
		return nil
	}
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(dst)
	if err != nil {
		return err
	}
	if _, err := out.ReadFrom(in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
