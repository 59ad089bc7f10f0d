package graph

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// kernel readies an operation for given operands: descriptors are made here,
// once, from the operands' shapes; the function that it returns does the work
// and allocates nothing. out[0] is the result, the rest is what the op stores on
// the side.
type kernel func(e engine.Engine, in, out []engine.T) func() error

// op is the one type of operation: a gorgonia.Op, with diff a gorgonia.SDOp.
// The executor calls kern with memory that it has planned; gorgonia's own
// machines call Do, which the tests use as an oracle.
type op struct {
	kind  string // "conv", "conv backward data"
	layer string
	id    int // unique in a graph: gorgonia merges nodes whose hashes are equal

	// infer gives the shapes of the result and of the side results at any batch.
	infer func(in []tensor.Shape) ([]tensor.Shape, error)
	kern  kernel
	// diff gives the gradients of the inputs that wrt marks.
	diff func(in G.Nodes, out, dy *G.Node) (G.Nodes, error)
	wrt  []bool

	scalar bool    // the result is a scalar to the type system, [1] in memory
	reuse  [][]int // for each result, the inputs whose memory it may take
	view   bool    // the result is input 0 under another shape; no kernel
	pick   int     // > 0: the result is side result number pick of the op of input 0; no kernel
	of     *op     // the op that pick reads

	end   ending           // what is done to the result on its way to memory
	may   ending           // what fuse may add to that, by making the op anew with
	apart bool             // what it adds may lie elsewhere than the result
	with  func(ending) *op // operands of the ending come last, in the order of its fields
	// fold is, of normalisation by given statistics, the op that turns it into
	// factors and a bias of the product before it; bias: which has one already.
	fold func(bias bool) *op
	// gate is, of the backward pass of normalisation without ReLU, the same behind
	// one; spread: the gradient behind the ReLU is side result 3.
	gate func(spread bool) *op

	again func() *op // the backward pass of max pooling: the same op for another node

	conv *engine.Conv // of a convolution forwards: what it computes at the largest batch

	flops float64 // of its products at the largest batch, a multiply-add counted as two

	types []hm.Type      // inputs, then the result; set by apply
	built []tensor.Shape // what infer gave for the largest batch; set by apply
	own   []engine.T     // results of Do
}

var _ G.SDOp = (*op)(nil)

// apply adds the op to the graph.
func (n *Net) apply(o *op, inputs ...*G.Node) (*G.Node, error) {
	n.ops++
	o.id = n.ops
	shapes := make([]tensor.Shape, len(inputs))
	for i, x := range inputs {
		o.types = append(o.types, x.Type())
		shapes[i] = x.Shape()
	}
	out, err := o.infer(shapes)
	if err != nil {
		return nil, fmt.Errorf("graph: %s: %w", o, err)
	}
	o.built = out
	if o.scalar {
		o.types = append(o.types, tensor.Float32)
	} else {
		o.types = append(o.types, G.TensorType{Dims: out[0].Dims(), Of: tensor.Float32})
	}
	node, err := G.ApplyOp(o, inputs...)
	if err != nil {
		return nil, fmt.Errorf("graph: %s: %w", o, err)
	}
	if node.Op() != G.Op(o) {
		return nil, fmt.Errorf("graph: %s: gorgonia merged it with %v (equal hashes)", o, node.Op())
	}
	return node, nil
}

// layerOp is apply for a layer method: errors are kept.
func (n *Net) layerOp(o *op, inputs ...*G.Node) *G.Node {
	if n.err != nil {
		return nil
	}
	node, err := n.apply(o, inputs...)
	if err != nil {
		n.err = err
		return nil
	}
	return n.pass(o.layer, node)
}

// pickOp is the node of side result i (from 1) of node's op. Side results that
// are picked must not depend on the batch size.
func (n *Net) pickOp(node *G.Node, i int, what string) (*G.Node, error) {
	of := node.Op().(*op)
	shape := of.built[i]
	return n.apply(&op{
		kind: what, layer: of.layer, pick: i, of: of,
		infer: func([]tensor.Shape) ([]tensor.Shape, error) { return []tensor.Shape{shape}, nil },
	}, node)
}

func (o *op) Arity() int { return len(o.types) - 1 }

// Type is a fresh function type every time: gorgonia gives it back to a pool.
func (o *op) Type() hm.Type { return hm.NewFnType(o.types...) }

func (o *op) InferShape(ds ...G.DimSizer) (tensor.Shape, error) {
	in, err := G.DimSizersToShapes(ds)
	if err != nil {
		return nil, err
	}
	out, err := o.infer(in)
	if err != nil {
		return nil, err
	}
	if o.scalar {
		return tensor.ScalarShape(), nil
	}
	return out[0], nil
}

func (o *op) ReturnsPtr() bool      { return true }
func (o *op) CallsExtern() bool     { return false } // true would preallocate on the Go heap
func (o *op) OverwritesInput() int  { return -1 }
func (o *op) WriteHash(h hash.Hash) { fmt.Fprintf(h, "podium %s %s #%d", o.kind, o.layer, o.id) }
func (o *op) String() string        { return Op{Layer: o.layer, Kind: o.kind}.String() }

// DiffWRT says for each of n inputs whether there is a gradient for it.
func (o *op) DiffWRT(n int) []bool {
	if o.wrt == nil {
		return make([]bool, n)
	}
	return o.wrt
}

func (o *op) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

func (o *op) SymDiff(in G.Nodes, out, dy *G.Node) (G.Nodes, error) {
	if o.diff == nil {
		return nil, fmt.Errorf("graph: %s: not differentiable", o)
	}
	return o.diff(in, out, dy)
}

// places are the inputs whose memory result r may take.
func (o *op) places(r int) []int {
	if r >= len(o.reuse) {
		return nil
	}
	return o.reuse[r]
}

// same infers the shape of input i.
func same(i int) func([]tensor.Shape) ([]tensor.Shape, error) {
	return func(in []tensor.Shape) ([]tensor.Shape, error) { return []tensor.Shape{in[i].Clone()}, nil }
}

// fixed infers shapes that the batch size does not change.
func fixed(shapes ...tensor.Shape) func([]tensor.Shape) ([]tensor.Shape, error) {
	return func([]tensor.Shape) ([]tensor.Shape, error) { return shapes, nil }
}
