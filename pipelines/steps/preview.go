package steps

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Previewed is a contact sheet of training images: the last line of
// `podium run --preview --json`, where schema_version goes before its fields.
type Previewed struct {
	Event    string           `json:"event"` // "preview"
	Pipeline string           `json:"pipeline"`
	File     string           `json:"file"`
	Images   int              `json:"images"`   // drawn plain
	Variants int              `json:"variants"` // of each, augmented
	Parts    []PreviewedModel `json:"parts"`
}

// PreviewedModel is the part of the sheet of models that are augmented alike.
type PreviewedModel struct {
	Models  []string `json:"models"`
	Augment string   `json:"augment"` // as a spec says it, "none" for none
}

// Preview makes the training images, as a run does, and draws some of each class
// into the PNG file at path: plain, and augmented as each model's net will see
// them. It trains nothing and records no run. The same spec draws the same file.
func Preview(ctx context.Context, spec *pipelines.Spec, s Settings, path string) (Previewed, error) {
	deps := s.deps()
	defer deps.Close()
	made, err := makeUpto(ctx, spec, s, deps, "images.train")
	if err != nil {
		return Previewed{}, err
	}
	images, err := features.OpenImages(made.path("images.train", "images"))
	if err != nil {
		return Previewed{}, err
	}
	defer images.Close()
	labels, err := allLabels(images)
	if err != nil {
		return Previewed{}, err
	}
	names := numbered(classesOf(labels))
	if spec.Data.Photos() {
		if err := readJSON(made.path("images.train", "classes"), &names); err != nil {
			return Previewed{}, err
		}
	}
	rows := previewRows(spec.Seed, labels)
	norm, err := features.MeanStd(ctx, images, rows) // near that of all, which takes long
	if err != nil {
		return Previewed{}, err
	}
	out := Previewed{Event: "preview", Pipeline: spec.Name, Images: len(rows)}
	var sheets []features.Sheet
	for _, part := range alike(spec.Models) {
		sheet := part.sheet(images, rows, labels, names, norm, spec.Seed)
		if sheet.Loader.Augment != nil {
			sheet.Variants, out.Variants = previewVariants, previewVariants
		}
		sheets = append(sheets, sheet)
		out.Parts = append(out.Parts, part.PreviewedModel)
	}
	if out.File, err = filepath.Abs(path); err != nil {
		return Previewed{}, err
	}
	return out, atomicfile.Write(out.File, 0o644, func(w io.Writer) error { return features.WriteSheets(ctx, w, sheets) })
}

const (
	previewImages   = 8  // about: as many of each class
	previewClasses  = 16 // at most
	previewVariants = 7
)

// previewRows draws training rows: as many of each class, the classes one after
// another.
func previewRows(root uint64, labels []int) []int {
	of := make([][]int, classesOf(labels))
	for row, class := range labels {
		of[class] = append(of[class], row)
	}
	var rows []int
	each := max(previewImages/len(of), 1)
	for class, all := range of[:min(len(of), previewClasses)] {
		for _, i := range seed.Rand(root, "preview", "class", class).Perm(len(all))[:min(each, len(all))] {
			rows = append(rows, all[i])
		}
	}
	return rows
}

// likeModels are models that are augmented alike.
type likeModels struct {
	PreviewedModel
	augment pipelines.Augment
}

// alike groups models by augmentation, in the order of the spec.
func alike(models []pipelines.Model) []*likeModels {
	var parts []*likeModels
	of := map[pipelines.Augment]*likeModels{}
	for _, m := range models {
		p := of[m.Augment]
		if p == nil {
			p = &likeModels{PreviewedModel{Augment: m.Augment.String()}, m.Augment}
			of[m.Augment], parts = p, append(parts, p)
		}
		p.Models = append(p.Models, m.Name)
	}
	return parts
}

// numbered are the names of classes that have none: 0, 1, 2, ...
func numbered(classes int) []string {
	names := make([]string, classes)
	for c := range names {
		names[c] = strconv.Itoa(c)
	}
	return names
}

// made are the artifacts of a part of a plan.
type made struct {
	plan   *pipelines.Plan
	result pipelines.Result
}

// makeUpto makes what the steps with these ids make and all that they need, as a
// run would, without recording a run.
func makeUpto(ctx context.Context, spec *pipelines.Spec, s Settings, deps *Deps, ids ...string) (made, error) {
	whole, err := Compile(spec, deps)
	if err != nil {
		return made{}, err
	}
	plan, err := whole.Upto(ids...)
	if err != nil {
		return made{}, err
	}
	store, err := pipelines.Open(s.Home)
	if err != nil {
		return made{}, err
	}
	runner := &pipelines.Local{Store: store, Tool: s.Tool}
	result, err := runner.Run(ctx, plan, pipelines.Options{Force: s.Force, OnEvent: s.OnEvent})
	return made{plan, result}, err
}

// path is what a step of the part left at its port.
func (m made) path(step, port string) string {
	path, ok := m.result.Output(m.plan, pipelines.Ref{Step: step, Port: port})
	if !ok {
		panic(fmt.Sprintf("steps: no output %s/%s", step, port)) // the caller asked for the step
	}
	return path
}
