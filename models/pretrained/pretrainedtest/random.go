// Package pretrainedtest makes files of weights for tests, in place of those that
// publishers trained: the right tensors, with values that nobody trained.
package pretrainedtest

import (
	"math"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/weight"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

// Random writes a safetensors file of an architecture for the classes of ImageNet
// on images of 32x32, in PyTorch's names and layout. Convolutions keep the variance
// of what they see (He et al. 2015, arXiv:1502.01852). The tensors of the names flat
// lose their dimensions of 1, so that they do not fit.
func Random(path, arch string, root uint64, flat ...string) error {
	a, err := zoo.Lookup(arch)
	if err != nil {
		return err
	}
	state := graph.NewState(nil, root)
	n := graph.NewNet(state, graph.Eval, 1)
	a.Build(n, n.Input(32, 32, 3), 1000)
	if err := n.Err(); err != nil {
		return err
	}
	var tensors []weight.Tensor
	for _, p := range state.Params() {
		t := weight.Tensor{Name: p.Name, Shape: p.TorchShape(), Data: make([]float32, p.Size())}
		fill(t, root)
		if slices.Contains(flat, p.Name) {
			t.Shape = slices.DeleteFunc(t.Shape, func(d int) bool { return d == 1 })
		}
		tensors = append(tensors, t)
	}
	return weight.Save(path, tensors, nil)
}

// fill gives a tensor its values: scales and variances are 1, biases and means 0.
func fill(t weight.Tensor, root uint64) {
	switch {
	case len(t.Shape) > 1:
		r, deviation := seed.Rand(root, t.Name), math.Sqrt(2*float64(t.Shape[0])/float64(len(t.Data)))
		for i := range t.Data {
			t.Data[i] = float32(r.NormFloat64() * deviation)
		}
	case strings.HasSuffix(t.Name, ".weight") || strings.HasSuffix(t.Name, ".running_var"):
		for i := range t.Data {
			t.Data[i] = 1
		}
	}
}
