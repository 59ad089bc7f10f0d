package steps

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// This file puts rounds of pseudo-labels into a plan. Round 0 are the nets that learn
// from training rows alone; its ids are those of a plan without pseudo-labels.

// roundID is the id of a step in a round of pseudo-labels.
func roundID(round int, id string) string {
	if round == 0 {
		return id
	}
	return fmt.Sprintf("pseudo%d.%s", round, id)
}

// prediction is a step that predicted what the nets of a fold see: its test rows, and
// the rows of the fold.
type prediction struct {
	step pipelines.Handle
	fold int
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
