package zoo

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// vgg16 is configuration D of the paper: 13 convolutions of 3x3 in five blocks,
// each of which ends in a pooling that halves the image, and three dense layers.
// Layers are named as in torchvision, so that parameters have the names of its
// state dict. Images are meant to be 224x224x3; others of at least 32x32 give a
// first dense layer of another size, where torchvision would pool to 7x7.
var vgg16 = Arch{
	Name:    "vgg16",
	Version: 1,
	Doc:     "13 convolutions of 3x3 and three dense layers, for images of 224x224.",
	Paper:   "Simonyan and Zisserman 2014, arXiv:1409.1556",
	Build:   vggD.build,
}

var vggD = vgg{
	blocks: [][]int{{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}},
	hidden: 4096, dropout: 0.5,
}

// vgg is what the nets of the paper differ in.
type vgg struct {
	blocks  [][]int // filters of each convolution of each block
	hidden  int     // units of the two hidden layers
	dropout float64 // after each hidden layer
}

func (v vgg) build(n *graph.Net, x *G.Node, classes int) *G.Node {
	at := 0 // torchvision counts convolutions, ReLUs and poolings
	for _, block := range v.blocks {
		for _, filters := range block {
			x = n.Conv(x, graph.Conv{Name: fmt.Sprintf("features.%d", at), Filters: filters, Kernel: 3, Same: true, Bias: true, ReLU: true})
			at += 2
		}
		x = n.MaxPool(x, 2, 2, 0)
		at++
	}
	x = n.Flatten(x)
	for _, name := range []string{"classifier.0", "classifier.3"} {
		x = n.Dropout(n.Dense(x, graph.Dense{Name: name, Units: v.hidden, Bias: true, ReLU: true}), v.dropout)
	}
	return n.Dense(x, graph.Dense{Name: "classifier.6", Units: classes, Bias: true})
}
