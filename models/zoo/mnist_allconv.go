package zoo

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// mnistAllConv has no pooling: each block ends in a 5x5 convolution with stride 2
// that learns how to shrink the image (Springenberg et al. 2014), and a 4x4
// convolution takes the place of the hidden layer. It is the shape of the nets
// in C. Deotte's public ensemble for Digit Recognizer
// (github.com/cdeotte/MNIST-CNN-99.75), which drops out more (0.4) for 30 epochs.
// It errs elsewhere than mnist_bn does, which is what a blend wants.
var mnistAllConv = Arch{
	Name:    "mnist_allconv",
	Version: 1,
	Doc:     "Seven convolutions with batch normalisation, 5x5 with stride 2 instead of pooling.",
	Paper:   "Springenberg et al. 2014, arXiv:1412.6806; Ioffe and Szegedy 2015, arXiv:1502.03167",
	Build: func(n *graph.Net, x *G.Node, classes int) *G.Node {
		conv := func(id string, c graph.Conv) {
			c.Name = "conv" + id
			x = n.BatchNorm(n.Conv(x, c), graph.BatchNorm{Name: "bn" + id, ReLU: true})
		}
		for block, filters := range []int{32, 64} {
			id := fmt.Sprintf("%d_", block+1)
			conv(id+"1", graph.Conv{Filters: filters, Kernel: 3})
			conv(id+"2", graph.Conv{Filters: filters, Kernel: 3})
			conv(id+"3", graph.Conv{Filters: filters, Kernel: 5, Stride: 2, Pad: 2})
			x = n.Dropout(x, 0.2)
		}
		conv("3_1", graph.Conv{Filters: 128, Kernel: 4})
		x = n.Dropout(n.Flatten(x), 0.3)
		return n.Dense(x, graph.Dense{Name: "fc", Units: classes, Bias: true})
	},
}
