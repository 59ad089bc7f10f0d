package steps

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// weights brings the weights that a backbone begins with: those of its publisher,
// out of the cache or fetched into it, or a file. It is a source: what is made with
// them is keyed by what is in them.
type weights struct {
	op
	deps  *Deps
	known pretrained.Weights
	path  string // of a file; "": the publisher's
}

func newWeights(d *Deps, m pipelines.Model, known pretrained.Weights) weights {
	o := weights{deps: d, known: known}
	params := map[string]any{"net": known.Arch, "sha256": known.SHA256}
	if m.Weights != pipelines.Published {
		o.path = m.Weights
		params = map[string]any{"path": o.path}
	}
	o.op = op{name: "weights", version: 1, params: params,
		out: []pipelines.Port{{Name: "weights", Kind: kindWeights, File: "weights"}}}
	return o
}

// ContentKeyed makes it a pipelines.Source.
func (weights) ContentKeyed() bool { return true }

// Fresh looks whether a file is what it was; what a publisher gave has the
// checksum that was wanted and stays.
func (o weights) Fresh(_ context.Context, earlier *pipelines.Artifact) (bool, error) {
	if o.path == "" {
		return true, nil
	}
	sum, err := digest.File(o.path)
	if err != nil {
		return false, o.missing(err)
	}
	return slices.ContainsFunc(earlier.Manifest.Files, func(f pipelines.FileRecord) bool { return f.SHA256 == sum }), nil
}

// Run copies a file, whose owner may write over it; the cache's, which nobody
// changes, is linked.
func (o weights) Run(ctx context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
	to, notes := env.Path("weights"), map[string]string{}
	if o.path != "" {
		if err := copyFile(o.path, to); err != nil {
			return pipelines.Report{}, o.missing(err)
		}
		notes["path"] = o.path
	} else {
		if err := o.fetch(ctx, env, to); err != nil {
			return pipelines.Report{}, err
		}
		notes["url"], notes["licence"] = o.known.URL, o.known.Licence
	}
	sum, err := digest.File(to)
	notes["sha256"] = sum
	return pipelines.Report{Notes: notes}, err
}

// fetch puts the publisher's weights at to.
func (o weights) fetch(ctx context.Context, env pipelines.Env, to string) error {
	if o.deps.Offline {
		if lacks := lacking(o.deps.Weights, []pretrained.Weights{o.known}); lacks != nil {
			return NotHere(lacks)
		}
	}
	got, err := o.deps.Weights.Pull(ctx, o.known, func(done, total int64) {
		if total > 0 {
			env.Progress(float64(done)/float64(total), fmt.Sprintf("%.1f of %.1f MB", float64(done)/1e6, float64(total)/1e6), nil)
		}
	})
	if err != nil {
		return err
	}
	return place(got.Path, to)
}

func (o weights) missing(err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir, _ := os.Getwd()
	return fault.New(fault.Usage, "paths of weights start from the folder that podium runs in: "+dir, "weights: there is no file %s", o.path)
}

// Missing are the published weights that spec begins with and that are not in the
// cache, each once.
func Missing(spec *pipelines.Spec, cache pretrained.Cache) []pretrained.Weights {
	var wanted []pretrained.Weights
	for _, m := range spec.Models {
		if m.Backbone == "" || m.Weights != pipelines.Published {
			continue
		}
		if w, err := pretrained.Lookup(m.Backbone); err == nil { // else Compile has a word about it
			wanted = append(wanted, w)
		}
	}
	return lacking(cache, wanted)
}

// lacking are those of the weights that the cache has not, each file once.
func lacking(cache pretrained.Cache, wanted []pretrained.Weights) []pretrained.Weights {
	var out []pretrained.Weights
	for _, w := range wanted {
		if !cache.Has(w) && !slices.ContainsFunc(out, func(o pretrained.Weights) bool { return o.File() == w.File() }) {
			out = append(out, w)
		}
	}
	return out
}

// NotHere is the fault of weights that are not on the machine and must not be
// fetched; its hint is the command that gets them.
func NotHere(missing []pretrained.Weights) error {
	var names []string
	for _, w := range missing {
		names = append(names, w.Arch)
	}
	return fault.New(fault.Failed, PullCommand(missing),
		"the weights of %s are not on this machine, and with --sandbox nothing is fetched", strings.Join(names, " and "))
}

// PullCommand is the command that gets weights.
func PullCommand(missing []pretrained.Weights) string {
	cmd := "podium models pull"
	for _, w := range missing {
		cmd += " " + w.Arch
	}
	return cmd
}
