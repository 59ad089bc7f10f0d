package pipelines

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// This file holds the words of photos with boxes: rectangles that say where in a
// photo is what it shows.

// SizeInput is the word of Model.Inputs for the photo's original size, one-hot.
const SizeInput = "size"

// boxesForm is a glob of a competition's files or of this machine's.
var boxesForm = regexp.MustCompile(`^[\pL\pN_./~*?\[][^\x00-\x1f\x7f]{0,254}$`)

// LocalBoxes says that the files of boxes are on this machine, and not the
// competition's.
func (d Data) LocalBoxes() bool {
	for _, start := range []string{"./", "../", "/", "~/", `.\`, `..\`} {
		if strings.HasPrefix(d.Boxes, start) {
			return true
		}
	}
	return len(d.Boxes) > 2 && d.Boxes[1] == ':' // C:\
}

// inputs is a list of what a net is given beside a photo's pixels.
func inputs(into *[]string) value {
	return value{
		deep: func(d *decoder, path string, n *node) {
			*into = nil
			d.items(path, n, "a list such as [size]", func(at string, item *node) {
				switch {
				case item.kind != scalar || item.text != SizeInput:
					d.add(item.at, at, "size is the width and height that a photo had before it was brought to data.size", "want size, got %s", item.describe())
				case len(*into) > 0:
					d.add(item.at, at, "", "%q is given twice", item.text)
				default:
					*into = append(*into, item.text)
				}
			})
		},
		show: func() *yaml.Node {
			if len(*into) == 0 {
				return nil
			}
			n := &yaml.Node{Kind: yaml.SequenceNode}
			for _, w := range *into {
				n.Content = append(n.Content, showText(w))
			}
			return n
		},
	}
}

// HasBoxes says that a model learns boxes and predicts them.
func (m Model) HasBoxes() bool { return m.Boxes > 0 }

// boxes checks what belongs to boxes and to photos' sizes.
func (d *decoder) boxes(s *Spec) {
	if at, ok := d.src.at["data.boxes"]; ok {
		switch {
		case !s.Data.Photos():
			d.add(at, "data.boxes", "leave it out", "boxes are of photos, and the rows are those of a table")
		case s.Data.Resize != "squash":
			d.add(d.src.at["data.resize"], "data.resize", "leave resize out", "want squash with boxes: they are shares of the photo's sides, which %s cuts or fills", s.Data.Resize)
		}
	}
	var before []string // models with boxes
	for i := range s.Models {
		m := &s.Models[i]
		path := "models." + m.Name
		at := func(key string) position { return d.src.at[path+"."+key] }
		if (m.Crop != "" || len(m.Inputs) > 0) && !s.Data.Photos() {
			for _, key := range []string{"crop", "inputs"} {
				if d.given(path + "." + key) {
					d.add(at(key), path+"."+key, "leave it out", "only photos have %s, and the rows are those of a table", map[string]string{"crop": "parts", "inputs": "sizes of their own"}[key])
				}
			}
		}
		if m.Crop != "" {
			d.crop(s, m, before)
		}
		if m.HasBoxes() {
			before = append(before, m.Name)
			if s.Data.Boxes == "" {
				d.add(at("boxes"), path+".boxes", "such as data: {boxes: annos/*.json, ...}", "want data.boxes: the files that say where the boxes are")
			}
			if m.Crop != "" {
				d.add(at("boxes"), path+".boxes", "leave out boxes or crop", "the photos that model %s sees are cut, and the boxes are those of whole photos", m.Name)
			}
		}
		d.still(m, path)
	}
}

// crop: the model whose boxes photos are cut to has made them before.
func (d *decoder) crop(s *Spec, m *Model, before []string) {
	path := "models." + m.Name + ".crop"
	at := d.src.at[path]
	if slices.Contains(before, m.Crop) {
		return
	}
	i := slices.IndexFunc(s.Models, func(o Model) bool { return o.Name == m.Crop })
	switch {
	case i < 0:
		d.add(at, path, "", "want a model with boxes that stands before this one, got %q%s", m.Crop, orNear(m.Crop, before))
	case m.Crop == m.Name:
		d.add(at, path, "", "a model cannot look at what it cuts out itself: want a model with boxes that stands before this one")
	case !s.Models[i].HasBoxes():
		d.add(at, path, "such as boxes: 0.001 in models."+m.Crop, "model %s predicts no boxes: it has no boxes key", m.Crop)
	default:
		d.add(at, path, "put "+m.Crop+" before "+m.Name, "want a model with boxes that stands before this one, got %q, which comes after", m.Crop)
	}
}

// still: a box does not move with a photo that is turned or shifted, and what is
// mixed of two photos has neither one box nor one size.
func (d *decoder) still(m *Model, path string) {
	if !m.HasBoxes() && len(m.Inputs) == 0 {
		return
	}
	why, mixes := "boxes", "box"
	if !m.HasBoxes() {
		why, mixes = "inputs", "size"
	}
	a := m.Augment
	moves := []struct {
		word string
		on   bool
	}{{"rotate", a.Rotate != 0}, {"shift", a.ShiftX != 0 || a.ShiftY != 0}, {"shear", a.Shear != 0}, {"zoom", a.Zoom != 0},
		{"elastic", a.Elastic != 0}, {"flip", a.FlipX || a.FlipY}, {"crop", a.Crop != 0}}
	for _, w := range moves {
		if w.on && m.HasBoxes() {
			d.add(d.augmentAt(path, w.word), path+".boxes", "colours may change: channel, brightness, contrast, saturation, hue; a model may have an augment of its own",
				"augment.%s moves what a photo shows, but not its box, which model %s learns", w.word, m.Name)
		}
	}
	for _, w := range []struct {
		word string
		on   bool
	}{{"mixup", a.MixUp != 0}, {"cutmix", a.CutMix != 0}} {
		if w.on {
			d.add(d.augmentAt(path, w.word), path+"."+why, "leave "+w.word+" out", "augment.%s mixes two photos, which have no one %s", w.word, mixes)
		}
	}
}

// augmentAt is where a word of the augmentation of the model at path stands: its own,
// or the spec's.
func (d *decoder) augmentAt(path, word string) position {
	for _, at := range []string{path + ".augment." + word, "augment." + word} {
		if p, ok := d.src.at[at]; ok {
			return p
		}
	}
	return d.src.at[path]
}
