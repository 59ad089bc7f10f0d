package graph_test

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/solver"

	G "gorgonia.org/gorgonia"
)

// A net over a State in two modes: one graph trains, the other predicts with the
// same tensors.
func Example() {
	layers := func(n *graph.Net) *G.Node {
		x := n.Conv(n.Input(4, 4, 1), graph.Conv{Name: "conv", Filters: 4, Kernel: 3, Bias: true, ReLU: true})
		x = n.Dropout(n.Flatten(x), 0.1)
		return n.Dense(x, graph.Dense{Name: "fc", Units: 2, Bias: true})
	}
	state := graph.NewState(ref.New(), 1)
	compile := func(m graph.Mode) *graph.Executor {
		n := graph.NewNet(state, m, 2)
		x, err := n.Compile(layers(n)) // errors of layers come out here
		if err != nil {
			panic(err)
		}
		return x
	}
	train, eval := compile(graph.Train), compile(graph.Eval)
	update, err := solver.New("adam", state.Engine(), train.Trained(), solver.Config{LR: 0.05})
	if err != nil {
		panic(err)
	}

	images := make([]float32, 2*4*4) // one dark, one bright
	for i := range 4 * 4 {
		images[4*4+i] = 1
	}
	classes := []float32{1, 0, 0, 1}
	for i := range uint64(100) {
		if _, err := train.Step(2, images, classes, i); err != nil {
			panic(err)
		}
		if err := update.Step(train.ValueGrads()); err != nil {
			panic(err)
		}
	}
	probabilities := make([]float32, 2*2)
	if err := eval.Predict(2, images, probabilities); err != nil {
		panic(err)
	}
	fmt.Println("dark is class 0:", probabilities[0] > 0.9)
	fmt.Println("bright is class 1:", probabilities[3] > 0.9)
	for _, op := range eval.Ops() {
		fmt.Println(op)
	}
	// Output:
	// dark is class 0: true
	// bright is class 1: true
	// conv conv
	// flatten1 flatten
	// fc dense
	// probabilities softmax
}
