package steps

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/models/zoo"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// design is a model of a spec, checked against what there is to make it of.
type design struct {
	pipelines.Model
	arch  zoo.Arch
	net   train.Net
	input [3]int

	// Of a model with a backbone:
	known    pretrained.Weights
	features [3]int // what the trunk makes of a photo
	heats    bool   // its head ends in heat
}

// designs checks all models of a spec; a fault names the place.
func designs(spec *pipelines.Spec) ([]design, error) {
	var out []design
	for _, m := range spec.Models {
		d, err := newDesign(spec, m)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func newDesign(spec *pipelines.Spec, m pipelines.Model) (d design, err error) {
	d = design{Model: m, input: spec.Data.Shape(), net: train.Net{Arch: m.Net}}
	at := "models." + m.Name
	if m.Backbone == "" {
		if d.arch, err = zoo.Lookup(m.Net); err != nil {
			return d, spec.Fault(at+".net", fault.HintOf(err), "unknown net %q", m.Net)
		}
		return d, nil
	}
	d.net = train.Net{Arch: m.Backbone, Cut: m.Cut, Head: m.Head}
	if d.arch, err = zoo.Lookup(m.Backbone); err != nil {
		return d, spec.Fault(at+".backbone", fault.HintOf(err), "unknown net %q", m.Backbone)
	}
	if d.known, err = pretrained.Lookup(m.Backbone); err != nil {
		return d, spec.Fault(at+".backbone", "with published weights: "+strings.Join(published(), ", ")+"; from scratch: net: "+m.Backbone,
			"no weights of %s are published", m.Backbone)
	}
	if d.input[2] != 3 {
		return d, spec.Fault(at+".backbone", "", "want images of 3 channels, as weights of photos are made for, got %d", d.input[2])
	}
	if i, err := wrongWord(m.Head); err != nil {
		return d, spec.Fault(fmt.Sprintf("%s.head.%d", at, i), fault.HintOf(err), "%s", err)
	}
	if d.features, err = d.net.Features(d.input); err != nil {
		return d, spec.Fault(at+".cut", fault.HintOf(err), "%s", err)
	}
	return d, d.checkHead(spec, at)
}

// checkHead says what does not go with the model's head, which has been read.
func (d *design) checkHead(spec *pipelines.Spec, at string) error {
	head, err := zoo.ParseHead(d.Head)
	if err != nil {
		return err
	}
	d.heats = head.Heat()
	const hint = "leave heat out of the head for a dense layer to the classes"
	switch {
	case d.heats && d.HasBoxes():
		return spec.Fault(at+".boxes", hint, "a head that ends in heat has no features to predict boxes from")
	case d.heats && d.sized():
		return spec.Fault(at+".inputs", hint, "a head that ends in heat has no features to join the photo's size to")
	case head.WantsImage() && d.features[0]*d.features[1] == 1:
		return spec.Fault(at+".cut", "an earlier layer, such as cut: last_conv, or larger photos", "the head [%s] wants an image, and the cut at %s gives one place", strings.Join(d.Head, ", "), d.Cut)
	}
	if err := d.net.Fits(d.features); err != nil {
		return spec.Fault(at+".head", fault.HintOf(err), "%s", err)
	}
	return nil
}

// wrongWord is the first layer of a head that cannot be.
func wrongWord(head []string) (int, error) {
	for i := range head {
		if _, err := zoo.ParseHead(head[:i+1]); err != nil {
			_, err = zoo.ParseHead(head)
			return i, err
		}
	}
	return 0, nil
}

// published are the nets whose weights are.
func published() []string {
	var names []string
	for _, w := range pretrained.Known() {
		names = append(names, w.Arch)
	}
	slices.Sort(names)
	return names
}

// hasWeights: the backbone begins with weights of a file.
func (d design) hasWeights() bool { return d.Backbone != "" && d.Weights != pipelines.Fresh }

// norm is how the photos are normalised that the backbone's weights were trained on.
func (d design) norm() features.Normalize {
	i := d.known.Images
	return features.Normalize{Mean: i.Mean[:], Std: i.Std[:]}
}

// params are those of every step that computes with the net, to which the step
// adds its own. Those of a whole net from random weights are what they were before
// there were backbones.
func (d design) params(more map[string]any) map[string]any {
	more["net"], more["net_version"] = d.arch.Name, d.arch.Version
	if d.Backbone != "" {
		more["cut"], more["norm"] = d.Cut, d.norm()
	}
	return more
}
