package steps

import (
	"fmt"
	"slices"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Compile makes the plan of a spec. It does no I/O. Every step that draws random
// numbers gets a seed of its own, named by what it is and not by its place, so
// that a second model or one more copy makes nothing of the others again, and one
// more fold, which deals the rows anew, leaves them their seeds.
func Compile(spec *pipelines.Spec, d *Deps) (*pipelines.Plan, error) {
	models, err := designs(spec)
	if err != nil {
		return nil, err
	}
	b := pipelines.NewBuilder(spec.Name)
	also := map[string]pipelines.Handle{} // before all that takes long: a missing file is told at once
	for _, o := range spec.Blend.Also {
		also[o.Name] = b.Add("outside."+o.Name, newOutside(d, o), 0)
	}
	weights := map[string]pipelines.Handle{}
	for _, m := range models {
		if m.hasWeights() {
			weights[m.Name] = b.Add("weights."+m.Name, newWeights(d, m.Model, m.known), 0)
		}
	}
	data := addData(b, d, spec)
	images, test := data.train, data.test

	folds := addFolds(b, spec, data)

	var nets []*assembly
	var predicted []prediction
	var near []pipelines.Edge
	boxes := map[string]pipelines.Handle{} // that models have found
	for _, m := range models {
		a := &assembly{b: b, d: d, spec: spec, m: m, data: data, folds: folds, weights: weights[m.Name], boxes: boxes}
		a.addCrops()
		a.addFeatures()
		nets, predicted = append(nets, a), append(predicted, a.addNets(0, nil)...)
		near = append(near, a.addNearest()...)
	}
	var others []pipelines.Edge // of the blend
	for _, o := range spec.Blend.Also {
		others = append(others, also[o.Name].Out("oof").To("also_oof"), also[o.Name].Out("test").To("also_test"))
	}
	if len(spec.Blend.Also) > 0 {
		others = append(others, data.sample.To("sample"))
		if spec.Data.ID != "" {
			others = append(others, test.To("test_images"), images.To("images"))
		}
		if spec.Data.Photos() {
			others = append(others, data.classes.To("classes"))
		}
	}
	// blendNets blends what the nets of a round predict, and corrects it.
	blendNets := func(blend, post string) pipelines.Handle {
		all := b.Add(blend, blendOf(spec), 0, append(toBlend(folds, predicted), others...)...)
		if len(spec.Post) == 0 {
			return all
		}
		return b.Add(post, newPost(spec), 0, append(slices.Clone(near), all.Out("oof").To("oof"), all.Out("test").To("test"))...)
	}
	for round := 1; round <= spec.Pseudo.Rounds; round++ {
		blendNets(beforeRound(round)) // for its score: did the round help?
		predicted = addRound(b, nets, round, predicted)
	}
	final := blendNets("blend", "post")
	toWrite := []pipelines.Edge{final.Out("test").To("test"), data.sample.To("sample")}
	if spec.Data.ID != "" {
		toWrite = append(toWrite, test.To("images"))
	}
	if spec.Data.Photos() {
		toWrite = append(toWrite, data.classes.To("classes"))
	}
	written := b.Add("write", newWrite(d, spec), 0, toWrite...)
	b.Add("submit", newSubmit(d, spec), 0, written.Out("submission").To("submission"), final.Out("cv").To("cv"))
	return b.Build()
}

// blendOf is the step that blends.
func blendOf(spec *pipelines.Spec) pipelines.Op {
	if isPlain(spec.Blend) {
		return newBlend(spec)
	}
	return newEnsemble(spec)
}

// toBlend joins what a round's nets predict to a blend.
func toBlend(folds pipelines.Handle, predicted []prediction) []pipelines.Edge {
	in := []pipelines.Edge{folds.Out("folds").To("folds")}
	for _, p := range predicted {
		in = append(in, p.step.Out("oof").To("oof"), p.step.Out("test").To("test"))
	}
	return in
}

// beforeRound are the ids of the steps that blend and correct the predictions of the
// nets before a round of pseudo-labels.
func beforeRound(round int) (blend, post string) {
	return roundID(round, "before"), roundID(round, "before.post")
}

// addRound adds a round of pseudo-labels: of each fold the labels that the nets before
// make of what they predict, all models together, and nets that begin anew and learn
// from them.
func addRound(b *pipelines.Builder, nets []*assembly, round int, before []prediction) (predicted []prediction) {
	spec := nets[0].spec
	var labels []pipelines.Handle
	for fold := range spec.Split.K {
		var in []pipelines.Edge
		for _, p := range before {
			if p.fold != fold {
				continue
			}
			in = append(in, p.step.Out("test").To("test"))
			if spec.Pseudo.HeldOut() {
				in = append(in, p.step.Out("oof").To("oof"))
			}
		}
		labels = append(labels, b.Add(roundID(round, fmt.Sprintf("labels.fold%d", fold)), newPseudo(spec.Pseudo, fold), 0, in...))
	}
	for _, a := range nets {
		predicted = append(predicted, a.addNets(round, labels)...)
	}
	return predicted
}
