package zoo

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// resnet50 is the net of 50 layers of the paper in the form that torchvision
// calls v1.5: a block that halves the image does so in its 3x3 convolution, not
// in its first 1x1 one, which is about half a percent more accurate on ImageNet.
// Layers are named as in torchvision, so that parameters have the names of its
// state dict. Images may have any size; 224x224x3 is the usual one.
var resnet50 = Arch{
	Name:    "resnet50",
	Version: 1,
	Doc:     "16 residual blocks of three convolutions with batch normalisation, for images of 224x224.",
	Paper:   "He et al. 2015, arXiv:1512.03385",
	Build:   resnet{stem: 64, blocks: []int{3, 4, 6, 3}}.build,
}

// resnet is what the nets of the paper with bottleneck blocks differ in.
type resnet struct {
	stem   int   // filters of the first convolution and inner ones of the first stage
	blocks []int // of each stage; a stage has twice the filters of the one before
}

// widening is how many times more filters a block gives than it has inside.
const widening = 4

func (r resnet) build(n *graph.Net, x *G.Node, classes int) *G.Node {
	x = n.Conv(x, graph.Conv{Name: "conv1", Filters: r.stem, Kernel: 7, Stride: 2, Pad: 3})
	x = n.BatchNorm(x, graph.BatchNorm{Name: "bn1", ReLU: true})
	x = n.MaxPool(x, 3, 2, 1)
	for stage, blocks := range r.blocks {
		for i := range blocks {
			b := bottleneck{name: fmt.Sprintf("layer%d.%d", stage+1, i), filters: r.stem << stage, stride: 1}
			if i == 0 {
				b.project = true
				b.stride = min(stage+1, 2)
			}
			x = b.build(n, x)
		}
	}
	return n.Dense(n.GlobalAvgPool(x), graph.Dense{Name: "fc", Units: classes, Bias: true})
}

// bottleneck is a residual block: a 1x1 convolution to few filters, a 3x3 one,
// a 1x1 one to many, and the input added.
type bottleneck struct {
	name    string
	filters int // inside
	stride  int
	project bool // bring the input to the output's shape by a 1x1 convolution
}

func (b bottleneck) build(n *graph.Net, x *G.Node) *G.Node {
	y := b.conv(n, x, graph.Conv{Name: "conv1", Filters: b.filters, Kernel: 1}, graph.BatchNorm{Name: "bn1", ReLU: true})
	y = b.conv(n, y, graph.Conv{Name: "conv2", Filters: b.filters, Kernel: 3, Stride: b.stride, Pad: 1}, graph.BatchNorm{Name: "bn2", ReLU: true})
	y = b.conv(n, y, graph.Conv{Name: "conv3", Filters: widening * b.filters, Kernel: 1}, graph.BatchNorm{Name: "bn3"})
	if b.project {
		x = b.conv(n, x, graph.Conv{Name: "downsample.0", Filters: widening * b.filters, Kernel: 1, Stride: b.stride}, graph.BatchNorm{Name: "downsample.1"})
	}
	return n.ReLU(n.Add(y, x))
}

// conv is a convolution with its normalisation, named within the block.
func (b bottleneck) conv(n *graph.Net, x *G.Node, c graph.Conv, bn graph.BatchNorm) *G.Node {
	c.Name, bn.Name = b.name+"."+c.Name, b.name+"."+bn.Name
	return n.BatchNorm(n.Conv(x, c), bn)
}
