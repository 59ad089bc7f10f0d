// Package zoo holds the architectures that a pipeline can name: one file each,
// with its source, and one literal list of them.
//
// An architecture turns an input node into logits on any graph.Net; what it is
// trained with is not its business. Start with Lookup; Arch.Trunk cuts one off for
// features or for a Head of one's own.
package zoo

import (
	"strings"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
	"github.com/seed-a5aa75a0/podium/models/graph"
)

// Arch is an architecture.
type Arch struct {
	Name string // as a pipeline names it
	// Version is raised when Build changes, so that what was trained before is
	// not taken for what the name means now.
	Version int
	Doc     string // one sentence
	Paper   string // title or address of the source
	// Head are the layers that weights for other classes, or of the net that
	// this one was made of, need not fit (see pretrained.Load); none: all must.
	Head []string
	// Build adds the layers to n on top of the images x [batch,h,w,c] and
	// returns logits [batch,classes]. Errors are kept in n.
	Build func(n *graph.Net, x *G.Node, classes int) *G.Node
}

// archs is all there is, simplest first.
var archs = []Arch{linear, head, mnistCNN, mnistBN, mnistStrided, smallCNN, vgg16, vgg16BN, vgg16FCBN, resnet18, resnet34, resnet50, efficientNetLite0, inceptionV3}

// Trunk adds the layers up to the one of the name cut and returns its output:
// "last_conv", "pool" or a layer's own name, see graph.Net.Until.
func (a Arch) Trunk(n *graph.Net, x *G.Node, cut string) *G.Node {
	return n.Until(cut, func() { a.Build(n, x, 1) })
}

// Lookup finds an architecture by name. An unknown name is a fault of kind Usage
// that proposes the nearest one.
func Lookup(name string) (Arch, error) {
	for _, a := range archs {
		if a.Name == name {
			return a, nil
		}
	}
	hint := "architectures: " + strings.Join(Names(), ", ")
	if near := nearest.Word(name, Names()); near != "" {
		hint = "did you mean " + near + "?"
	}
	return Arch{}, fault.New(fault.Usage, hint, "architecture %q: want one of %s", name, strings.Join(Names(), ", "))
}

// Names are all names in the order of the list.
func Names() []string {
	var out []string
	for _, a := range archs {
		out = append(out, a.Name)
	}
	return out
}
