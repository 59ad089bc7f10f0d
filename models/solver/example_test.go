package solver_test

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/solver"
)

// Logistic regression on two points, by momentum.
func Example() {
	state := graph.NewState(ref.New(), 1)
	net := graph.NewNet(state, graph.Train, 2)
	x := net.Flatten(net.Input(1, 1, 1))
	step, err := net.Compile(net.Dense(x, graph.Dense{Name: "fc", Units: 2, Bias: true}))
	if err != nil {
		fmt.Println(err)
		return
	}
	update, err := solver.New("momentum", state.Engine(), step.Trained(), solver.Config{LR: 0.5, Momentum: 0.8})
	if err != nil {
		fmt.Println(err)
		return
	}
	points, targets := []float32{-1, 1}, []float32{1, 0, 0, 1}
	for i := range uint64(20) {
		loss, err := step.Step(2, points, targets, i)
		if err != nil {
			fmt.Println(err)
			return
		}
		if i == 19 {
			fmt.Println("loss below 0.02:", loss < 0.02)
		}
		if err := update.Step(step.ValueGrads()); err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, t := range update.State() {
		fmt.Println(t.Name, t.Value.Shape())
	}
	// Output:
	// loss below 0.02: true
	// momentum.velocity.fc.weight (1, 2)
	// momentum.velocity.fc.bias (2)
}
