package zoo_test

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

func Example() {
	_, err := zoo.Lookup("mnist_ccn")
	fmt.Printf("%v\nhint: %s\n", err, fault.HintOf(err))

	arch, err := zoo.Lookup("mnist_cnn")
	if err != nil {
		fmt.Println(err)
		return
	}
	net := graph.NewNet(graph.NewState(ref.New(), 1), graph.Train, 64)
	logits := arch.Build(net, net.Input(28, 28, 1), 10)
	fmt.Println(arch.Doc)
	fmt.Println("logits", logits.Shape())
	for _, p := range net.State().Params() {
		fmt.Println(p.Name, p.Value.Shape())
	}
	// Output:
	// architecture "mnist_ccn": want one of linear, head, mnist_cnn, mnist_bn, mnist_strided, small_cnn, vgg16, vgg16_bn, vgg16_fcbn, resnet18, resnet34, resnet50, efficientnet_lite0, inception_v3
	// hint: did you mean mnist_cnn?
	// Two 3x3 convolutions, max pooling and a hidden layer of 128: the benchmark net.
	// logits (64, 10)
	// conv1.weight (3, 3, 1, 32)
	// conv1.bias (32)
	// conv2.weight (3, 3, 32, 64)
	// conv2.bias (64)
	// fc1.weight (9216, 128)
	// fc1.bias (128)
	// fc2.weight (128, 10)
	// fc2.bias (10)
}
