package zoo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// Head is a classifier of a pipeline's own, on top of a trunk (see Arch.Trunk): the
// layers that ParseHead read, and after them a dense layer to the classes, unless
// the last word is heat.
type Head struct{ layers []headLayer }

// headLayer is one word of a head.
type headLayer struct {
	kind  string // the first word of its form
	p     float64
	units int
	h, w  int
	norm  bool
}

// headForms are the layers: the first word, how it is written in full, and what it is.
var headForms = []struct{ kind, form, what string }{
	{"drop", "drop P", "dropout, such as drop 0.5"},
	{"dense", "dense N or dense N bn", "N units and ReLU, with batch normalisation before it"},
	{"pool", "pool", "the average over the image"},
	{"bn", "bn", "batch normalisation"},
	{"conv", "conv N or conv N bn", "a 3x3 convolution to N channels and ReLU, with batch normalisation before it"},
	{"maxpool", "maxpool or maxpool HxW", "the largest of each tile of 2x2, or of H rows and W columns"},
	{"inception", "inception", "a block of four branches that halves the image"},
	{"heat", "heat", "a 3x3 convolution to the classes and its average over the image, in place of the last dense layer"},
}

const (
	// maxUnits bounds a dense layer or convolution, so that a slip of the finger does
	// not ask for all memory.
	maxUnits = 1 << 16
	// maxTile bounds the sides of a maxpool's tiles.
	maxTile = 1 << 10
)

// ofImages are the layers that want an image.
var ofImages = []string{"pool", "conv", "maxpool", "inception", "heat"}

// ParseHead reads the layers of a head, one a string, such as "drop 0.5", "dense 256
// bn", "conv 128" or "heat". What it cannot read is a fault of kind Usage that says
// where.
func ParseHead(words []string) (Head, error) {
	var h Head
	for i, word := range words {
		l, err := parseLayer(word)
		if err == nil {
			err = h.takes(l)
		}
		if err != nil {
			return Head{}, fault.Wrap(err, fault.Usage, headHint(word), "head, layer %d of %d, %q", i+1, len(words), word)
		}
		h.layers = append(h.layers, l)
	}
	return h, nil
}

// headHint explains the layer that is meant, or proposes the nearest one, or lists all.
func headHint(word string) string {
	kind, _, _ := strings.Cut(strings.TrimSpace(word), " ")
	var kinds, forms []string
	for _, f := range headForms {
		if f.kind == kind {
			return f.form + ": " + f.what
		}
		kinds, forms = append(kinds, f.kind), append(forms, f.form)
	}
	if near := nearest.Word(strings.ToLower(kind), kinds); near != "" {
		return "did you mean " + near + "?"
	}
	return "layers of a head: " + strings.Join(forms, ", ")
}

// takes says why a layer cannot come after those that are there.
func (h Head) takes(l headLayer) error {
	if h.Heat() {
		return fmt.Errorf("want nothing after heat, which ends in the classes")
	}
	if !slices.Contains(ofImages, l.kind) {
		return nil
	}
	switch {
	case h.has("dense"):
		return fmt.Errorf("want %s before the first dense: after it there is no image", l.kind)
	case h.has("pool") && l.kind != "pool":
		return fmt.Errorf("want %s before pool: after it there is no image", l.kind)
	}
	return nil
}

func (h Head) has(kind string) bool {
	return slices.ContainsFunc(h.layers, func(l headLayer) bool { return l.kind == kind })
}

// Heat says that the head ends in heat maps, whose average is the classes' logits. It
// has no hidden features then that another input could join, or another output
// could come from.
func (h Head) Heat() bool { return h.has("heat") }

// WantsImage says that the head can only stand on an image: it has a layer that looks
// at places.
func (h Head) WantsImage() bool {
	return slices.ContainsFunc(h.layers, func(l headLayer) bool { return l.kind != "pool" && slices.Contains(ofImages, l.kind) })
}

func parseLayer(word string) (headLayer, error) {
	f := strings.Fields(word)
	if len(f) == 0 {
		return headLayer{}, fmt.Errorf("want a layer of a head")
	}
	l := headLayer{kind: f[0], h: 2, w: 2}
	switch rest := f[1:]; {
	case l.kind == "drop" && len(rest) == 1:
		return l, l.share(rest[0])
	case (l.kind == "dense" || l.kind == "conv") && (len(rest) == 1 || len(rest) == 2 && rest[1] == "bn"):
		l.norm = len(rest) == 2
		return l, l.count(rest[0])
	case l.kind == "maxpool" && len(rest) == 1:
		return l, l.tile(rest[0])
	case slices.Contains([]string{"pool", "bn", "maxpool", "inception", "heat"}, l.kind) && len(rest) == 0:
		return l, nil
	case (l.kind == "dense" || l.kind == "conv") && len(rest) > 1:
		return l, fmt.Errorf("want %s N or %s N bn", l.kind, l.kind)
	}
	return l, fmt.Errorf("want a layer of a head")
}

// share reads a share to drop.
func (l *headLayer) share(word string) (err error) {
	if l.p, err = strconv.ParseFloat(word, 64); err != nil || !(l.p >= 0 && l.p < 1) {
		return fmt.Errorf("want a share to drop from 0 to less than 1, got %q", word)
	}
	return nil
}

// count reads a number of units, or of channels.
func (l *headLayer) count(word string) (err error) {
	what := map[string]string{"dense": "units", "conv": "channels"}[l.kind]
	if l.units, err = strconv.Atoi(word); err != nil || l.units < 1 || l.units > maxUnits {
		return fmt.Errorf("want a number of %s from 1 to %d, got %q", what, maxUnits, word)
	}
	return nil
}

// tile reads the sides of a tile.
func (l *headLayer) tile(word string) error {
	h, w, ok := strings.Cut(word, "x")
	var errH, errW error
	l.h, errH = strconv.Atoi(h)
	l.w, errW = strconv.Atoi(w)
	if !ok || errH != nil || errW != nil || min(l.h, l.w) < 1 || max(l.h, l.w) > maxTile || l.h*l.w == 1 {
		return fmt.Errorf("want the rows and columns of a tile, such as 2x2 or 1x2, got %q", word)
	}
	return nil
}
