package graph

import (
	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Dropout sets each element of x to zero with probability p and divides the rest
// by 1-p, in a Train net; an Eval net passes x on (Srivastava et al. 2014, JMLR
// 15). Which elements are dropped depends on the State's seed, on how many
// dropout layers came before, on the step and on the position in the batch.
func (n *Net) Dropout(x *G.Node, p float64) *G.Node {
	name := n.autoName("dropout")
	if !n.ready("dropout", name, 0, x) {
		return nil
	}
	if !(p >= 0 && p < 1) {
		return n.fail("dropout", name, "want a probability in [0, 1), got %v", p)
	}
	if n.mode == Eval || n.frozen || p == 0 {
		return n.pass(name, x)
	}
	root := seed.Derive(n.state.seed, "dropout", name)
	o := dropoutOp("dropout", name, float32(p), root, n.clock)
	o.wrt = []bool{true}
	o.diff = func(_ G.Nodes, _, dy *G.Node) (G.Nodes, error) {
		dx, err := n.apply(dropoutOp("dropout backward", name, float32(p), root, n.clock), dy)
		return G.Nodes{dx}, err
	}
	return n.layerOp(o, x)
}

// dropoutOp is both directions: the mask is drawn again from the seed.
func dropoutOp(kind, layer string, p float32, root uint64, c *clock) *op {
	return &op{
		kind: kind, layer: layer, infer: same(0), reuse: [][]int{{0}},
		kern: func(e engine.Engine, in, out []engine.T) func() error {
			size := in[0].Shape().TotalSize()
			return func() error { return e.Dropout(size, p, stepSeed(root, c.step), in[0], out[0]) }
		},
	}
}

// stepSeed is seed.Derive(root, step) without its allocations: SplitMix64's
// finaliser after an odd multiple of the step. It must not be root plus a
// multiple of the step: engine.Keep counts elements that way, and one step's
// mask would be the last one's, shifted.
func stepSeed(root, step uint64) uint64 {
	z := root ^ (step+1)*0xd1342543de82ef95
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}
