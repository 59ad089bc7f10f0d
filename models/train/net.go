package train

import (
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

// compile builds the architecture's net over state and plans its run.
func compile(arch string, input [3]int, classes int, state *graph.State, mode graph.Mode, maxBatch int) (*graph.Executor, error) {
	a, err := zoo.Lookup(arch)
	if err != nil {
		return nil, err
	}
	net := graph.NewNet(state, mode, maxBatch)
	return net.Compile(a.Build(net, net.Input(input[0], input[1], input[2]), classes))
}
