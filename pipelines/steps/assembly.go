package steps

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// assembly adds the steps of one model to a plan.
type assembly struct {
	b       *pipelines.Builder
	d       *Deps
	spec    *pipelines.Spec
	m       design
	data    dataRefs
	folds   pipelines.Handle
	weights pipelines.Handle // of a backbone that has some

	// What the trunk makes of the photos, a pass each; none without frozen phases.
	train, test []pipelines.Handle
}

// allFrozen: the nets are never trained whole, and predict from features.
func (a *assembly) allFrozen() bool { return a.spec.Frozen() == len(a.spec.Train) }

// addFeatures adds the passes that frozen phases learn from and, where there are no
// others, those that are predicted from. They belong to the trunk and what it sees:
// their seeds do not name the model, so that two heads on one trunk share them.
func (a *assembly) addFeatures() {
	if a.spec.Frozen() == 0 {
		return
	}
	add := func(set string, images pipelines.Ref, pass int) pipelines.Handle {
		s := uint64(0) // the plain pass draws nothing
		if pass > 0 {
			s = seed.Derive(a.spec.Seed, "features", set, pass)
		}
		id := fmt.Sprintf("features.%s.%s", a.m.Name, set)
		if pass > 0 {
			id += fmt.Sprintf(".pass%d", pass)
		}
		return a.b.Add(id, newFeatures(a.d, a.m, pass), s, images.To("images"), a.weights.Out("weights").To("weights"))
	}
	tta := 0
	if a.allFrozen() {
		tta = max(a.spec.Blend.TTA, 1)
	}
	for pass := range max(a.m.Passes, tta) {
		a.train = append(a.train, add("train", a.data.train, pass))
	}
	for pass := range tta {
		a.test = append(a.test, add("test", a.data.test, pass))
	}
}

// addNet adds the training of one net and what it predicts.
func (a *assembly) addNet(fold, c int) pipelines.Handle {
	name := fmt.Sprintf("%s.fold%d", a.m.Name, fold)
	if a.m.Copies > 1 {
		name += fmt.Sprintf(".copy%d", c)
	}
	s := seed.Derive(a.spec.Seed, "model", a.m.Name, "fold", fold, "copy", c)
	head := a.addHead(name, fold, s)
	if a.allFrozen() {
		return a.predictHead(name, fold, head)
	}
	in := []pipelines.Edge{a.data.train.To("images"), a.folds.Out("folds").To("folds")}
	var norm []pipelines.Edge
	if a.m.Backbone == "" {
		norm = []pipelines.Edge{a.folds.Out("norm").To("norm")}
	}
	start := norm
	if a.m.hasWeights() {
		start = append(start, a.weights.Out("weights").To("weights"))
	}
	if a.spec.Frozen() > 0 {
		start = append(start, head.Out("model").To("head"))
	}
	trained := a.b.Add("train."+name, newTrain(a.d, a.spec, a.m, fold), s, append(in, start...)...)
	see := append([]pipelines.Edge{trained.Out("model").To("model")}, in...)
	see = append(append(see, norm...), a.data.test.To("test"))
	return a.b.Add("predict."+name, newPredict(a.d, a.spec, a.m, fold), seed.Derive(s, "predict"), see...)
}

// addHead adds the training of a head on features, if there are frozen phases.
func (a *assembly) addHead(name string, fold int, s uint64) pipelines.Handle {
	if a.spec.Frozen() == 0 {
		return pipelines.Handle{}
	}
	var in []pipelines.Edge
	for _, pass := range a.train[:a.m.Passes] {
		in = append(in, pass.Out("features").To("features"))
	}
	return a.b.Add("head."+name, newHead(a.d, a.spec, a.m, fold), seed.Derive(s, "head"), append(in, a.folds.Out("folds").To("folds"))...)
}

// predictHead adds what a head predicts.
func (a *assembly) predictHead(name string, fold int, head pipelines.Handle) pipelines.Handle {
	in := []pipelines.Edge{head.Out("model").To("model")}
	for _, pass := range a.train[:len(a.test)] {
		in = append(in, pass.Out("features").To("features"))
	}
	in = append(in, a.folds.Out("folds").To("folds"))
	for _, pass := range a.test {
		in = append(in, pass.Out("features").To("test"))
	}
	return a.b.Add("predict."+name, newPredictHead(a.d, a.m, fold), 0, in...)
}
