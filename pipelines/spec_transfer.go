package pipelines

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// This file holds the words of transfer learning: nets that begin with weights
// which others published, and phases in which those rest.

// Published is the value of Model.Weights for what the backbone's publisher
// trained on ImageNet.
const Published = "imagenet"

// Fresh is the value of Model.Weights for a backbone that begins at random.
const Fresh = "none"

// freeze is the part of the nets that a phase leaves as it is.
func freeze(into *bool) value {
	word := map[bool]string{true: "backbone", false: "none"}
	v := oneOf(new(string), "backbone", "none")
	v.read = func(n *node) bool {
		*into = n.text == word[true]
		return n.tag == "!!str" && n.text == word[*into]
	}
	v.show = func() *yaml.Node { return showText(word[*into]) }
	return shownIf(v, func() bool { return *into })
}

var factorForm = regexp.MustCompile(`^x([0-9]+(?:\.[0-9]*)?|\.[0-9]+)$`)

// factor is "xF": a rate that is F times another. x1 is as none.
func factor(into *float64) value {
	r := interval{lo: 0, hi: 10, noLow: true}
	return value{
		want: "a factor of lr such as x0.1, " + r.String(),
		hint: "with an x in front: x0.1 is a tenth of lr; freeze: backbone is no learning at all",
		read: func(n *node) bool {
			m := factorForm.FindStringSubmatch(n.text)
			if m == nil || n.tag != "!!str" || !readNumber(&node{text: m[1], tag: "!!float"}, into, r) {
				return false
			}
			if *into == 1 {
				*into = 0
			}
			return true
		},
		show: func() *yaml.Node {
			if *into == 0 {
				return nil
			}
			return showText("x" + strconv.FormatFloat(*into, 'f', -1, 64))
		},
	}
}

// warmUp is shown only when there is one.
func warmUp(into *float64) value {
	return shownIf(number(into, interval{lo: 0, hi: 1, noTop: true}), func() bool { return *into != 0 })
}

// defaultShare is the share of a fold's training rows that early stop watches.
const defaultShare = 0.1

// earlyStop is how long a phase goes on without getting better.
func earlyStop(p *Phase) value {
	table := earlyStopTable(p)
	return value{
		deep: func(d *decoder, path string, n *node) {
			p.Share = defaultShare
			d.mapping(path, n, table)
		},
		show: func() *yaml.Node {
			if p.Patience == 0 {
				return nil
			}
			return showTable(table)
		},
	}
}

var headForm = regexp.MustCompile(`^[a-z0-9_. ]{1,100}$`)

// head is a list of layers, whose words are not checked here.
func head(into *[]string) value {
	return value{
		deep: func(d *decoder, path string, n *node) {
			*into = nil
			if n.kind == list && len(n.values) == 0 {
				return // the layer of the classes alone
			}
			d.items(path, n, "a list of layers such as [drop 0.5, dense 256 bn]", func(at string, item *node) {
				if item.kind != scalar || !headForm.MatchString(item.text) {
					d.add(item.at, at, "", "want a layer such as drop 0.5 or dense 256 bn, got %s", item.describe())
					return
				}
				*into = append(*into, strings.Join(strings.Fields(item.text), " "))
			})
		},
		show: func() *yaml.Node {
			n := &yaml.Node{Kind: yaml.SequenceNode}
			for _, w := range *into {
				n.Content = append(n.Content, showText(w))
			}
			if len(n.Content) == 0 {
				return nil
			}
			return n
		},
	}
}

// ofBackbone is shown with a backbone only.
func ofBackbone(v value, m *Model) value {
	return shownIf(v, func() bool { return m.Backbone != "" })
}

// builtin is the name of a pipeline that comes with podium, or nothing.
func builtin(into *string) value {
	names := builtinNames()
	v := oneOf(into, names...)
	v.want, v.hint = "the name of a built-in pipeline", "built-ins: "+strings.Join(names, ", ")
	return v
}

// transfer checks what belongs to nets with a backbone, and fills in their
// defaults.
func (d *decoder) transfer(s *Spec) {
	plain := "" // a model without a backbone
	for i := range s.Models {
		m := &s.Models[i]
		d.backbone(m, "models."+m.Name)
		if m.Backbone == "" {
			plain = m.Name
		}
	}
	switch s.Frozen() {
	case 0:
		d.unfrozen(s)
	case len(s.Train):
		d.allFrozen(s)
		fallthrough
	default:
		d.nothingToFreeze(s)
	}
	trained := false // a phase before has trained the backbone
	share := 0.0
	for i, p := range s.Train {
		path := fmt.Sprintf("train.%d", i)
		for _, key := range []string{"freeze", "backbone_lr"} {
			if at, ok := d.src.at[path+"."+key]; ok && plain != "" && (p.Freeze || p.BackboneLR != 0) {
				d.add(at, path+"."+key, "leave it out, or give the model a backbone in place of a net",
					"all models are trained in the same phases, and model %s has no backbone", plain)
			}
		}
		at := d.src.at[path+".freeze"]
		switch {
		case p.Freeze && trained:
			d.add(at, path+".freeze", "put the frozen phases first",
				"the backbone was trained in the phase before: want frozen phases only before all others")
		case p.Freeze && p.BackboneLR != 0:
			d.add(d.src.at[path+".backbone_lr"], path+".backbone_lr", "", "a frozen backbone has no learning rate")
		}
		trained = trained || !p.Freeze
		if p.Share != 0 && share != 0 && p.Share != share {
			d.add(d.src.at[path+".early_stop"], path+".early_stop", "the rows that early stop watches are left out of every phase",
				"want the same share as in the phases before, %s, got %s", formatNumber(share), formatNumber(p.Share))
		}
		if p.Share != 0 {
			share = p.Share
		}
	}
}

// unfrozen: views of photos are kept for frozen phases only.
func (d *decoder) unfrozen(s *Spec) {
	for _, m := range s.Models {
		if m.Passes > 1 {
			at := "models." + m.Name + ".passes"
			d.add(d.src.at[at], at, "leave it out, or begin with a phase {freeze: backbone, ...}",
				"only frozen phases learn from views made beforehand, and there is none: the others augment every photo anew")
		}
	}
}

// nothingToFreeze: a backbone that begins at random has to learn.
func (d *decoder) nothingToFreeze(s *Spec) {
	for _, m := range s.Models {
		if m.Weights == Fresh {
			at := "models." + m.Name + ".weights"
			d.add(d.src.at[at], at, "leave out weights: none, or the frozen phases", "a backbone that begins at random and is frozen sees nothing in a photo")
		}
	}
}

// allFrozen: what nets are trained on are features, one photo at a time.
func (d *decoder) allFrozen(s *Spec) {
	for _, m := range s.Models {
		if m.Backbone != "" && (m.Augment.MixUp != 0 || m.Augment.CutMix != 0) {
			d.add(d.src.at["train"], "train", "leave mixup and cutmix out, or add a phase that is not frozen",
				"frozen phases learn from features of whole photos, so that nothing mixes two of model %s's", m.Name)
		}
	}
}

// backbone: a model is a net or has a backbone, and what belongs to a backbone is
// not asked of a net.
func (d *decoder) backbone(m *Model, path string) {
	if (m.Net == "") == (m.Backbone == "") {
		d.add(d.src.at[path], path, "net: a whole net from random weights; backbone: one whose weights are published, under a head of its own",
			"want either net or backbone")
		return
	}
	if m.Net != "" {
		for _, key := range []string{"weights", "cut", "head", "passes", "inputs", "boxes"} {
			if at, ok := d.src.at[path+"."+key]; ok {
				d.add(at, path+"."+key, "write backbone: "+m.Net+" in place of net", "a net from random weights has no %s", key)
			}
		}
		return
	}
	for _, f := range []struct {
		into  *string
		value string
	}{{&m.Weights, Published}, {&m.Cut, "pool"}} {
		if *f.into == "" {
			*f.into = f.value
		}
	}
	m.Passes = max(m.Passes, 1)
}

// Frozen is how many phases there are before the backbone is trained.
func (s *Spec) Frozen() int {
	n := 0
	for n < len(s.Train) && s.Train[n].Freeze {
		n++
	}
	return n
}

// Held is the share of a fold's training rows that no phase trains on, because
// early stop watches them: 0 without early stop.
func (s *Spec) Held() float64 {
	share := 0.0
	for _, p := range s.Train {
		share = max(share, p.Share)
	}
	return share
}
