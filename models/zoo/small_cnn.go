package zoo

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// smallCNN learns from scratch on photos of 64 to 128 pixels where no weights of
// ImageNet are to be had: a VGG with batch normalisation that ends, as ResNet does,
// in an average over the image, so that it takes any size and has few parameters
// (1.2 million) for the few photos of a competition.
var smallCNN = Arch{
	Name:    "small_cnn",
	Version: 1,
	Doc:     "Eight 3x3 convolutions with batch normalisation, to train from scratch on photos of 64 to 128 pixels.",
	Paper:   "Simonyan and Zisserman 2014, arXiv:1409.1556; Lin et al. 2013, arXiv:1312.4400",
	Head:    []string{"fc"},
	Build: func(n *graph.Net, x *G.Node, classes int) *G.Node {
		filters := []int{32, 64, 128, 256}
		for block, filters := range filters {
			for i := range 2 {
				id := fmt.Sprintf("%d_%d", block+1, i+1)
				x = n.Conv(x, graph.Conv{Name: "conv" + id, Filters: filters, Kernel: 3, Same: true})
				x = n.BatchNorm(x, graph.BatchNorm{Name: "bn" + id, ReLU: true})
			}
			if block < 3 {
				x = n.MaxPool(x, 2, 2, 0)
			}
		}
		x = n.Mark("pool", n.GlobalAvgPool(n.Mark("last_conv", x)))
		return n.Dense(n.Dropout(x, 0.3), graph.Dense{Name: "fc", Units: classes, Bias: true})
	},
}
