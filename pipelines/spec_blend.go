package pipelines

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// weights is auto, equal or a mapping from members to numbers. A stack has none.
func weights(b *Blend) value {
	const want = "auto, equal or a number for each member, such as {cnn: 2, linear: 1}"
	r := interval{lo: 0, hi: 1e6}
	return value{
		deep: func(d *decoder, path string, n *node) {
			b.Weights = Weights{}
			switch {
			case n.kind == scalar && n.tag == "!!str" && (n.text == "auto" || n.text == "equal"):
				b.Weights.Auto = n.text == "auto"
			case n.kind == mapping && len(n.keys) > 0:
				for i, k := range n.keys {
					w := Weight{Name: k.name}
					d.src.at[join(path, k.name)] = k.at
					if !readNumber(n.values[i], &w.Value, r) {
						d.add(n.values[i].at, join(path, k.name), "", "want a number %s, got %s", r, n.values[i].describe())
					}
					b.Weights.Given = append(b.Weights.Given, w)
				}
			default:
				near := ""
				if n.kind == scalar && n.tag == "!!str" {
					near = orNear(n.text, []string{"auto", "equal"})
				}
				d.add(n.at, path, "", "want %s, got %s%s", want, n.describeContent(), near)
			}
		},
		show: func() *yaml.Node {
			switch {
			case b.How == "stack":
				return nil
			case b.Weights.Auto:
				return showText("auto")
			case len(b.Weights.Given) == 0:
				return showText("equal")
			}
			n := &yaml.Node{Kind: yaml.MappingNode}
			for _, w := range b.Weights.Given {
				n.Content = append(n.Content, showText(w.Name), showNumber(w.Value))
			}
			return n
		},
	}
}

// outsides is a mapping from names of the user's choice to pairs of files.
func outsides(into *[]Outside) value {
	return value{
		deep: func(d *decoder, path string, n *node) {
			*into = nil
			d.named(path, n, "", "names and files such as xgb: {oof: xgb_oof.csv, test: xgb_test.csv}", func(name, at string, item *node) {
				o := Outside{Name: name}
				d.mapping(at, item, outsideTable(&o))
				*into = append(*into, o)
			})
		},
		show: func() *yaml.Node {
			n := &yaml.Node{Kind: yaml.MappingNode}
			for _, o := range *into {
				n.Content = append(n.Content, showText(o.Name), showTable(outsideTable(&o)))
			}
			if len(n.Content) == 0 {
				return nil
			}
			return n
		},
	}
}

// correctionForms is how each correction is written with a value.
var correctionForms = []struct {
	kind, form string
	ok         func(v []float64) bool
}{
	{"temperature", "temperature 1.3", func(v []float64) bool { return len(v) == 1 && v[0] >= 0.05 && v[0] <= 20 }},
	{"prior", "prior 0.7 0.3", areFrequencies},
	{"clip", "clip 0.01", func(v []float64) bool { return len(v) == 1 && v[0] > 0 && v[0] < 0.5 }},
	{KNN, "knn 10", areNeighbours},
}

// areFrequencies: at least two, above 0, which sum to one.
func areFrequencies(v []float64) bool {
	sum := 0.0
	for _, p := range v {
		sum += p
	}
	return len(v) > 1 && slices.Min(v) > 0 && math.Abs(sum-1) <= 1e-3
}

// corrections is a list of "temperature auto", "clip 0.01", "prior off" and the
// like. One that is off is as one that is not there.
func corrections(into *[]Correction) value {
	return value{
		deep: func(d *decoder, path string, n *node) {
			*into = nil
			seen := map[string]bool{}
			d.items(path, n, "a list such as [temperature auto, prior auto, clip auto]", func(at string, item *node) {
				d.correction(at, item, seen, into)
			})
		},
		show: func() *yaml.Node {
			n := &yaml.Node{Kind: yaml.SequenceNode}
			for _, c := range *into {
				n.Content = append(n.Content, showText(c.String()))
			}
			if len(n.Content) == 0 {
				return nil
			}
			return n
		},
	}
}

// correction reads one entry of post.
func (d *decoder) correction(at string, item *node, seen map[string]bool, into *[]Correction) {
	kinds, forms := []string{}, []string{}
	for _, f := range correctionForms {
		kinds, forms = append(kinds, f.kind), append(forms, f.form)
	}
	words := strings.Fields(item.text)
	if item.kind != scalar || item.tag != "!!str" || len(words) == 0 || !slices.Contains(kinds, words[0]) {
		near := ""
		if item.kind == scalar && len(words) > 0 {
			near = orNear(words[0], kinds)
		}
		d.add(item.at, at, "each with auto, off or a value: "+strings.Join(forms, ", "), "want one of %s, got %s%s",
			strings.Join(kinds, ", "), item.describe(), near)
		return
	}
	form := correctionForms[slices.Index(kinds, words[0])]
	c := Correction{Kind: words[0]}
	switch rest := words[1:]; {
	case len(rest) == 1 && rest[0] == "auto":
		c.Auto = true
	case len(rest) == 1 && rest[0] == "off":
	default:
		for _, w := range rest {
			v := 0.0
			if !readNumber(&node{text: w, tag: "!!float"}, &v, interval{lo: 0, hi: 1e6}) {
				c.Value = nil
				break
			}
			c.Value = append(c.Value, v)
		}
		if len(c.Value) == 0 || !form.ok(c.Value) {
			near := ""
			if len(rest) == 1 {
				near = orNear(rest[0], []string{"auto", "off"})
			}
			d.add(item.at, at, "", "want %s auto, %s off or %s%s, got %s%s", c.Kind, c.Kind, form.form, correctionRange(c.Kind), item.describe(), near)
			return
		}
	}
	if seen[c.Kind] {
		d.add(item.at, at, "", "%q is given twice", c.Kind)
	}
	seen[c.Kind] = true
	if c.Auto || c.Value != nil {
		*into = append(*into, c)
	}
}

// correctionRange words what values are allowed.
func correctionRange(kind string) string {
	return map[string]string{"temperature": " (from 0.05 to 20)", "prior": " (a frequency a class, which sum to 1)", "clip": " (above 0 and below 0.5)",
		KNN: " (a whole number of neighbours, 1 to 100)"}[kind]
}

// String is the correction as a spec has it.
func (c Correction) String() string {
	if c.Auto {
		return c.Kind + " auto"
	}
	s := c.Kind
	for _, v := range c.Value {
		s += " " + formatNumber(v)
	}
	return s
}

// members: weights and ways of blending must fit what there is to blend.
func (d *decoder) members(s *Spec) {
	var names []string
	for _, m := range s.Models {
		names = append(names, m.Name)
	}
	for _, o := range s.Blend.Also {
		if slices.Contains(names, o.Name) {
			d.add(d.src.at["blend.also."+o.Name], "blend.also", "", "%q is the name of a model already", o.Name)
		}
		names = append(names, o.Name)
	}
	if s.Blend.How == "stack" && d.given("blend.weights") && (s.Blend.Weights.Auto || s.Blend.Weights.Given != nil) {
		d.add(d.src.at["blend.weights"], "blend.weights", "leave weights out", "a stack weighs its members itself")
	}
	if s.Blend.How == "rank" && s.Target.Metric != "auc" {
		d.add(d.src.at["blend.how"], "blend.how", "how: mean or geometric keeps probabilities",
			"rank keeps the order of rows only, which is all that auc asks for; the metric is %s", s.Target.Metric)
	}
	if s.Blend.How == "rank" && len(s.Post) > 0 {
		d.add(d.src.at["post"], "post", "leave post out", "a blend of ranks has no probabilities to correct")
	}
	d.weightsOf(s.Blend.Weights.Given, names)
}

// weightsOf: every member has a weight and there is no other.
func (d *decoder) weightsOf(given []Weight, names []string) {
	if given == nil {
		return
	}
	sum, left := 0.0, slices.Clone(names)
	for _, w := range given {
		sum += w.Value
		if !slices.Contains(names, w.Name) {
			at := "blend.weights." + w.Name
			d.add(d.src.at[at], "blend.weights", "members: "+strings.Join(names, ", "), "no member is called %q%s", shorten(w.Name), orNear(w.Name, names))
		}
		left = slices.DeleteFunc(left, func(n string) bool { return n == w.Name })
	}
	at := d.src.at["blend.weights"]
	for _, n := range left {
		d.add(at, "blend.weights", fmt.Sprintf("0 leaves %s out", n), "want a weight for each member, none is given for %s", n)
	}
	if sum == 0 {
		d.add(at, "blend.weights", "", "want a weight above 0")
	}
}
