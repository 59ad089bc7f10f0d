package zoo

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// efficientNetLite0 is the smallest of the EfficientNets for phones: those of the
// paper without squeeze and excitation, with ReLU6. It is the smallest net here
// whose ImageNet weights are good for transfer learning. Layers are named as in the
// package efficientnet_lite_pytorch, so that parameters have the names of its
// state dict; images may have any size, 224x224x3 is the usual one. The paper's
// dropping of whole branches in training is left out: fine-tuning is short.
var efficientNetLite0 = Arch{
	Name:    "efficientnet_lite0",
	Version: 1,
	Doc:     "16 blocks around depthwise convolutions, small and fast, for images of 224x224.",
	Paper:   "Tan and Le 2019, arXiv:1905.11946; https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite",
	Head:    []string{"_fc"},
	Build:   efficientNet{stem: 32, stages: liteStages, last: 1280, dropout: 0.2}.build,
}

// liteStages are the stages of EfficientNet-B0.
var liteStages = []mobileStage{
	{1, 3, 1, 1, 16}, {2, 3, 2, 6, 24}, {2, 5, 2, 6, 40}, {3, 3, 2, 6, 80}, {3, 5, 1, 6, 112}, {4, 5, 2, 6, 192}, {1, 3, 1, 6, 320},
}

// mobileStage is some blocks alike, of which the first has the stride.
type mobileStage struct{ blocks, kernel, stride, expand, filters int }

// efficientNet is what such nets differ in.
type efficientNet struct {
	stem    int // filters of the first convolution
	stages  []mobileStage
	last    int // filters of the last convolution
	dropout float64
}

func (e efficientNet) build(n *graph.Net, x *G.Node, classes int) *G.Node {
	x = relu6(n, n.Conv(x, graph.Conv{Name: "_conv_stem", Filters: e.stem, Kernel: 3, Stride: 2, Ceil: true}), "_bn0")
	at, filters := 0, e.stem
	for _, s := range e.stages {
		for i := range s.blocks {
			b := s
			if i > 0 {
				b.stride = 1
			}
			name := fmt.Sprintf("_blocks.%d", at)
			x = n.Mark(name, b.build(n, x, name, filters))
			at, filters = at+1, s.filters
		}
	}
	x = relu6(n, n.Conv(x, graph.Conv{Name: "_conv_head", Filters: e.last, Kernel: 1}), "_bn1")
	x = n.Mark("pool", n.GlobalAvgPool(n.Mark("last_conv", x)))
	return n.Dense(n.Dropout(x, e.dropout), graph.Dense{Name: "_fc", Units: classes, Bias: true})
}

// build is an inverted bottleneck: a 1x1 convolution to many channels, a depthwise
// one, a 1x1 one to few, and the input added if it has the shape.
func (s mobileStage) build(n *graph.Net, x *G.Node, name string, from int) *G.Node {
	y := x
	if s.expand != 1 {
		y = relu6(n, n.Conv(y, graph.Conv{Name: name + "._expand_conv", Filters: s.expand * from, Kernel: 1}), name+"._bn0")
	}
	y = relu6(n, n.Depthwise(y, graph.Depthwise{Name: name + "._depthwise_conv", Kernel: s.kernel, Stride: s.stride, Ceil: true}), name+"._bn1")
	y = n.BatchNorm(n.Conv(y, graph.Conv{Name: name + "._project_conv", Filters: s.filters, Kernel: 1}), mobileNorm(name+"._bn2"))
	if s.stride == 1 && from == s.filters {
		return n.Add(y, x)
	}
	return y
}

func relu6(n *graph.Net, x *G.Node, norm string) *G.Node {
	return n.ReLU6(n.BatchNorm(x, mobileNorm(norm)))
}

// mobileNorm has the constants of the original.
func mobileNorm(name string) graph.BatchNorm {
	return graph.BatchNorm{Name: name, Eps: 1e-3, Momentum: 0.01}
}
