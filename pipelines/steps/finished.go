package steps

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Finished is a run that came to its blend, with what its steps made: nets that can
// be used again.
type Finished struct {
	ID   string
	spec *pipelines.Spec
	plan *pipelines.Plan
	home string
	runs map[string]pipelines.RunStep // by id
	made map[string]*pipelines.Artifact
}

// OpenRun finds the run that id names: its id, a part of it that no other run has, or
// "latest". One that has not ended well enough is a fault that says what to do.
func OpenRun(home, id string) (*Finished, error) {
	run, err := pipelines.LoadRun(home, id)
	if err != nil {
		return nil, err
	}
	f := &Finished{ID: run.ID, home: home, runs: map[string]pipelines.RunStep{}, made: map[string]*pipelines.Artifact{}}
	if f.spec, f.plan, err = followed(home, run); err != nil {
		return nil, err
	}
	for _, s := range run.Steps {
		f.runs[s.ID] = s
	}
	if s := f.runs["blend"].State; s != pipelines.Done && s != pipelines.Cached {
		return nil, fault.New(fault.Usage, f.again()+" goes on where it stopped", "run %s did not get as far as its blend: its status is %q", run.ID, run.Status)
	}
	return f, nil
}

// again is the command that makes what the run made.
func (f *Finished) again() string {
	return "podium run " + pipelines.SpecFile(f.home, f.ID) + f.whichServer()
}

// whichServer is " --sandbox" where the run was of a sandbox's data, as far as what is
// left of it tells.
func (f *Finished) whichServer() string {
	store, err := pipelines.Open(f.home)
	if err != nil {
		return ""
	}
	for _, s := range f.runs {
		if a, err := store.Lookup(s.Key); err == nil && a != nil && len(a.Manifest.Origins) > 0 && strings.HasPrefix(a.Manifest.Origins[0], "sandbox:") {
			return " --sandbox"
		}
	}
	return ""
}

// need looks up what the steps made. What is gone is named, with the command that
// makes it again.
func (f *Finished) need(ids ...string) error {
	store, err := pipelines.Open(f.home)
	if err != nil {
		return err
	}
	var gone []string
	for _, id := range ids {
		a, err := store.Lookup(f.runs[id].Key)
		if err != nil {
			return err
		}
		if a == nil {
			gone = append(gone, id)
		}
		f.made[id] = a
	}
	if len(gone) == 0 {
		return nil
	}
	what := gone[0]
	if n := len(gone) - 1; n > 0 {
		what += " and one more step"
		if n > 1 {
			what = fmt.Sprintf("%s and %d more steps", gone[0], n)
		}
	}
	return fault.New(fault.Failed, f.again()+" makes it again",
		"run %s: what %s made is no longer there; podium cache gc removes what was not used for a while", f.ID, what)
}

// path is a file that a step made, after need.
func (f *Finished) path(id, file string) string { return filepath.Join(f.made[id].Dir, file) }

// Precision is that of the products with which the run's nets were trained.
func (f *Finished) Precision() string {
	for _, n := range f.nets() {
		var p struct{ Precision string }
		if f.need(n.step) == nil && json.Unmarshal(f.made[n.step].Manifest.Params, &p) == nil && p.Precision != "" {
			return p.Precision
		}
	}
	return "fp32"
}

// finishedNet is one trained net of a run.
type finishedNet struct {
	model   string // its model in the spec
	name    string // model.foldN.copyM
	step    string // that made it
	predict string // step that let it predict
	fold    int
	head    bool // it is a head on the model's features
}

// nets are all nets of the blend, in its order: with pseudo-labels those of the last
// round.
func (f *Finished) nets() []finishedNet {
	var out []finishedNet
	for _, n := range f.plan.Nodes() {
		name, ok := strings.CutPrefix(n.ID, roundID(f.spec.Pseudo.Rounds, "predict."))
		if !ok {
			continue
		}
		net := finishedNet{name: name, predict: n.ID, step: roundID(f.spec.Pseudo.Rounds, "train."+name)}
		if _, whole := f.plan.Node(net.step); !whole {
			net.step, net.head = roundID(f.spec.Pseudo.Rounds, "head."+name), true
		}
		var p struct{ Fold int }
		if b, err := json.Marshal(n.Op.Params()); err == nil && json.Unmarshal(b, &p) == nil {
			net.fold = p.Fold
		}
		net.model, _, _ = strings.Cut(name, ".")
		out = append(out, net)
	}
	return out
}

// classes are the names of the classes; n of a table, which has none.
func (f *Finished) classes(n int) ([]string, error) {
	names := numbered(n)
	if !f.spec.Data.Photos() {
		return names, nil
	}
	if err := f.need("images.train"); err != nil {
		return nil, err
	}
	return names, readJSON(f.path("images.train", "classes.json"), &names)
}

// norm is how the images of a model are normalised.
func (f *Finished) norm(m design) (n features.Normalize, err error) {
	if m.Backbone != "" {
		return m.norm(), nil
	}
	if err := f.need("folds"); err != nil {
		return n, err
	}
	return n, readJSON(f.path("folds", "norm.json"), &n)
}

// Competition is the one that the run was for.
func (f *Finished) Competition() string { return f.spec.Competition }
