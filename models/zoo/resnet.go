package zoo

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// The nets of the paper, with layers named as in torchvision, so that parameters
// have the names of its state dict. resnet50 is in the form that torchvision calls
// v1.5: a block that halves the image does so in its 3x3 convolution, not in its
// first 1x1 one, which is about half a percent more accurate on ImageNet. Images
// may have any size; 224x224x3 is the usual one.
var (
	resnet18 = Arch{
		Name:    "resnet18",
		Version: 1,
		Doc:     "8 residual blocks of two convolutions with batch normalisation, for images of 224x224.",
		Paper:   resnetPaper,
		Head:    []string{"fc"},
		Build:   resnet{stem: 64, blocks: []int{2, 2, 2, 2}, block: basicBlock}.build,
	}
	resnet34 = Arch{
		Name:    "resnet34",
		Version: 1,
		Doc:     "16 residual blocks of two convolutions with batch normalisation, for images of 224x224.",
		Paper:   resnetPaper,
		Head:    []string{"fc"},
		Build:   resnet{stem: 64, blocks: []int{3, 4, 6, 3}, block: basicBlock}.build,
	}
	resnet50 = Arch{
		Name:    "resnet50",
		Version: 1,
		Doc:     "16 residual blocks of three convolutions with batch normalisation, for images of 224x224.",
		Paper:   resnetPaper,
		Head:    []string{"fc"},
		Build:   resnet{stem: 64, blocks: []int{3, 4, 6, 3}, widening: 4, block: bottleneck}.build,
	}
)

const resnetPaper = "He et al. 2015, arXiv:1512.03385"

// resnet is what the nets of the paper differ in.
type resnet struct {
	stem     int   // filters of the first convolution and inner ones of the first stage
	blocks   []int // of each stage; a stage has twice the filters of the one before
	widening int   // how many times more filters a block gives than it has inside; 0 is 1
	block    func(r residual, n *graph.Net, x *G.Node) *G.Node
}

func (r resnet) build(n *graph.Net, x *G.Node, classes int) *G.Node {
	x = n.Conv(x, graph.Conv{Name: "conv1", Filters: r.stem, Kernel: 7, Stride: 2, Pad: 3})
	x = n.BatchNorm(x, graph.BatchNorm{Name: "bn1", ReLU: true})
	x = n.MaxPool(x, 3, 2, 1)
	for stage, blocks := range r.blocks {
		name := fmt.Sprintf("layer%d", stage+1)
		for i := range blocks {
			b := residual{name: fmt.Sprintf("%s.%d", name, i), filters: r.stem << stage, out: max(r.widening, 1) * r.stem << stage, stride: 1}
			if i == 0 {
				b.stride = min(stage+1, 2)
				b.project = b.stride > 1 || b.out != r.stem
			}
			x = r.block(b, n, x)
		}
		x = n.Mark(name, x)
	}
	x = n.Mark("pool", n.GlobalAvgPool(n.Mark("last_conv", x)))
	return n.Dense(x, graph.Dense{Name: "fc", Units: classes, Bias: true})
}

// residual is a block: convolutions, and the input added.
type residual struct {
	name    string
	filters int // inside
	out     int // filters of the last convolution
	stride  int
	project bool // bring the input to the output's shape by a 1x1 convolution
}

// basicBlock has two 3x3 convolutions.
func basicBlock(b residual, n *graph.Net, x *G.Node) *G.Node {
	y := b.conv(n, x, graph.Conv{Name: "conv1", Filters: b.filters, Kernel: 3, Stride: b.stride, Pad: 1}, graph.BatchNorm{Name: "bn1", ReLU: true})
	y = b.conv(n, y, graph.Conv{Name: "conv2", Filters: b.out, Kernel: 3, Pad: 1}, graph.BatchNorm{Name: "bn2"})
	return b.join(n, x, y)
}

// bottleneck has a 1x1 convolution to few filters, a 3x3 one, and a 1x1 one to many.
func bottleneck(b residual, n *graph.Net, x *G.Node) *G.Node {
	y := b.conv(n, x, graph.Conv{Name: "conv1", Filters: b.filters, Kernel: 1}, graph.BatchNorm{Name: "bn1", ReLU: true})
	y = b.conv(n, y, graph.Conv{Name: "conv2", Filters: b.filters, Kernel: 3, Stride: b.stride, Pad: 1}, graph.BatchNorm{Name: "bn2", ReLU: true})
	y = b.conv(n, y, graph.Conv{Name: "conv3", Filters: b.out, Kernel: 1}, graph.BatchNorm{Name: "bn3"})
	return b.join(n, x, y)
}

// join adds the block's input to what its convolutions made of it.
func (b residual) join(n *graph.Net, x, y *G.Node) *G.Node {
	if b.project {
		x = b.conv(n, x, graph.Conv{Name: "downsample.0", Filters: b.out, Kernel: 1, Stride: b.stride}, graph.BatchNorm{Name: "downsample.1"})
	}
	return n.ReLU(n.Add(y, x))
}

// conv is a convolution with its normalisation, named within the block.
func (b residual) conv(n *graph.Net, x *G.Node, c graph.Conv, bn graph.BatchNorm) *G.Node {
	c.Name, bn.Name = b.name+"."+c.Name, b.name+"."+bn.Name
	return n.BatchNorm(n.Conv(x, c), bn)
}
