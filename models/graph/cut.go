package graph

import (
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// cut is where Until stops.
type cut struct {
	name string
	node *G.Node // nil until the layer is there
	seen []string
}

// Until runs build, which adds layers, but makes none after the one of the name
// layer, and returns the output of that one: a net cut off for features, or for
// another head. Its name is the one that it was given, or that Mark gave it; layers
// without parameters are called relu1, maxpool5 and so on. A name that does not
// come is an error that says which do. One Until may be inside another.
func (n *Net) Until(layer string, build func()) *G.Node {
	if n.err != nil || n.done() {
		return nil
	}
	c, outer := &cut{name: layer}, n.cut
	n.cut = c
	build()
	n.cut = outer
	if n.err == nil && c.node == nil {
		hint := "cut at one of " + strings.Join(c.seen, ", ")
		if near := nearest.Word(layer, c.seen); near != "" {
			hint = "did you mean " + near + "?"
		}
		n.err = fault.New(fault.Usage, hint, "the net has no layer %q to cut at", layer)
	}
	return c.node
}

// Mark gives the output x of a layer another name, for Until: "last_conv" in
// every net of convolutions, "pool" after it.
func (n *Net) Mark(name string, x *G.Node) *G.Node {
	if n.err != nil || n.done() {
		return nil
	}
	n.marks = append(n.marks, name)
	return n.pass(name, x)
}

// Marks are the names that Mark gave, in order.
func (n *Net) Marks() []string { return n.marks }

// done says that the cut is reached: no more layers are made.
func (n *Net) done() bool { return n.cut != nil && n.cut.node != nil }

// pass notes that x is the output of a layer.
func (n *Net) pass(layer string, x *G.Node) *G.Node {
	if n.cut != nil {
		if !slices.Contains(n.cut.seen, layer) {
			n.cut.seen = append(n.cut.seen, layer)
		}
		if layer == n.cut.name {
			n.cut.node = x
		}
	}
	return x
}

// Freeze says whether the layers from here on are frozen, in a Train net: their
// parameters are not trained, batch normalisation uses the running statistics and
// leaves them alone, and dropout passes everything on, so that they compute what
// an Eval net does. Nothing before them may be trained; their own backward pass is
// dead code and not in the program.
func (n *Net) Freeze(on bool) { n.frozen = on }
