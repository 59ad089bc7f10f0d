package steps

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// addCrops puts photos that are cut to the boxes of a model before in the place of
// whole ones.
func (a *assembly) addCrops() {
	if a.m.Crop == "" {
		return
	}
	add := func(set string, p pipelines.Photos, file, images pipelines.Ref, port string) pipelines.Ref {
		return a.b.Add("crops."+a.m.Name+"."+set, newCrops(a.spec, p), 0,
			file.To("file"), images.To("images"), a.boxes[a.m.Crop].Out(port).To("boxes")).Out("images")
	}
	d := a.data
	a.data.train = add("train", a.spec.Data.Images, d.files[0], d.train, "oof")
	a.data.test = add("test", a.spec.Data.TestImages, d.files[1], d.test, "test")
}

// addFound adds the boxes that the model's nets of a round predict. Photos are cut to
// those of the first.
func (a *assembly) addFound(round int, predicted []prediction) {
	if !a.m.HasBoxes() {
		return
	}
	in := []pipelines.Edge{a.folds.Out("folds").To("folds"), a.data.boxes.To("boxes")}
	for _, p := range predicted {
		in = append(in, p.step.Out("oof").To("oof"), p.step.Out("test").To("test"))
	}
	found := a.b.Add(roundID(round, "found."+a.m.Name), newFound(), 0, in...)
	if round == 0 {
		a.boxes[a.m.Name] = found
	}
}

// addHeat adds the heat maps of the held-out photos, each by a net of its fold, where
// the model's nets have some.
func (a *assembly) addHeat(round int) {
	if !a.m.heats {
		return
	}
	in := []pipelines.Edge{a.data.train.To("images"), a.folds.Out("folds").To("folds"), a.data.classes.To("classes")}
	if a.allFrozen() {
		in = append(in, a.train[0].Out("features").To("features"))
	}
	if a.spec.Data.Boxes != "" && a.m.Crop == "" { // boxes are those of whole photos
		in = append(in, a.data.boxes.To("boxes"), a.data.allBoxes.To("all"))
	}
	for fold := range a.spec.Split.K {
		name := fmt.Sprintf("%s.fold%d", a.m.Name, fold)
		if a.m.Copies > 1 {
			name += ".copy0"
		}
		n := net{name: name, round: round}
		kind := "train"
		if a.allFrozen() {
			kind = "head"
		}
		in = append(in, pipelines.Ref{Step: n.id(kind), Port: "model"}.To("models"), pipelines.Ref{Step: n.id("predict"), Port: "oof"}.To("oof"))
	}
	a.b.Add(roundID(round, "heat."+a.m.Name), newHeat(a.d, a.spec, a.m, a.allFrozen()), 0, in...)
}
