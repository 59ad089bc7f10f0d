package zoo

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// BoxValues is how many values a box has: x, y, width and height, x and y being its top
// left corner.
const BoxValues = 4

// Ends are what a head takes beside the trunk's features, and what it gives.
type Ends struct {
	Classes int
	// Extra is the width of the net's second input, graph.Net.Vector, which the head
	// makes, normalises over the batch (head.extra) and joins to its last hidden
	// features; 0 for none.
	Extra int
	// Boxes is the weight of the loss of boxes, the net's second output (head.box), a
	// dense layer on what the classes' layer stands on; see graph.Net.Regress. 0 for
	// none.
	Boxes float64
}

// Build adds the head to n on top of x, the trunk's output [batch,h,w,c] or
// [batch,features], and returns logits [batch,classes]. An image is flattened before
// the first dense layer; pool does nothing where there is no image. The parameters are
// those of head.fc1, head.bn1, head.fc2 and so on for dense layers, head.conv1,
// head.convbn1 for convolutions, head.inception1, head.norm1 (bn), and of the last
// layer, head.fc or head.heat. The heat maps [batch,h,w,classes] are the layer that
// graph.Net.Until calls "heat".
//
// A head with heat has neither Extra nor Boxes: it is for the caller to refuse them.
func (h Head) Build(n *graph.Net, x *G.Node, e Ends) *G.Node {
	b := builder{n: n, count: map[string]int{}}
	for _, l := range h.layers {
		x = b.add(l, x, e)
	}
	if h.Heat() {
		return x
	}
	x = flat(n, x)
	if e.Extra > 0 {
		x = n.Concat(x, n.BatchNorm(n.Vector(e.Extra), graph.BatchNorm{Name: "head.extra"}))
	}
	if e.Boxes > 0 {
		n.Regress(n.Dense(x, graph.Dense{Name: "head.box", Units: BoxValues, Bias: true}), e.Boxes)
	}
	return n.Dense(x, graph.Dense{Name: "head.fc", Units: e.Classes, Bias: true})
}

// builder adds the layers of a head.
type builder struct {
	n     *graph.Net
	count map[string]int // layers with parameters so far, by kind
}

// next numbers a layer of a kind.
func (b *builder) next(kind string) int {
	b.count[kind]++
	return b.count[kind]
}

func (b *builder) add(l headLayer, x *G.Node, e Ends) *G.Node {
	n := b.n
	switch l.kind {
	case "drop":
		return n.Dropout(x, l.p)
	case "pool":
		if isImage(x) {
			return n.GlobalAvgPool(x)
		}
	case "dense":
		i := b.next("dense")
		x = n.Dense(flat(n, x), graph.Dense{Name: fmt.Sprintf("head.fc%d", i), Units: l.units, Bias: !l.norm, ReLU: !l.norm})
		return b.norm(l, x, fmt.Sprintf("head.bn%d", i))
	case "bn":
		return n.BatchNorm(x, graph.BatchNorm{Name: fmt.Sprintf("head.norm%d", b.next("bn"))})
	case "conv":
		i := b.next("conv")
		x = n.Conv(x, graph.Conv{Name: fmt.Sprintf("head.conv%d", i), Filters: l.units, Kernel: 3, Same: true, Bias: !l.norm, ReLU: !l.norm})
		return b.norm(l, x, fmt.Sprintf("head.convbn%d", i))
	case "maxpool":
		return n.MaxPoolTiles(x, l.h, l.w)
	case "inception":
		return inceptionBlock(n, x, fmt.Sprintf("head.inception%d.", b.next("inception")))
	case "heat":
		x = n.Conv(x, graph.Conv{Name: "head.heat", Filters: e.Classes, Kernel: 3, Same: true, Bias: true})
		return n.GlobalAvgPool(n.Mark("heat", x))
	}
	return x
}

// norm is a layer's batch normalisation and ReLU, if it has one.
func (b *builder) norm(l headLayer, x *G.Node, name string) *G.Node {
	if !l.norm {
		return x
	}
	return b.n.BatchNorm(x, graph.BatchNorm{Name: name, ReLU: true})
}

// inceptionBlock is the block of the fast.ai course's small inception net
// (https://github.com/fastai/courses, lesson 7): four branches, each of which halves
// the image, an odd row or column up, joined to 128 channels. The branches are
// convolutions with batch normalisation before the ReLU, where the course has it
// after.
func inceptionBlock(n *graph.Net, x *G.Node, block string) *G.Node {
	v := inception{thin: 1}
	return n.Concat(
		v.chain(n, x, block, branch{Name: "branch1x1", Filters: 32, Kernel: 1, Stride: 2}),
		v.chain(n, x, block, branch{Name: "branch5x5_1", Filters: 24, Kernel: 1}, branch{Name: "branch5x5_2", Filters: 32, Kernel: 5, Stride: 2, Same: true}),
		v.chain(n, x, block, branch{Name: "branch3x3dbl_1", Filters: 32, Kernel: 1}, branch{Name: "branch3x3dbl_2", Filters: 48, Kernel: 3, Same: true},
			branch{Name: "branch3x3dbl_3", Filters: 48, Kernel: 3, Stride: 2, Same: true}),
		v.chain(n, n.AvgPool(x, 3, 2, 1), block, branch{Name: "branch_pool", Filters: 16, Kernel: 1}))
}

func isImage(x *G.Node) bool { return x != nil && x.Shape().Dims() == 4 }

func flat(n *graph.Net, x *G.Node) *G.Node {
	if isImage(x) {
		return n.Flatten(x)
	}
	return x
}
