package pipelines

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// This file holds the values of the language that are more than one scalar.

// section is a mapping with a table of its own.
func section(table []field) value {
	return value{
		deep: func(d *decoder, path string, n *node) { d.mapping(path, n, table) },
		show: func() *yaml.Node { return showTable(table) },
	}
}

// shownIf leaves v out of the canonical form where there is nothing to show.
func shownIf(v value, there func() bool) value {
	show := v.show
	v.show = func() *yaml.Node {
		if !there() {
			return nil
		}
		return show()
	}
	return v
}

// folds is the number of folds under the key that names their kind.
func folds(s *Split, kind string) value {
	v := shownIf(integer(&s.K, 2, 100), func() bool { return s.Kind == kind })
	read := v.read
	v.read = func(n *node) bool { s.Kind = kind; return read(n) }
	return v
}

// momentum is shown only when there is one: other optimizers refuse the key.
func momentum(into *float64) value {
	return shownIf(number(into, interval{lo: 0, hi: 1, noLow: true, noTop: true}), func() bool { return *into != 0 })
}

var pixelForm = regexp.MustCompile(`^(\S{1,100}) +([1-9][0-9]{0,3})x([1-9][0-9]{0,3})x([1-4])$`)

// pixels is "PATTERN HEIGHTxWIDTHxCHANNELS".
func pixels(p *Pixels) value {
	return value{
		want: "columns and shape, such as pixel* 28x28x1",
		read: func(n *node) bool {
			m := pixelForm.FindStringSubmatch(n.text)
			if n.tag != "!!str" || m == nil {
				return false
			}
			if _, err := path.Match(m[1], ""); err != nil {
				return false
			}
			p.Columns = m[1]
			for i, into := range []*int{&p.H, &p.W, &p.C} {
				*into, _ = strconv.Atoi(m[i+2])
			}
			return true
		},
		show: func() *yaml.Node {
			if p.Columns == "" {
				return nil
			}
			return showText(fmt.Sprintf("%s %dx%dx%d", p.Columns, p.H, p.W, p.C))
		},
	}
}

// shift is one share for both directions or a list of two.
func shift(a *Augment) value {
	r := interval{lo: 0, hi: 0.5}
	want := "a number " + r.String() + ", or two of them: [sideways, up and down]"
	return value{
		deep: func(d *decoder, path string, n *node) {
			x, y := n, n
			if n.kind == list && len(n.values) == 2 {
				x, y = n.values[0], n.values[1]
			}
			if !readNumber(x, &a.ShiftX, r) {
				d.add(x.at, path, "", "want %s, got %s", want, x.describe())
			} else if !readNumber(y, &a.ShiftY, r) {
				d.add(y.at, path, "", "want %s, got %s", want, y.describe())
			}
		},
		show: func() *yaml.Node {
			return &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{showNumber(a.ShiftX), showNumber(a.ShiftY)}}
		},
	}
}

// amount is a number from 0 to most that is shown only when there is one.
func amount(into *float64, most float64) value {
	return shownIf(number(into, interval{lo: 0, hi: most}), func() bool { return *into != 0 })
}

// amountAbove is a number above 0, at most most, that is shown only when there is one.
func amountAbove(into *float64, most float64) value {
	return shownIf(number(into, interval{lo: 0, hi: most, noLow: true}), func() bool { return *into != 0 })
}

// flip is along which sides images are mirrored; true is left and right.
func flip(a *Augment) value {
	return value{
		want:  "true, false, horizontal, vertical or both",
		words: []string{"horizontal", "vertical", "both"},
		read: func(n *node) bool {
			switch {
			case n.tag == "!!bool":
				a.FlipX, a.FlipY = n.text == "true", false
				return n.text == "true" || n.text == "false"
			case n.tag == "!!str":
				a.FlipX, a.FlipY = n.text == "horizontal" || n.text == "both", n.text == "vertical" || n.text == "both"
				return a.FlipX || a.FlipY
			}
			return false
		},
		show: func() *yaml.Node {
			switch {
			case a.FlipX && a.FlipY:
				return showText("both")
			case a.FlipX:
				return showText("horizontal")
			case a.FlipY:
				return showText("vertical")
			}
			return nil
		},
	}
}

// ownAugment is shown where it is not what is common.
func ownAugment(own, common *Augment) value {
	return shownIf(section(augmentTable(own)), func() bool { return *own != *common })
}

// models is a mapping from names of the user's choice.
func models(into *[]Model, common *Augment) value {
	return value{
		deep: func(d *decoder, path string, n *node) {
			d.named(path, n, "such as cnn: {net: mnist_bn}", "at least one model under a name", func(name, at string, item *node) {
				m := Model{Name: name, Copies: 1}
				d.mapping(at, item, modelTable(&m, common))
				*into = append(*into, m)
			})
		},
		show: func() *yaml.Node {
			n := &yaml.Node{Kind: yaml.MappingNode}
			for _, m := range *into {
				n.Content = append(n.Content, showText(m.Name), showTable(modelTable(&m, common)))
			}
			return n
		},
	}
}

// phases is a list of mappings, run in order.
func phases(into *[]Phase) value {
	return value{
		deep: func(d *decoder, path string, n *node) {
			d.items(path, n, "a list of phases such as [{epochs: 3}]", func(path string, item *node) {
				p := newPhase()
				d.mapping(path, item, phaseTable(&p))
				*into = append(*into, p)
			})
		},
		show: func() *yaml.Node {
			n := &yaml.Node{Kind: yaml.SequenceNode}
			for _, p := range *into {
				n.Content = append(n.Content, showTable(phaseTable(&p)))
			}
			return n
		},
	}
}

var ttaForm = regexp.MustCompile(`^tta ([1-9][0-9]?)$`)

// over is the list of what a blend is the mean of.
func over(b *Blend) value {
	const want = "one of folds, copies, models, tta N (N from 2 to 64)"
	return value{
		deep: func(d *decoder, path string, n *node) {
			seen := map[string]bool{}
			b.Folds, b.Copies, b.Models, b.TTA = false, false, false, 1
			d.items(path, n, "a list such as [folds, models]", func(at string, item *node) {
				word, _, _ := strings.Cut(item.text, " ")
				if item.kind != scalar || !b.take(item.text) {
					near := ""
					if word != "tta" {
						near = orNear(word, []string{"folds", "copies", "models", "tta 2"})
					}
					d.add(item.at, at, "", "want %s, got %s%s", want, item.describe(), near)
				} else if seen[word] {
					d.add(item.at, at, "", "%q is given twice", word)
				}
				seen[word] = true
			})
		},
		show: func() *yaml.Node {
			n := &yaml.Node{Kind: yaml.SequenceNode}
			for _, w := range b.over() {
				n.Content = append(n.Content, showText(w))
			}
			return n
		},
	}
}

// take adds what text, an entry of over, stands for.
func (b *Blend) take(text string) bool {
	switch text {
	case "folds":
		b.Folds = true
	case "copies":
		b.Copies = true
	case "models":
		b.Models = true
	default:
		m := ttaForm.FindStringSubmatch(text)
		if m == nil {
			return false
		}
		n, _ := strconv.Atoi(m[1])
		if n < 2 || n > 64 {
			return false
		}
		b.TTA = n
	}
	return true
}

// over lists what the blend is the mean of, in the language's words.
func (b Blend) over() []string {
	var words []string
	for _, a := range []struct {
		word string
		on   bool
	}{{"folds", b.Folds}, {"copies", b.Copies}, {"models", b.Models}, {fmt.Sprintf("tta %d", b.TTA), b.TTA > 1}} {
		if a.on {
			words = append(words, a.word)
		}
	}
	return words
}
