package steps

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
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

// Fresh asks a sandbox, whose data can be replaced (podium sandbox add), whether
// it still has what it gave; that is on this machine and costs a request. The
// files of a competition on Kaggle stay, so that a finished run needs no network:
// --force brings them anew.
func (o download) Fresh(ctx context.Context, earlier *pipelines.Artifact) (bool, error) {
	if stays(o.p.Server) {
		return true, nil
	}
	dest, err := o.fetch(ctx, nil)
	if err != nil {
		return false, err
	}
	sum, err := digest.File(dest)
	return err == nil && len(earlier.Manifest.Files) == 1 && earlier.Manifest.Files[0].SHA256 == sum, err
}

// stays says that the files of a server's competitions do not change.
func stays(server string) bool { return server != submissions.Sandbox }

// Run asks the server for the file, which costs one request when the copy in
// DataDir is right, and links it into the artifact.
func (o download) Run(ctx context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
	dest, err := o.fetch(ctx, func(done, total int64) {
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

// fetch makes the copy in DataDir that of the server and says where it is.
func (o download) fetch(ctx context.Context, progress func(done, total int64)) (string, error) {
	name := filepath.FromSlash(o.p.File)
	if !filepath.IsLocal(name) {
		return "", fmt.Errorf("download %s: the file name leaves the folder", o.p.File)
	}
	dest := filepath.Join(DataDir(o.deps.Home, o.p.Server, o.p.Competition), name)
	_, err := o.deps.Client.Download(ctx, o.p.Competition, o.p.File, dest, progress)
	return dest, err
}

// place puts the file src at dst without a second copy of its bytes where the
// disk allows it.
func place(src, dst string) error {
	if os.Link(src, dst) == nil {
		return nil
	}
	return copyFile(src, dst)
}

// copyFile makes dst, whole or not at all, of the bytes of src.
func copyFile(src, dst string) error {
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer in.Close()
	return atomicfile.Write(dst, 0o644, func(w io.Writer) error { _, err := io.Copy(w, in); return err })
}
