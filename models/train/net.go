package train

import (
	"fmt"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

// Net says which net: an architecture as it is, or its trunk with a head on top.
type Net struct {
	Arch string `json:"arch"` // name of an architecture, see zoo.Names
	// Cut is the layer of the architecture after which the head comes: "pool",
	// "last_conv" or any layer's name, see zoo.Arch.Trunk. "" is the whole
	// architecture with its own head.
	Cut string `json:"cut,omitempty"`
	// Head are the layers on top of the cut, see zoo.ParseHead; a dense layer to
	// the classes follows, unless the last one is heat.
	Head []string `json:"head,omitempty"`
}

func (n Net) String() string {
	if n.Cut == "" {
		return n.Arch
	}
	return fmt.Sprintf("%s cut at %s with head [%s]", n.Arch, n.Cut, strings.Join(n.Head, ", "))
}

func (n Net) equal(m Net) bool {
	return n.Arch == m.Arch && n.Cut == m.Cut && slices.Equal(n.Head, m.Head)
}

// Features is the shape of what the net's trunk makes of an image, height, width,
// channels: what Config.Input is when Config.Features is set. Features that are no
// image have height and width 1. It needs no engine and no weights.
func (n Net) Features(input [3]int) ([3]int, error) {
	arch, err := n.cut()
	if err != nil {
		return [3]int{}, err
	}
	if err := checkImages(input, 2); err != nil {
		return [3]int{}, usage("%w", err)
	}
	net := graph.NewNet(graph.NewState(nil, 0), graph.Eval, 1)
	x := arch.Trunk(net, net.Input(input[0], input[1], input[2]), n.Cut)
	if err := net.Err(); err != nil {
		return [3]int{}, fault.Wrap(err, fault.Usage, fault.HintOf(err), "%s on images of %dx%dx%d", n.Arch, input[0], input[1], input[2])
	}
	shape := x.Shape()[1:]
	if len(shape) == 1 {
		return [3]int{1, 1, shape[0]}, nil
	}
	return [3]int{shape[0], shape[1], shape[2]}, nil
}

// Fits says, as a fault of kind Usage, why the net's head cannot stand on features of
// that shape (see Features), such as a tile that is larger than they are. It needs no
// engine.
func (n Net) Fits(features [3]int) error {
	_, err := design{Net: n, input: features, classes: 2, features: true}.minBatch(true)
	if err != nil {
		return fault.Wrap(err, fault.Usage, fault.HintOf(err), "the head [%s] on %dx%dx%d", strings.Join(n.Head, ", "), features[0], features[1], features[2])
	}
	return nil
}

// cut is the architecture of a net that has a cut.
func (n Net) cut() (zoo.Arch, error) {
	arch, err := zoo.Lookup(n.Arch)
	switch {
	case err != nil:
		return arch, err
	case n.Cut == "":
		return arch, fault.New(fault.Usage, `cut it at "pool"`, "train: the net %s is whole: want one that is cut, with a head of its own", n.Arch)
	case slices.Contains(arch.Head, n.Cut):
		return arch, fault.New(fault.Usage, `cut it at "pool"`, "train: the net %s cannot be cut at %s, which is its own head", n.Arch, n.Cut)
	}
	return arch, nil
}

// design is a net with the sizes that settle the shapes of its parameters.
type design struct {
	Net
	input    [3]int
	classes  int
	features bool    // input is what the trunk makes, there is only the head
	extra    int     // width of the second input, 0 for none
	boxes    float64 // weight of the loss of boxes, 0 for none
}

// backbone is the learning-rate group of a trunk's parameters.
const backbone = "backbone"

// headLayers is the name under which the layers of every head are.
const headLayers = "head"

// build adds the layers to net and gives the logits. Errors are kept in net, but for
// those of names.
func (d design) build(net *graph.Net, frozen bool) (*G.Node, error) {
	if d.Cut == "" {
		arch, err := zoo.Lookup(d.Arch)
		if err != nil {
			return nil, err
		}
		if d.extra > 0 || d.boxes > 0 {
			return nil, fault.New(fault.Usage, `cut it at "pool"`, "the net %s is whole: a second input and boxes are of one that is cut, with a head", d.Arch)
		}
		return arch.Build(net, net.Input(d.input[0], d.input[1], d.input[2]), d.classes), nil
	}
	arch, err := d.cut()
	if err != nil {
		return nil, err
	}
	head, err := d.head()
	if err != nil {
		return nil, err
	}
	x := net.Input(d.input[0], d.input[1], d.input[2])
	if !d.features {
		net.Group(backbone)
		net.Freeze(frozen)
		x = arch.Trunk(net, x, d.Cut)
		net.Freeze(false)
		net.Group("")
	}
	if head.WantsImage() && x != nil && !hasPlaces(x) {
		return nil, fault.New(fault.Usage, `cut it earlier, such as at "last_conv", or take larger images`, "the head [%s] wants an image, the cut %s of %s gives %d features",
			strings.Join(d.Head, ", "), d.Cut, d.Arch, x.Shape().TotalSize()/x.Shape()[0])
	}
	return head.Build(net, x, zoo.Ends{Classes: d.classes, Extra: d.extra, Boxes: d.boxes}), nil
}

// head is the head of a net that is cut, if it goes with the net's other input and
// output.
func (d design) head() (zoo.Head, error) {
	head, err := zoo.ParseHead(d.Head)
	if err != nil {
		return head, err
	}
	const hint = "leave heat out for a dense layer to the classes"
	switch {
	case head.Heat() && d.boxes > 0:
		return head, fault.New(fault.Usage, hint, "a head that ends in heat has no features to predict boxes from")
	case head.Heat() && d.extra > 0:
		return head, fault.New(fault.Usage, hint, "a head that ends in heat has no features to join another input to")
	}
	return head, nil
}

// hasPlaces says that x is an image of more than one place.
func hasPlaces(x *G.Node) bool {
	s := x.Shape()
	return s.Dims() == 4 && s[1]*s[2] > 1
}

// compile builds the net over state and plans its run.
func (d design) compile(state *graph.State, mode graph.Mode, frozen bool, maxBatch int) (*graph.Executor, error) {
	net := graph.NewNet(state, mode, maxBatch)
	logits, err := d.build(net, frozen)
	if err != nil {
		return nil, err
	}
	return net.Compile(logits)
}

// minBatch is the smallest batch that the training net takes. What is wrong with the
// net comes out here too, before anything is computed.
func (d design) minBatch(frozen bool) (int, error) {
	net := graph.NewNet(graph.NewState(nil, 0), graph.Train, 2)
	if _, err := d.build(net, frozen); err != nil {
		return 0, err
	}
	return net.MinBatch(), net.Err()
}
