package steps

import (
	"fmt"
	"slices"

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
	weights pipelines.Handle            // of a backbone that has some
	boxes   map[string]pipelines.Handle // that models before this one have found

	// What the trunk makes of the photos, a pass each; none without frozen phases.
	train, test []pipelines.Handle
}

// allFrozen: the nets are never trained whole, and predict from features.
func (a *assembly) allFrozen() bool { return a.spec.Frozen() == len(a.spec.Train) }

// views is how many views of each photo are predicted from.
func (a *assembly) views() int { return max(a.spec.Blend.TTA, 1) }

// addFeatures adds the passes that frozen phases learn from and, where there are no
// others, those that are predicted from. Students learn from these views of the test
// photos, which are many, and from no more. Passes belong to the trunk and what it
// sees: their seeds do not name the model, so that two heads on one trunk share them.
func (a *assembly) addFeatures() {
	if a.spec.Frozen() == 0 {
		return
	}
	train, test := a.m.Passes, 0
	if a.allFrozen() {
		train, test = max(train, a.views()), a.views()
	} else if a.spec.Pseudo.Rounds > 0 {
		test = a.views()
	}
	for pass := range train {
		a.train = append(a.train, a.addPass("train", pass))
	}
	for pass := range test {
		a.test = append(a.test, a.addPass("test", pass))
	}
}

// addPass adds one pass over the photos of a set, train or test.
func (a *assembly) addPass(set string, pass int) pipelines.Handle {
	s := uint64(0) // the plain pass draws nothing
	id := fmt.Sprintf("features.%s.%s", a.m.Name, set)
	if pass > 0 {
		s = seed.Derive(a.spec.Seed, "features", set, pass)
		id += fmt.Sprintf(".pass%d", pass)
	}
	images := map[string]pipelines.Ref{"train": a.data.train, "test": a.data.test}[set]
	return a.b.Add(id, newFeatures(a.d, a.m, pass), s, images.To("images"), a.weights.Out("weights").To("weights"))
}

// plain is the plain pass over a set, which is added where nothing else asks for it.
func (a *assembly) plain(set string) pipelines.Handle {
	if there := map[string][]pipelines.Handle{"train": a.train, "test": a.test}[set]; len(there) > 0 {
		return there[0]
	}
	return a.addPass(set, 0)
}

// addNets adds the nets of a round, a fold after another, and gives what they predict.
// teachers are the labels of each fold that it begins with, none for round 0, which
// learns from training rows alone.
func (a *assembly) addNets(round int, teachers []pipelines.Handle) (predicted []prediction) {
	for fold := range a.spec.Split.K {
		for c := range a.m.Copies {
			n := net{round: round, fold: fold, seed: seed.Derive(a.spec.Seed, "model", a.m.Name, "fold", fold, "copy", c)}
			n.name = fmt.Sprintf("%s.fold%d", a.m.Name, fold)
			if a.m.Copies > 1 {
				n.name += fmt.Sprintf(".copy%d", c)
			}
			if round > 0 {
				n.pseudo, n.labels = &a.spec.Pseudo, teachers[fold]
				n.seed = seed.Derive(n.seed, "pseudo", round)
			}
			predicted = append(predicted, prediction{a.addNet(n), fold})
		}
	}
	a.addFound(round, predicted)
	a.addHeat(round)
	return predicted
}

// net is one to be trained.
type net struct {
	name   string // model.foldN.copyM
	round  int
	fold   int
	seed   uint64
	pseudo *pipelines.Pseudo // of a student, else nil
	labels pipelines.Handle  // of a student
}

// id is that of a step of the net.
func (n net) id(kind string) string { return roundID(n.round, kind+"."+n.name) }

// taught are the inputs of a student beside those of other nets; test are its images
// or features of the test.
func (n net) taught(test ...pipelines.Ref) (in []pipelines.Edge) {
	if n.pseudo == nil {
		return nil
	}
	for _, t := range test {
		in = append(in, t.To("test"))
	}
	in = append(in, n.labels.Out("test").To("pseudo_test"))
	if n.pseudo.HeldOut() {
		in = append(in, n.labels.Out("oof").To("pseudo_oof"))
	}
	return in
}

// addNet adds the training of one net and what it predicts.
func (a *assembly) addNet(n net) pipelines.Handle {
	head := a.addHead(n)
	if a.allFrozen() {
		return a.predictHead(n, head)
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
	trained := a.b.Add(n.id("train"), newTrain(a.d, a.spec, a.m, n.fold, n.pseudo), n.seed, slices.Concat(in, start, n.taught(a.data.test), a.besideEdges(n.pseudo != nil))...)
	see := append([]pipelines.Edge{trained.Out("model").To("model")}, in...)
	see = slices.Concat(see, norm, []pipelines.Edge{a.data.test.To("test")}, a.besideEdges(true))
	return a.b.Add(n.id("predict"), newPredict(a.d, a.spec, a.m, n.fold), seed.Derive(n.seed, "predict"), see...)
}

// addHead adds the training of a head on features, if there are frozen phases.
func (a *assembly) addHead(n net) pipelines.Handle {
	if a.spec.Frozen() == 0 {
		return pipelines.Handle{}
	}
	var in []pipelines.Edge
	for _, pass := range a.train[:a.m.Passes] {
		in = append(in, pass.Out("features").To("features"))
	}
	in = append(in, a.folds.Out("folds").To("folds"))
	if n.pseudo != nil {
		var test []pipelines.Ref
		for _, pass := range a.test[:min(a.m.Passes, a.views())] {
			test = append(test, pass.Out("features"))
		}
		in = append(in, n.taught(test...)...)
	}
	in = append(in, a.besideEdges(n.pseudo != nil)...)
	return a.b.Add(n.id("head"), newHead(a.d, a.spec, a.m, n.fold, n.pseudo), seed.Derive(n.seed, "head"), in...)
}

// predictHead adds what a head predicts.
func (a *assembly) predictHead(n net, head pipelines.Handle) pipelines.Handle {
	in := []pipelines.Edge{head.Out("model").To("model")}
	for _, pass := range a.train[:a.views()] {
		in = append(in, pass.Out("features").To("features"))
	}
	in = append(in, a.folds.Out("folds").To("folds"))
	for _, pass := range a.test[:a.views()] {
		in = append(in, pass.Out("features").To("test"))
	}
	in = append(in, a.besideEdges(true)...)
	return a.b.Add(n.id("predict"), newPredictHead(a.d, a.spec, a.m, n.fold), 0, in...)
}
