package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Mode says what a Net is for.
type Mode int

const (
	// Train nets use batch statistics and dropout, and compile to forward,
	// loss and backward.
	Train Mode = iota
	// Eval nets use running statistics and no dropout, and compile to
	// probabilities.
	Eval
)

func (m Mode) String() string {
	if m == Eval {
		return "eval"
	}
	return "train"
}

// Net builds one expression graph over a State. The first Net that names a
// parameter makes and initialises it; later Nets bind the same tensor.
//
// Layer methods do not return errors: the first one is kept, Err returns it, and
// every call after it does nothing and returns nil.
type Net struct {
	state    *State
	mode     Mode
	maxBatch int
	group    string
	frozen   bool
	cut      *cut     // inside Until
	marks    []string // see Mark
	err      error

	graph    *G.ExprGraph
	input    *G.Node
	vector   *G.Node            // see Vector
	regress  regression         // see Regress
	layers   map[string]bool    // names in use
	bound    map[*G.Node]*Param // parameters
	trained  map[*Param]string  // those that the solver updates, with their groups
	minBatch int                // see MinBatch
	ops      int                // number of ops made, for unique ids
	auto     map[string]int     // layers without a name, counted by kind
	clock    *clock
	live     map[*G.Node]bool // after Compile: nodes that results depend on
	compiled bool
	plain    bool // tests: leave the program unfused
}

// Trained is a parameter that a net trains.
type Trained struct {
	*Param
	Group string // of the learning rate, "" unless Net.Group set one

	node *G.Node
}

// clock is what changes from step to step besides data.
type clock struct{ step uint64 }

// NewNet starts a graph for batches of up to maxBatch images.
func NewNet(s *State, mode Mode, maxBatch int) *Net {
	n := &Net{
		state: s, mode: mode, maxBatch: maxBatch,
		graph:  G.NewGraph(),
		layers: map[string]bool{}, auto: map[string]int{}, bound: map[*G.Node]*Param{},
		trained: map[*Param]string{}, minBatch: 1, clock: &clock{},
	}
	if maxBatch < 1 {
		n.err = fmt.Errorf("graph: new net: want a batch size of at least 1, got %d", maxBatch)
	}
	return n
}

// Err is the first error of a layer, nil if all is well.
func (n *Net) Err() error { return n.err }

// Mode is the mode that NewNet was given.
func (n *Net) Mode() Mode { return n.mode }

// MaxBatch is the largest batch that the net takes.
func (n *Net) MaxBatch() int { return n.maxBatch }

// MinBatch is the smallest batch that a step of the net as it is so far can take: 2
// images if there is batch normalisation by the batch's own statistics, as one
// image has no variance to normalise by, else 1.
func (n *Net) MinBatch() int { return n.minBatch }

// State is the State under the net.
func (n *Net) State() *State { return n.state }

// Graph is the expression graph. After Compile of a training net it holds the
// backward pass as well.
func (n *Net) Graph() *G.ExprGraph { return n.graph }

// Group names the learning-rate group of the parameters that the layers from
// here on have in this net; "" is the default group. See solver.Config.
func (n *Net) Group(name string) { n.group = name }

// Input is the batch of images [batch, h, w, c], float32, NHWC. A net has one.
func (n *Net) Input(h, w, c int) *G.Node {
	if n.err != nil {
		return nil
	}
	if n.input != nil {
		return n.fail("input", "input", "want one input, got a second")
	}
	if h < 1 || w < 1 || c < 1 {
		return n.fail("input", "input", "want positive height, width and channels, got %dx%dx%d", h, w, c)
	}
	n.input = G.NewTensor(n.graph, tensor.Float32, 4, G.WithShape(n.maxBatch, h, w, c), G.WithName("input"))
	return n.input
}

// fail keeps the error if it is the first one. Its value is the nil node that
// layer methods return.
func (n *Net) fail(op, layer, format string, args ...any) *G.Node {
	if n.err == nil {
		n.err = fmt.Errorf("graph: %s %q: %w", op, layer, fmt.Errorf(format, args...))
	}
	return nil
}

// ready says whether a layer may be added on top of the inputs, with that many
// dimensions (0: any). It keeps an error if they do not fit.
func (n *Net) ready(op, layer string, dims int, inputs ...*G.Node) bool {
	if n.err != nil || n.done() {
		return false
	}
	for _, x := range inputs {
		switch {
		case x == nil:
			n.fail(op, layer, "want an input node, got nil")
		case x.Graph() != n.graph:
			n.fail(op, layer, "want an input node of this net, got one of another net")
		case dims != 0 && x.Shape().Dims() != dims:
			n.fail(op, layer, "want an input with %d dimensions, got shape %v", dims, x.Shape())
		}
	}
	return n.err == nil
}

// named claims the layer's name, which roots its parameters' names.
func (n *Net) named(op, name string) bool {
	if name == "" {
		n.fail(op, name, "want a layer name, got none")
	} else if n.layers[name] {
		n.fail(op, name, "want a layer name that is not in use, got it twice")
	}
	n.layers[name] = true
	return n.err == nil
}

// autoName names a layer without parameters: "relu1", "relu2".
func (n *Net) autoName(kind string) string {
	if n.done() {
		return "" // what comes after the cut counts afresh
	}
	n.auto[kind]++
	return fmt.Sprintf("%s%d", kind, n.auto[kind])
}

// param is the node of a parameter, made and initialised if the State lacks it.
func (n *Net) param(op, layer, role string, init filler, p Param, shape ...int) *G.Node {
	if n.err != nil {
		return nil
	}
	p.Name = layer + "." + role
	bound, err := n.state.bind(p, shape, init)
	if err != nil {
		return n.fail(op, layer, "%w", err)
	}
	// The node gets no value: the executor knows the tensor, and gorgonia would
	// read device memory to print it.
	node := G.NewTensor(n.graph, tensor.Float32, len(shape), G.WithShape(shape...), G.WithName(bound.Name))
	n.bound[node] = bound
	if n.mode == Train && p.Trainable && !n.frozen {
		n.trained[bound] = n.group
	}
	return node
}

// Trained are the parameters that the solver updates, in the State's order: all of
// a Train net but running statistics and what Freeze froze.
func (n *Net) Trained() []Trained {
	nodes := map[*Param]*G.Node{}
	for node, p := range n.bound {
		nodes[p] = node
	}
	var out []Trained
	for _, p := range n.state.params {
		if group, ok := n.trained[p]; ok {
			out = append(out, Trained{p, group, nodes[p]})
		}
	}
	return out
}

func (n *Net) engine() engine.Engine { return n.state.engine }
