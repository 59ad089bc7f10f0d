package zoo

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// Configuration D of the paper: 13 convolutions of 3x3 in five blocks, each of
// which ends in a pooling that halves the image, and three dense layers. Layers are
// named as in torchvision, so that parameters have the names of its state dict.
// Images are meant to be 224x224x3; others of at least 32x32 give a first dense
// layer of another size, where torchvision would pool to 7x7.
var (
	vgg16 = Arch{
		Name:    "vgg16",
		Version: 1,
		Doc:     "13 convolutions of 3x3 and three dense layers, for images of 224x224.",
		Paper:   vggPaper,
		Head:    []string{"classifier.6"},
		Build:   vggD.build,
	}
	vgg16BN = Arch{
		Name:    "vgg16_bn",
		Version: 1,
		Doc:     "vgg16 with batch normalisation after each convolution, torchvision's.",
		Paper:   vggPaper + "; Ioffe and Szegedy 2015, arXiv:1502.03167",
		Head:    []string{"classifier.6"},
		Build:   vggDWith(func(v *vgg) { v.convBN = true }).build,
	}
	// vgg16FCBN is the course's VGG16+BN: vgg16's convolutions, and batch
	// normalisation after the ReLU of the two hidden dense layers. It takes the
	// weights of vgg16; the normalisations begin as what they are in evaluation
	// before any training, the identity.
	vgg16FCBN = Arch{
		Name:    "vgg16_fcbn",
		Version: 1,
		Doc:     "vgg16 with batch normalisation after its two hidden dense layers, the fast.ai course's.",
		Paper:   "https://github.com/fastai/courses/blob/master/deeplearning1/nbs/vgg16bn.py",
		Head:    []string{"classifier.6", "classifier.bn0", "classifier.bn3"},
		Build:   vggDWith(func(v *vgg) { v.denseBN = true }).build,
	}
)

const vggPaper = "Simonyan and Zisserman 2014, arXiv:1409.1556"

var vggD = vgg{
	blocks: [][]int{{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}},
	hidden: 4096, dropout: 0.5,
}

func vggDWith(change func(*vgg)) vgg {
	v := vggD
	change(&v)
	return v
}

// vgg is what the nets of the paper differ in.
type vgg struct {
	blocks  [][]int // filters of each convolution of each block
	hidden  int     // units of the two hidden layers
	dropout float64 // after each hidden layer
	convBN  bool    // normalise after each convolution, before its ReLU
	denseBN bool    // normalise after each hidden layer's ReLU
}

func (v vgg) build(n *graph.Net, x *G.Node, classes int) *G.Node {
	at := 0 // torchvision counts convolutions, normalisations, ReLUs and poolings
	for i, block := range v.blocks {
		for _, filters := range block {
			x = n.Conv(x, graph.Conv{Name: fmt.Sprintf("features.%d", at), Filters: filters, Kernel: 3, Same: true, Bias: true, ReLU: !v.convBN})
			if v.convBN {
				at++
				x = n.BatchNorm(x, graph.BatchNorm{Name: fmt.Sprintf("features.%d", at), ReLU: true})
			}
			at += 2
		}
		if i == len(v.blocks)-1 {
			x = n.Mark("last_conv", x)
		}
		x = n.MaxPool(x, 2, 2, 0)
		at++
	}
	x = n.Flatten(n.Mark("pool", x))
	for _, at := range []string{"0", "3"} {
		x = n.Dense(x, graph.Dense{Name: "classifier." + at, Units: v.hidden, Bias: true, ReLU: true})
		if v.denseBN {
			x = n.BatchNorm(x, graph.BatchNorm{Name: "classifier.bn" + at})
		}
		x = n.Dropout(x, v.dropout)
	}
	return n.Dense(x, graph.Dense{Name: "classifier.6", Units: classes, Bias: true})
}
