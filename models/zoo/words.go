package zoo

import (
	"fmt"
	"strconv"
	"strings"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
	"github.com/seed-a5aa75a0/podium/models/graph"
)

// Head is a classifier of a pipeline's own, on top of a trunk (see Arch.Trunk): the
// layers that ParseHead read, and a dense layer to the classes after them.
type Head struct{ layers []headLayer }

// headLayer is one word of a head.
type headLayer struct {
	kind  string // one of headWords
	p     float64
	units int
	norm  bool
}

// headWords are the first words of the layers.
var headWords = []string{"drop", "dense", "pool"}

const (
	// headForms is how each is written in full.
	headForms = "drop P (dropout, such as drop 0.5), dense N or dense N bn (N units and ReLU, with batch normalisation before it), pool (the average over the image)"
	// maxUnits bounds a dense layer, so that a slip of the finger does not ask for
	// all memory.
	maxUnits = 1 << 16
)

// ParseHead reads the layers of a head, one a string: "drop P", "dense N", "dense N
// bn" or "pool". What it cannot read is a fault of kind Usage that says where.
func ParseHead(words []string) (Head, error) {
	var h Head
	for i, word := range words {
		l, err := parseLayer(word)
		if err == nil && l.kind == "pool" && h.has("dense") {
			err = fmt.Errorf("want pool before the first dense: after it there is no image")
		}
		if err != nil {
			hint := "layers of a head: " + headForms
			if near := nearest.Word(strings.ToLower(first(word)), headWords); near != "" && near != first(word) {
				hint = "did you mean " + near + "?"
			}
			return Head{}, fault.Wrap(err, fault.Usage, hint, "head, layer %d of %d, %q", i+1, len(words), word)
		}
		h.layers = append(h.layers, l)
	}
	return h, nil
}

func first(word string) string {
	kind, _, _ := strings.Cut(strings.TrimSpace(word), " ")
	return kind
}

func (h Head) has(kind string) bool {
	for _, l := range h.layers {
		if l.kind == kind {
			return true
		}
	}
	return false
}

func parseLayer(word string) (headLayer, error) {
	f := strings.Fields(word)
	switch {
	case len(f) == 2 && f[0] == "drop":
		p, err := strconv.ParseFloat(f[1], 64)
		if err != nil || !(p >= 0 && p < 1) {
			return headLayer{}, fmt.Errorf("want a share to drop from 0 to less than 1, got %q", f[1])
		}
		return headLayer{kind: "drop", p: p}, nil
	case (len(f) == 2 || len(f) == 3 && f[2] == "bn") && f[0] == "dense":
		units, err := strconv.Atoi(f[1])
		if err != nil || units < 1 || units > maxUnits {
			return headLayer{}, fmt.Errorf("want a number of units from 1 to %d, got %q", maxUnits, f[1])
		}
		return headLayer{kind: "dense", units: units, norm: len(f) == 3}, nil
	case len(f) == 1 && f[0] == "pool":
		return headLayer{kind: "pool"}, nil
	case len(f) > 2 && f[0] == "dense":
		return headLayer{}, fmt.Errorf("want dense N or dense N bn")
	}
	return headLayer{}, fmt.Errorf("want a layer of a head")
}

// Build adds the head to n on top of x, the trunk's output [batch,h,w,c] or
// [batch,features], and returns logits [batch,classes]. An image is flattened before
// the first dense layer; pool does nothing where there is no image. The parameters
// are those of head.fc1, head.bn1, head.fc2 and so on, and of the last layer, head.fc.
func (h Head) Build(n *graph.Net, x *G.Node, classes int) *G.Node {
	hidden := 0
	for _, l := range h.layers {
		switch l.kind {
		case "drop":
			x = n.Dropout(x, l.p)
		case "pool":
			if isImage(x) {
				x = n.GlobalAvgPool(x)
			}
		case "dense":
			hidden++
			x = n.Dense(flat(n, x), graph.Dense{Name: fmt.Sprintf("head.fc%d", hidden), Units: l.units, Bias: !l.norm, ReLU: !l.norm})
			if l.norm {
				x = n.BatchNorm(x, graph.BatchNorm{Name: fmt.Sprintf("head.bn%d", hidden), ReLU: true})
			}
		}
	}
	return n.Dense(flat(n, x), graph.Dense{Name: "head.fc", Units: classes, Bias: true})
}

func isImage(x *G.Node) bool { return x != nil && x.Shape().Dims() == 4 }

func flat(n *graph.Net, x *G.Node) *G.Node {
	if isImage(x) {
		return n.Flatten(x)
	}
	return x
}
