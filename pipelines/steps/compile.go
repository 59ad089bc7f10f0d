package steps

import (
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
