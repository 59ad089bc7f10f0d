package steps

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Exported is a net of a run in a file of its own.
type Exported struct {
	Net  string `json:"net"` // model.foldN, with copies model.foldN.copyM
	File string `json:"file"`
}

// Export writes nets of the run in PyTorch's names and layout, see train.Model.Export:
// all of them, or those of a model, or one that which names as model.foldN. A head is
// joined with its backbone. file is told how many there are and says where each goes.
func (f *Finished) Export(which string, file func(net string, nets int) (string, error)) ([]Exported, error) {
	nets, err := f.named(which)
	if err != nil {
		return nil, err
	}
	need := []string{"folds"}
	for _, n := range nets {
		need = append(need, n.step)
		if _, ok := f.plan.Node("weights." + n.model); ok && n.head {
			need = append(need, "weights."+n.model)
		}
	}
	if _, ok := f.plan.Node("sizes.train"); ok {
		need = append(need, "sizes.train")
	}
	if err := f.need(need...); err != nil {
		return nil, err
	}
	var out []Exported
	for _, n := range nets {
		path, err := file(n.name, len(nets))
		if err != nil {
			return nil, err
		}
		if err := f.export(n, path); err != nil {
			return nil, err
		}
		out = append(out, Exported{n.name, path})
	}
	return out, nil
}

// named are the nets that which names, "" for all.
func (f *Finished) named(which string) ([]finishedNet, error) {
	var nets []finishedNet
	var names []string
	for _, n := range f.nets() {
		if which == "" || which == n.model || which == n.name || strings.HasPrefix(n.name, which+".") {
			nets = append(nets, n)
		}
		if !slices.Contains(names, n.model) {
			names = append(names, n.model)
		}
		names = append(names, n.name)
	}
	if len(nets) == 0 {
		return nil, fault.New(fault.Usage, "there are "+strings.Join(names, ", "), "run %s has no net %q", f.ID, which)
	}
	return nets, nil
}

func (f *Finished) export(n finishedNet, path string) error {
	i := slices.IndexFunc(f.spec.Models, func(m pipelines.Model) bool { return m.Name == n.model })
	m, err := newDesign(f.spec, f.spec.Models[i])
	if err != nil {
		return err
	}
	labels, _, err := trainRows(f.path("folds", "folds.arrow"))
	if err != nil {
		return err
	}
	c := train.Config{Net: m.net, Input: m.input, Classes: classesOf(labels), Engine: ref.New(), From: f.path(n.step, "model.safetensors")}
	if n.head && m.hasWeights() {
		c.Weights = f.path("weights."+m.Name, "weights")
	}
	meta := map[string]string{"run": f.ID, "net": n.name, "fold": strconv.Itoa(n.fold)}
	if err := f.exportBeside(n, m, &c, meta); err != nil {
		return err
	}
	model, err := train.Start(c)
	if err != nil {
		return err
	}
	norm, err := f.norm(m)
	if err != nil {
		return err
	}
	names, err := f.classes(c.Classes)
	if err != nil {
		return err
	}
	for key, v := range map[string]any{"mean": norm.Mean, "std": norm.Std, "class_names": names} {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		meta[key] = string(b)
	}
	return model.Export(path, meta)
}

// exportBeside says in c and meta what a net takes beside pixels and gives beside
// classes: the sizes of its second input, in their order, those that it does not know as
// other, the last, and that its boxes are in boxUnit, the photo's sides, less boxZero.
func (f *Finished) exportBeside(n finishedNet, m design, c *train.Config, meta map[string]string) error {
	if c.Boxes = m.Boxes; m.HasBoxes() {
		zero, err := json.Marshal(boxZero)
		if err != nil {
			return err
		}
		meta["box_unit"], meta["box_zero"] = strconv.Itoa(boxUnit), string(zero)
	}
	if !m.sized() {
		return nil
	}
	sizes, err := readSizes(f.path("sizes.train", "sizes"))
	if err != nil {
		return err
	}
	rows, err := readFold(f.path("folds", "folds.arrow"), n.fold, watchedOf(f.spec, n.fold))
	if err != nil {
		return err
	}
	c.Extra = len(sizes.names)
	knows, _ := sizes.learnt(rows.learn)
	names := slices.Clone(sizes.names)
	for i, known := range knows {
		if !known {
			names[i] = otherSize
		}
	}
	b, err := json.Marshal(names)
	meta["sizes"] = string(b)
	return err
}
