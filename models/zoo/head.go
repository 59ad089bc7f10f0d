package zoo

import (
	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// head is the classifier that is trained on what a pretrained net makes of the
// images: after the convolutions of VGG16 that is 7x7x512.
var head = Arch{
	Name:    "head",
	Version: 1,
	Doc:     "One hidden layer of 256 with dropout, for the features that another net made.",
	Paper:   "Chollet 2016, https://blog.keras.io/building-powerful-image-classification-models-using-very-little-data.html",
	Build: func(n *graph.Net, x *G.Node, classes int) *G.Node {
		x = n.Dense(n.Flatten(x), graph.Dense{Name: "fc1", Units: 256, Bias: true, ReLU: true})
		return n.Dense(n.Dropout(x, 0.5), graph.Dense{Name: "fc2", Units: classes, Bias: true})
	},
}
