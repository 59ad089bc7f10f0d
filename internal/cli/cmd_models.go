package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

func modelsCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "models", group: groupLocal,
		usage:    "nets and their published weights: list, pull, inspect, export",
		examples: []string{"podium models list", "podium models pull efficientnet_lite0", "podium models inspect resnet50"},
		sub: []*ucli.Command{
			e.command(verb{
				name:  "list",
				usage: "list the nets that pipelines can name, and their weights",
				about: "Weights of ImageNet are a start for photos of anything. Those that are not here yet are fetched by\npodium models pull.",
				examples: []string{
					"podium models list", "podium models list --json",
				},
				run: func(_ *ucli.Context, p *Printer) error { return runModelsList(e, p) },
			}),
			e.command(verb{
				name: "pull", args: "NAME...", min: 1, max: -1,
				usage: "fetch weights, verify and keep them",
				about: "Weights are kept in models/ of podium's folder. A transfer that was cut is taken up where it ended.\n" +
					"What does not have the publisher's checksum is not kept.",
				examples: []string{
					"podium models pull resnet50", "podium models pull resnet18 --from /mnt/weights",
					"podium models pull vgg16 --from ~/Downloads/vgg16-397923af.pth",
				},
				flags: []ucli.Flag{&ucli.StringFlag{
					Name: "from", EnvVars: []string{"PODIUM_MODELS_MIRROR"}, DefaultText: "the publisher",
					Usage: "a mirror: the address or the folder of the files, or a file: `PLACE`",
				}},
				run: func(c *ucli.Context, p *Printer) error {
					return runModelsPull(c.Context, e, p, c.Args().Slice(), c.String("from"))
				},
			}),
			inspectCommand(e),
			exportCommand(e),
		},
	})
}

// modelRow is a net of `models list`.
type modelRow struct {
	Name    string      `json:"name"`
	Doc     string      `json:"doc"`
	Paper   string      `json:"paper"`
	Weights *weightsRow `json:"weights"` // null: there are none, it is trained from scratch
}

// weightsRow is a net's published weights.
type weightsRow struct {
	URL     string     `json:"url"`
	Bytes   int64      `json:"bytes"`
	SHA256  string     `json:"sha256"` // or its beginning
	Licence string     `json:"licence"`
	Classes int        `json:"classes"`
	Size    int        `json:"size"` // of the images, and how they were made
	Resize  int        `json:"resize"`
	Mean    [3]float32 `json:"mean"`
	Std     [3]float32 `json:"std"`
	Interp  string     `json:"interpolation"`
	Path    string     `json:"path"` // "" if they are not here
}

func runModelsList(e *env, p *Printer) error {
	cache, err := e.models("")
	if err != nil {
		return err
	}
	var rows []modelRow
	for _, name := range zoo.Names() {
		arch, err := zoo.Lookup(name)
		if err != nil {
			return err
		}
		rows = append(rows, modelRow{Name: arch.Name, Doc: arch.Doc, Paper: arch.Paper, Weights: weightsOf(cache, name)})
	}
	return p.Result(struct {
		Models []modelRow `json:"models"`
	}{rows}, func(w io.Writer) error {
		t := newTable("name", ">weights", ">classes", ">image", "licence", "here", "what")
		for _, r := range rows {
			if r.Weights == nil {
				t.add(r.Name, "-", "-", "-", "-", "-", r.Doc)
				continue
			}
			here := "no"
			if r.Weights.Path != "" {
				here = "yes"
			}
			t.add(r.Name, bytesText(r.Weights.Bytes), fmt.Sprint(r.Weights.Classes), fmt.Sprint(r.Weights.Size), r.Weights.Licence, here, r.Doc)
		}
		return t.write(w)
	})
}

// weightsOf is the weights of a net, nil without any.
func weightsOf(cache pretrained.Cache, arch string) *weightsRow {
	k, err := pretrained.Lookup(arch)
	if err != nil {
		return nil
	}
	row := &weightsRow{
		URL: k.URL, Bytes: k.Bytes, SHA256: k.SHA256, Licence: k.Licence, Classes: k.Classes,
		Size: k.Images.Size, Resize: k.Images.Resize, Mean: k.Images.Mean, Std: k.Images.Std, Interp: k.Images.Interpolation,
	}
	if cache.Has(k) {
		row.Path = cache.Path(k)
	}
	return row
}

// models is the cache of weights of the process's Home.
func (e *env) models(mirror string) (pretrained.Cache, error) {
	home, err := e.home()
	return pretrained.Cache{Dir: home.Models(), Mirror: mirror}, err
}

// pulledRow is weights that `models pull` has made sure of.
type pulledRow struct {
	Name string `json:"name"`
	pretrained.Pulled
}

func runModelsPull(ctx context.Context, e *env, p *Printer, names []string, from string) error {
	cache, err := e.models(from)
	if err != nil {
		return err
	}
	var all []pretrained.Weights
	for _, name := range names {
		w, err := pretrained.Lookup(name)
		if err != nil {
			return withoutWeights(err, name)
		}
		all = append(all, w)
	}
	var rows []pulledRow
	for _, w := range all {
		got, err := pull(ctx, p, cache, w)
		if err != nil {
			return err
		}
		rows = append(rows, pulledRow{w.Arch, got})
	}
	return p.Result(struct {
		Models []pulledRow `json:"models"`
	}{rows}, func(w io.Writer) error {
		for _, r := range rows {
			if _, err := fmt.Fprintln(w, r.Path); err != nil {
				return err
			}
		}
		return nil
	})
}

// pull fetches weights with a bar, unless they are here.
func pull(ctx context.Context, p *Printer, cache pretrained.Cache, w pretrained.Weights) (pretrained.Pulled, error) {
	if cache.Has(w) {
		p.Say("weights of %s are here already", w.Arch)
		return cache.Pull(ctx, w, nil)
	}
	bar, at := p.Progress().BeginBytes(w.File(), w.Bytes), int64(0)
	got, err := cache.Pull(ctx, w, func(done, total int64) {
		at = done
		bar.SetBytes(done, total)
	})
	endBytes(bar, max(at, got.Bytes), err)
	if err == nil {
		p.Say("weights of %s: SHA-256 %s, licence %s", w.Arch, got.SHA256, w.Licence)
	}
	return got, err
}

// withoutWeights tells a net without weights from a name that is none.
func withoutWeights(err error, name string) error {
	if arch, lookup := zoo.Lookup(name); lookup == nil {
		var with []string
		for _, w := range pretrained.Known() {
			with = append(with, w.Arch)
		}
		return fault.New(fault.Usage, "weights are known of "+strings.Join(with, ", "), "%s is trained from scratch: no weights of it are published", arch.Name)
	}
	return err
}
