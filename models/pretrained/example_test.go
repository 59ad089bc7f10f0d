package pretrained_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// Weights of three classes go into a net of two.
func ExampleLoad() {
	dir, _ := os.MkdirTemp("", "pretrained")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "published.safetensors")
	err := weight.Save(path, []weight.Tensor{
		{Name: "fc1.weight", Shape: []int{2, 4}, Data: []float32{1, 2, 3, 4, 5, 6, 7, 8}},
		{Name: "fc2.weight", Shape: []int{3, 2}, Data: make([]float32, 6)},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	s := graph.NewState(ref.New(), 1)
	n := graph.NewNet(s, graph.Eval, 1)
	x := n.Dense(n.Flatten(n.Input(2, 2, 1)), graph.Dense{Name: "fc1", Units: 2})
	n.Dense(x, graph.Dense{Name: "fc2", Units: 2})

	r, err := weight.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	report, err := pretrained.Load(r, s, "fc2")
	fmt.Println(report, err)
	fmt.Println(s.Get("fc1.weight").Value.Data()) // [inputs, units], PyTorch has [units, inputs]
	// Output:
	// 1 tensors loaded; initial values kept: fc2.weight <nil>
	// [1 5 2 6 3 7 4 8]
}
