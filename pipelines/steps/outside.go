package steps

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// outside brings the two files of a member that was made elsewhere. It is a
// source: the blend is keyed by what is in them.
type outside struct {
	op
	deps   *Deps
	member pipelines.Outside
}

func newOutside(d *Deps, o pipelines.Outside) outside {
	return outside{
		op: op{name: "outside", version: 1, params: map[string]any{"oof": o.OOF, "test": o.Test},
			out: []pipelines.Port{{Name: "oof", Kind: kindFile, File: "oof.csv"}, {Name: "test", Kind: kindFile, File: "test.csv"}}},
		deps: d, member: o,
	}
}

// ContentKeyed makes it a pipelines.Source.
func (outside) ContentKeyed() bool { return true }

// Fresh looks whether the files are what they were.
func (o outside) Fresh(_ context.Context, earlier *pipelines.Artifact) (bool, error) {
	for name, path := range map[string]string{"oof.csv": o.member.OOF, "test.csv": o.member.Test} {
		sum, err := digest.File(path)
		if err != nil {
			return false, o.missing(path, err)
		}
		if !slices.ContainsFunc(earlier.Manifest.Files, func(f pipelines.FileRecord) bool { return f.Name == name && f.SHA256 == sum }) {
			return false, nil
		}
	}
	return true, nil
}

// Run copies the files, whose owner may write over them. What podium made of
// other data than the competition's stays marked as such.
func (o outside) Run(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
	var report pipelines.Report
	for port, path := range map[string]string{"oof": o.member.OOF, "test": o.member.Test} {
		if err := copyFile(path, env.Path(port)); err != nil {
			return report, o.missing(path, err)
		}
		sum, err := digest.File(env.Path(port))
		if err != nil {
			return report, err
		}
		origins, err := Ledger(o.deps.Home).Origins(sum)
		if err != nil {
			return report, err
		}
		report.Origins = append(report.Origins, origins...)
	}
	return report, nil
}

func (o outside) missing(path string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir, _ := os.Getwd()
	return fault.New(fault.Usage, "paths of blend.also start from the folder that podium runs in: "+dir,
		"member %s: there is no file %s", o.member.Name, path)
}
