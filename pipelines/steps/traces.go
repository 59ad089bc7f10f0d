package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Traces are what a run left behind, however far it came: its record, its spec, the
// plan that it followed, and what its steps made as far as that is still there. It is
// for looking; OpenRun is for using a run's nets again.
type Traces struct {
	Run  pipelines.Run
	Spec *pipelines.Spec
	Plan *pipelines.Plan

	store *pipelines.Store
	steps map[string]pipelines.RunStep
	found map[string]*pipelines.Artifact // nil for what is not there
}

// OpenTraces finds the run that id names, as OpenRun does, in any state.
func OpenTraces(home, id string) (*Traces, error) {
	run, err := pipelines.LoadRun(home, id)
	if err != nil {
		return nil, err
	}
	t := &Traces{Run: run, steps: map[string]pipelines.RunStep{}, found: map[string]*pipelines.Artifact{}}
	if t.Spec, t.Plan, err = followed(home, run); err != nil {
		return nil, err
	}
	if t.store, err = pipelines.Open(home); err != nil {
		return nil, err
	}
	for _, s := range run.Steps {
		t.steps[s.ID] = s
	}
	return t, nil
}

// followed is the spec of a run and the plan that is made of it.
func followed(home string, run pipelines.Run) (*pipelines.Spec, *pipelines.Plan, error) {
	file := pipelines.SpecFile(home, run.ID)
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("run %s: %w", run.ID, err)
	}
	spec, err := pipelines.Decode(file, src)
	if err != nil {
		return nil, nil, fmt.Errorf("run %s: %w", run.ID, err)
	}
	spec.Name = run.Pipeline
	plan, err := Compile(spec, &Deps{Home: home})
	if err != nil {
		return nil, nil, fmt.Errorf("run %s: %w", run.ID, err)
	}
	return spec, plan, nil
}

// Artifact is what a step made, nil where the run did not come to it or it is no longer
// there.
func (t *Traces) Artifact(step string) *pipelines.Artifact {
	if a, known := t.found[step]; known {
		return a
	}
	a, err := t.store.Lookup(t.steps[step].Key)
	if err != nil {
		a = nil // for a person who looks, what cannot be read is not there
	}
	t.found[step] = a
	return a
}

// File is what a step left at an output port, "" where it is not there.
func (t *Traces) File(step, port string) string {
	n, ok := t.Plan.Node(step)
	a := t.Artifact(step)
	if !ok || a == nil {
		return ""
	}
	for _, p := range n.Op.Outputs() {
		if p.Name == port {
			return p.Path(a.Dir)
		}
	}
	return ""
}

// Final is the id of the last round's step of that id: with pseudo-labels its nets are
// those of the run.
func (t *Traces) Final(id string) string { return roundID(t.Spec.Pseudo.Rounds, id) }

// Before are the steps whose predictions are of the same nets without pseudo-labels.
func (t *Traces) Before() (blend, post string) { return beforeRound(1) }

// Net is a step that trained a net.
type Net struct {
	Step  string // its id
	Model string // in the spec
	Name  string // foldN, with copies foldN.copyM
	Fold  int
	Head  bool // it is a head on features
	Round int  // of pseudo-labels, 0 before the first
}

// Nets are the steps of the plan that train, in its order.
func (t *Traces) Nets() []Net {
	var out []Net
	for _, n := range t.Plan.Nodes() {
		net := Net{Step: n.ID, Head: n.Op.Name() == "head"}
		if !net.Head && n.Op.Name() != "train" {
			continue
		}
		id := n.ID
		for round := 1; round <= t.Spec.Pseudo.Rounds; round++ {
			if rest, ok := strings.CutPrefix(id, roundID(round, "")); ok {
				id, net.Round = rest, round
				break
			}
		}
		_, id, _ = strings.Cut(id, ".")
		net.Model, net.Name, _ = strings.Cut(id, ".")
		var p struct{ Fold int }
		if b, err := json.Marshal(n.Op.Params()); err == nil && json.Unmarshal(b, &p) == nil {
			net.Fold = p.Fold
		}
		out = append(out, net)
	}
	return out
}

// Classes are the names of n classes: those of photos, else 0, 1, 2, ...
func (t *Traces) Classes(n int) []string {
	var names []string
	if path := t.File("images.train", "classes"); path != "" && readJSON(path, &names) == nil && len(names) >= n {
		return names
	}
	return numbered(n)
}

// Images opens the training images; nil where they are not there. Close them after use.
func (t *Traces) Images() (*features.Images, error) {
	path := t.File("images.train", "images")
	if path == "" {
		return nil, nil
	}
	return features.OpenImages(path)
}

// Augmented are contact sheets of n training images and what the run's augmentations
// make of each, variants times: a sheet for the models that are augmented alike. Models
// without augmentation have none.
func (t *Traces) Augmented(ctx context.Context, images *features.Images, n, variants int) ([]features.Sheet, error) {
	labels, err := allLabels(images)
	if err != nil {
		return nil, err
	}
	rows := previewRows(t.Spec.Seed, labels)
	if len(rows) > n {
		rows = rows[:n]
	}
	norm, err := features.MeanStd(ctx, images, rows)
	if err != nil {
		return nil, err
	}
	var sheets []features.Sheet
	names := t.Classes(classesOf(labels))
	for _, part := range alike(t.Spec.Models) {
		if sheet := part.sheet(images, rows, labels, names, norm, t.Spec.Seed); sheet.Loader.Augment != nil {
			sheet.Variants = variants
			sheets = append(sheets, sheet)
		}
	}
	return sheets, nil
}

// sheet is the contact sheet of the models, whose images are not changed where there is
// no augmentation.
func (p *likeModels) sheet(images *features.Images, rows, labels []int, names []string, norm features.Normalize, root uint64) features.Sheet {
	return features.Sheet{
		Heading: strings.Join(p.Models, ", ") + " - augment: " + p.Augment, Names: names,
		Loader: features.Loader{Images: images, Rows: rows, Labels: labels, Classes: len(names), Norm: norm,
			Augment: augmentOf(p.augment), Seed: seed.Derive(root, "preview")},
	}
}

// Held are predictions of training rows by nets that have not seen them.
type Held struct {
	Labels, Folds []int     // of each training row
	Proba         []float32 // [rows, classes]
	Classes       int
}

// Held reads what a blend or a post step predicts of the training rows; nil where it is
// not there.
func (t *Traces) Held(step string) (*Held, error) {
	path := t.File(step, "oof")
	if path == "" {
		return nil, nil
	}
	f, err := readFrame(path, "label", "fold")
	if err != nil {
		return nil, err
	}
	return &Held{Labels: narrow(f.ints[0]), Folds: narrow(f.ints[1]), Proba: f.proba, Classes: f.classes}, nil
}

// JSON reads the JSON that a step left at a port into v, and reports whether it is there.
func (t *Traces) JSON(step, port string, v any) bool {
	path := t.File(step, port)
	return path != "" && readJSON(path, v) == nil
}
