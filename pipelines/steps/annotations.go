package steps

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// annotations brings the files of boxes, those of the competition or of this machine
// that a glob takes, into a folder. It is a source: what is made of them is keyed by
// what is in them.
type annotations struct {
	op
	deps        *Deps
	competition string
	glob        string
	local       bool
}

func newAnnotations(d *Deps, spec *pipelines.Spec) annotations {
	o := annotations{deps: d, competition: spec.Competition, glob: spec.Data.Boxes, local: spec.Data.LocalBoxes()}
	var params any = downloadParams{d.Server, o.competition, o.glob}
	if o.local {
		params = map[string]any{"path": o.glob}
	}
	o.op = op{name: "annotations", version: 1, params: params,
		out: []pipelines.Port{{Name: "files", Kind: kindBoxFiles, File: "files"}}}
	return o
}

// ContentKeyed makes it a pipelines.Source.
func (annotations) ContentKeyed() bool { return true }

// annotated is a file of boxes.
type annotated struct {
	name string // in the competition, or below the folders that the glob names
	path string // on this machine
}

// Fresh looks whether the files are what they were, as a download does.
func (o annotations) Fresh(ctx context.Context, earlier *pipelines.Artifact) (bool, error) {
	if !o.local && stays(o.deps.Server) {
		return true, nil
	}
	files, err := o.files(ctx, nil)
	if err != nil {
		return false, err
	}
	var now, then []string
	for _, f := range files {
		sum, err := digest.File(f.path)
		if err != nil {
			return false, err
		}
		now = append(now, sum)
	}
	for _, f := range earlier.Manifest.Files {
		then = append(then, f.SHA256)
	}
	slices.Sort(now)
	slices.Sort(then)
	return slices.Equal(now, then), nil
}

// Run copies files of this machine, whose owner may write over them; a competition's
// are linked.
func (o annotations) Run(ctx context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
	files, err := o.files(ctx, env.Progress)
	if err != nil {
		return pipelines.Report{}, err
	}
	put, report := place, pipelines.Report{Metrics: map[string]float64{"files": float64(len(files))}}
	if o.local {
		put = copyFile
	} else {
		report.Origins = []string{o.deps.Server + ":" + o.competition}
	}
	dir := env.Path("files")
	for _, f := range files {
		to := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return report, err
		}
		if err := put(f.path, to); err != nil {
			return report, err
		}
	}
	return report, nil
}

// files are what the glob takes, by name; none is a fault.
func (o annotations) files(ctx context.Context, progress func(float64, string, map[string]any)) ([]annotated, error) {
	if o.local {
		return o.here()
	}
	names := []string{o.glob}
	if strings.ContainsAny(o.glob, "*?[") {
		var err error
		if names, err = o.listed(ctx); err != nil {
			return nil, err
		}
	}
	var out []annotated
	for i, name := range names {
		if progress != nil {
			progress(float64(i)/float64(len(names)), name, nil)
		}
		path, err := newDownload(o.deps, o.competition, name).fetch(ctx, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, annotated{name, path})
	}
	return out, nil
}

// listed are the files of the competition that the glob takes.
func (o annotations) listed(ctx context.Context) (names []string, err error) {
	all, err := o.deps.Client.Files(ctx, o.competition)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		fits, err := path.Match(o.glob, f.Name)
		if err != nil {
			return nil, fault.New(fault.Usage, "use *, ? and [a-z]", "data.boxes: bad glob %q", o.glob)
		}
		if fits {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return nil, fault.New(fault.Usage, "podium files "+o.competition+" lists its files; files of this machine begin with ./, ../, / or ~/",
			"data.boxes: no file of the competition %s matches %q", o.competition, o.glob)
	}
	slices.Sort(names)
	return names, nil
}

// here are the files of this machine that the glob takes.
func (o annotations) here() ([]annotated, error) {
	glob := o.glob
	if rest, ok := strings.CutPrefix(glob, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, err
		}
		glob = filepath.Join(home, rest)
	}
	paths, err := filepath.Glob(glob)
	if err != nil {
		return nil, fault.New(fault.Usage, "use *, ? and [a-z]", "data.boxes: bad glob %q", o.glob)
	}
	if len(paths) == 0 {
		dir, _ := os.Getwd()
		return nil, fault.Wrap(fs.ErrNotExist, fault.Usage, "paths of files start from the folder that podium runs in: "+dir, "data.boxes: no file matches %s", o.glob)
	}
	slices.Sort(paths)
	var out []annotated
	for _, p := range paths {
		st, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if !st.Mode().IsRegular() {
			return nil, fault.Wrap(errors.New("it is no file"), fault.Usage, "such as "+filepath.ToSlash(filepath.Join(o.glob, "*.json")), "data.boxes: %s", p)
		}
		out = append(out, annotated{nameBelow(glob, p), p})
	}
	return out, nil
}

// nameBelow is the part of path that begins where the glob has its first *, or the
// file's own name.
func nameBelow(glob, path string) string {
	fixed := glob
	if i := strings.IndexAny(glob, "*?["); i >= 0 {
		fixed = glob[:i]
	}
	dir := filepath.Dir(fixed + "x")
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.Base(path)
}
