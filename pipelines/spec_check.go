package pipelines

import "fmt"

// finish fills in the defaults that depend on other keys and checks what a
// single key cannot tell.
func (d *decoder) finish(s *Spec) {
	d.seeds(s)
	d.data(s)
	d.split(s)
	for i := range s.Train {
		d.momentum(&s.Train[i], fmt.Sprintf("train.%d", i))
	}
	for i := range s.Models {
		if m := &s.Models[i]; !d.given("models." + m.Name + ".augment") {
			m.Augment = s.Augment
		}
	}
	d.transfer(s)
	d.boxes(s)
	d.pseudo(s)
	d.blend(s)
	d.knn(s)
}

// seeds: the one seed of a spec may stand at the top or in split; with both,
// split's is for the folds only, so that they can stay while all else changes.
func (d *decoder) seeds(s *Spec) {
	if !d.given("split.seed") {
		s.Split.Seed = s.Seed
	} else if !d.given("seed") {
		s.Seed = s.Split.Seed
	}
}

// defaultMomentum is the usual one: https://proceedings.mlr.press/v28/sutskever13.html.
const defaultMomentum = 0.9

func (d *decoder) momentum(p *Phase, path string) {
	takes := p.Optimizer == "momentum" || p.Optimizer == "nesterov"
	switch at, given := d.src.at[path+".momentum"], d.given(path+".momentum"); {
	case given && !takes:
		d.add(at, path+".momentum", "write optimizer: momentum", "the optimizer %s has no momentum", p.Optimizer)
	case !given && takes:
		p.Momentum = defaultMomentum
	}
}

// blend: there is one submission, so the mean has to be over everything that
// there is more than one of.
func (d *decoder) blend(s *Spec) {
	at := d.src.at["blend.over"]
	if !s.Blend.Folds {
		d.add(at, "blend.over", "", "want folds in the list: each row has %d predictions, one a fold", s.Split.K)
	}
	if len(s.Models) > 1 && !s.Blend.Models {
		d.add(at, "blend.over", "", "want models in the list: there are %d", len(s.Models))
	}
	for _, m := range s.Models {
		if m.Copies > 1 && !s.Blend.Copies {
			d.add(at, "blend.over", "", "want copies in the list: model %s has %d", m.Name, m.Copies)
		}
	}
	d.members(s)
}
