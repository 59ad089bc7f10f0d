package zoo

import (
	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// inceptionV3 is torchvision's net, with its names, without the auxiliary
// classifier: that helps to train from scratch only, and is not there in
// evaluation. Images may have any size from 75 on; 299x299x3 is the usual one.
var inceptionV3 = Arch{
	Name:    "inception_v3",
	Version: 1,
	Doc:     "11 blocks of branches of convolutions with batch normalisation, for images of 299x299.",
	Paper:   "Szegedy et al. 2015, arXiv:1512.00567",
	Head:    []string{"fc"},
	Build:   inception{thin: 1, dropout: 0.5}.build,
}

// inception is the net with its filters divided by thin.
type inception struct {
	thin    int
	dropout float64
}

// branch is a convolution of a block: its layer, and what is not 1x1 about it.
type branch = graph.Conv

func (v inception) build(n *graph.Net, x *G.Node, classes int) *G.Node {
	x = v.chain(n, x, "",
		branch{Name: "Conv2d_1a_3x3", Filters: 32, Kernel: 3, Stride: 2}, branch{Name: "Conv2d_2a_3x3", Filters: 32, Kernel: 3},
		branch{Name: "Conv2d_2b_3x3", Filters: 64, Kernel: 3, Pad: 1})
	x = n.MaxPool(x, 3, 2, 0)
	x = v.chain(n, x, "", branch{Name: "Conv2d_3b_1x1", Filters: 80, Kernel: 1}, branch{Name: "Conv2d_4a_3x3", Filters: 192, Kernel: 3})
	x = n.MaxPool(x, 3, 2, 0)
	x = v.blockA(n, x, "Mixed_5b.", 32)
	x = v.blockA(n, x, "Mixed_5c.", 64)
	x = v.blockA(n, x, "Mixed_5d.", 64)
	x = v.blockB(n, x, "Mixed_6a.")
	x = v.blockC(n, x, "Mixed_6b.", 128)
	x = v.blockC(n, x, "Mixed_6c.", 160)
	x = v.blockC(n, x, "Mixed_6d.", 160)
	x = v.blockC(n, x, "Mixed_6e.", 192)
	x = v.blockD(n, x, "Mixed_7a.")
	x = v.blockE(n, x, "Mixed_7b.")
	x = v.blockE(n, x, "Mixed_7c.")
	x = n.Mark("pool", n.GlobalAvgPool(n.Mark("last_conv", x)))
	return n.Dense(n.Dropout(x, v.dropout), graph.Dense{Name: "fc", Units: classes, Bias: true})
}

// chain is convolutions one after another, each with batch normalisation and ReLU.
func (v inception) chain(n *graph.Net, x *G.Node, block string, convs ...branch) *G.Node {
	for _, c := range convs {
		name := block + c.Name
		c.Name, c.Filters = name+".conv", c.Filters/v.thin
		x = n.BatchNorm(n.Conv(x, c), graph.BatchNorm{Name: name + ".bn", Eps: 1e-3, ReLU: true})
	}
	return x
}

// pooled is the branch of average pooling and a 1x1 convolution.
func (v inception) pooled(n *graph.Net, x *G.Node, block string, filters int) *G.Node {
	return v.chain(n, n.AvgPoolPadded(x, 3, 1, 1), block, branch{Name: "branch_pool", Filters: filters, Kernel: 1})
}

func (v inception) blockA(n *graph.Net, x *G.Node, block string, pool int) *G.Node {
	return n.Concat(
		v.chain(n, x, block, branch{Name: "branch1x1", Filters: 64, Kernel: 1}),
		v.chain(n, x, block, branch{Name: "branch5x5_1", Filters: 48, Kernel: 1}, branch{Name: "branch5x5_2", Filters: 64, Kernel: 5, Pad: 2}),
		v.chain(n, x, block, branch{Name: "branch3x3dbl_1", Filters: 64, Kernel: 1}, branch{Name: "branch3x3dbl_2", Filters: 96, Kernel: 3, Pad: 1},
			branch{Name: "branch3x3dbl_3", Filters: 96, Kernel: 3, Pad: 1}),
		v.pooled(n, x, block, pool))
}

func (v inception) blockB(n *graph.Net, x *G.Node, block string) *G.Node {
	return n.Concat(
		v.chain(n, x, block, branch{Name: "branch3x3", Filters: 384, Kernel: 3, Stride: 2}),
		v.chain(n, x, block, branch{Name: "branch3x3dbl_1", Filters: 64, Kernel: 1}, branch{Name: "branch3x3dbl_2", Filters: 96, Kernel: 3, Pad: 1},
			branch{Name: "branch3x3dbl_3", Filters: 96, Kernel: 3, Stride: 2}),
		n.MaxPool(x, 3, 2, 0))
}

// wide and high are convolutions of one row and of one column that keep the size.
func wide(name string, filters, size int) branch {
	return branch{Name: name, Filters: filters, KH: 1, KW: size, Same: true}
}

func high(name string, filters, size int) branch {
	return branch{Name: name, Filters: filters, KH: size, KW: 1, Same: true}
}

func (v inception) blockC(n *graph.Net, x *G.Node, block string, c7 int) *G.Node {
	return n.Concat(
		v.chain(n, x, block, branch{Name: "branch1x1", Filters: 192, Kernel: 1}),
		v.chain(n, x, block, branch{Name: "branch7x7_1", Filters: c7, Kernel: 1}, wide("branch7x7_2", c7, 7), high("branch7x7_3", 192, 7)),
		v.chain(n, x, block, branch{Name: "branch7x7dbl_1", Filters: c7, Kernel: 1}, high("branch7x7dbl_2", c7, 7), wide("branch7x7dbl_3", c7, 7),
			high("branch7x7dbl_4", c7, 7), wide("branch7x7dbl_5", 192, 7)),
		v.pooled(n, x, block, 192))
}

func (v inception) blockD(n *graph.Net, x *G.Node, block string) *G.Node {
	return n.Concat(
		v.chain(n, x, block, branch{Name: "branch3x3_1", Filters: 192, Kernel: 1}, branch{Name: "branch3x3_2", Filters: 320, Kernel: 3, Stride: 2}),
		v.chain(n, x, block, branch{Name: "branch7x7x3_1", Filters: 192, Kernel: 1}, wide("branch7x7x3_2", 192, 7), high("branch7x7x3_3", 192, 7),
			branch{Name: "branch7x7x3_4", Filters: 192, Kernel: 3, Stride: 2}),
		n.MaxPool(x, 3, 2, 0))
}

func (v inception) blockE(n *graph.Net, x *G.Node, block string) *G.Node {
	y := v.chain(n, x, block, branch{Name: "branch3x3_1", Filters: 384, Kernel: 1})
	z := v.chain(n, x, block, branch{Name: "branch3x3dbl_1", Filters: 448, Kernel: 1}, branch{Name: "branch3x3dbl_2", Filters: 384, Kernel: 3, Pad: 1})
	return n.Concat(
		v.chain(n, x, block, branch{Name: "branch1x1", Filters: 320, Kernel: 1}),
		v.chain(n, y, block, wide("branch3x3_2a", 384, 3)), v.chain(n, y, block, high("branch3x3_2b", 384, 3)),
		v.chain(n, z, block, wide("branch3x3dbl_3a", 384, 3)), v.chain(n, z, block, high("branch3x3dbl_3b", 384, 3)),
		v.pooled(n, x, block, 192))
}
