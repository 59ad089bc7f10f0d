package zoo

import (
	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// mnistCNN is the convnet of the MNIST examples of Keras and PyTorch without
// their dropout: two 3x3 convolutions, one pooling, one hidden layer. It is what
// the engines are measured with, since every framework has numbers for it.
var mnistCNN = Arch{
	Name:    "mnist_cnn",
	Version: 1,
	Doc:     "Two 3x3 convolutions, max pooling and a hidden layer of 128: the benchmark net.",
	Paper:   "https://github.com/pytorch/examples/blob/main/mnist/main.py",
	Build: func(n *graph.Net, x *G.Node, classes int) *G.Node {
		x = n.Conv(x, graph.Conv{Name: "conv1", Filters: 32, Kernel: 3, Bias: true, ReLU: true})
		x = n.Conv(x, graph.Conv{Name: "conv2", Filters: 64, Kernel: 3, Bias: true, ReLU: true})
		x = n.Flatten(n.MaxPool(x, 2, 2, 0))
		x = n.Dense(x, graph.Dense{Name: "fc1", Units: 128, Bias: true, ReLU: true})
		return n.Dense(x, graph.Dense{Name: "fc2", Units: classes, Bias: true})
	},
}
