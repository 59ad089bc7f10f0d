package graph

import (
	"fmt"
	"slices"
	"sync"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// gradMutex guards gorgonia.Grad: it hashes a node that all graphs share.
var gradMutex sync.Mutex

// Compile ends the net with its loss (Train: mean softmax cross-entropy of
// logits [batch, classes], and the gradients of all trainable parameters of the
// net) or with its probabilities (Eval: softmax) and plans its run. What Regress was
// given is a second output. A Net is compiled once. It returns the net's first error,
// if there was one.
func (n *Net) Compile(logits *G.Node) (*Executor, error) {
	if n.mode == Train {
		return n.compile(logits, n.compileTrain)
	}
	return n.compile(logits, func(x *Executor, logits *G.Node) error {
		probabilities, err := n.apply(softmaxOp("probabilities"), logits)
		if err != nil {
			return err
		}
		return n.compileEval(x, probabilities)
	})
}

// Features plans a run of an Eval net to x, of any shape: Predict then gives its
// values for each image in place of probabilities. What Regress was given is left out.
func (n *Net) Features(x *G.Node) (*Executor, error) {
	if n.mode != Eval {
		return nil, fmt.Errorf("graph: features: want an eval net, got one for %s", n.mode)
	}
	if n.err == nil && x != nil && x.Shape().Dims() != 2 {
		x = n.Flatten(x)
	}
	n.regress = regression{}
	return n.compile(x, n.compileEval)
}

// compile plans the run to what end makes of the net's output.
func (n *Net) compile(logits *G.Node, end func(x *Executor, logits *G.Node) error) (*Executor, error) {
	if err := n.compilable(logits); err != nil {
		return nil, err
	}
	n.compiled = true
	x := &Executor{
		engine: n.engine(), mode: n.mode, maxBatch: n.maxBatch, clock: n.clock,
		classes: logits.Shape()[1],
		bound:   map[int]*bound{}, loss: make([]float32, 1),
	}
	if err := end(x, logits); err != nil {
		return nil, err
	}
	x.arena = x.engine.Tensor(x.plan.arena)
	if x.plan.grads > 0 {
		x.block = x.engine.Tensor(x.plan.grads)
	}
	return x, x.exposeGrads()
}

func (n *Net) compilable(logits *G.Node) error {
	switch {
	case n.err != nil:
		return n.err
	case n.compiled:
		return fmt.Errorf("graph: compile: want a net that is not compiled, got one that is")
	case n.engine() == nil:
		return fmt.Errorf("graph: compile: want a state with an engine, got one of shapes only")
	case n.input == nil:
		return fmt.Errorf("graph: compile: want a net with an input, got none")
	case logits == nil || logits.Graph() != n.graph:
		return fmt.Errorf("graph: compile: want logits of this net, got none")
	case logits.Shape().Dims() != 2:
		return fmt.Errorf("graph: compile: want logits [batch, classes], got shape %v", logits.Shape())
	}
	reach := n.reachable(n.outputs(logits)...)
	switch {
	case !n.reachable(logits)[n.input]:
		return fmt.Errorf("graph: compile: want logits that depend on the input, got some that do not")
	case n.vector != nil && !reach[n.vector]:
		return fmt.Errorf("graph: compile: the vector has no effect on the logits")
	}
	for _, p := range n.Trained() {
		if !reach[p.node] {
			return fmt.Errorf("graph: compile: parameter %q has no effect on the logits", p.Name)
		}
	}
	return nil
}

// outputs are the logits and what Regress was given, if anything.
func (n *Net) outputs(logits *G.Node) G.Nodes {
	if n.regress.values == nil {
		return G.Nodes{logits}
	}
	return G.Nodes{logits, n.regress.values}
}

// inputs are the nodes that every run feeds, in the order of feedNames.
func (n *Net) inputs() G.Nodes {
	if n.vector == nil {
		return G.Nodes{n.input}
	}
	return G.Nodes{n.input, n.vector}
}

// targets makes the nodes that the loss compares the outputs with.
func (n *Net) targets(classes int) G.Nodes {
	matrix := func(name string, shape ...int) *G.Node {
		return G.NewTensor(n.graph, tensor.Float32, len(shape), G.WithShape(shape...), G.WithName(name))
	}
	out := G.Nodes{matrix("target", n.maxBatch, classes)}
	if v := n.regress.values; v != nil {
		out = append(out, matrix("values", n.maxBatch, v.Shape()[1]), matrix("known", n.maxBatch, 1))
	}
	return out
}

func (n *Net) compileTrain(x *Executor, logits *G.Node) error {
	targets := n.targets(x.classes)
	loss, err := n.loss(n.outputs(logits), targets)
	if err != nil {
		return err
	}
	var wrt G.Nodes
	for _, p := range n.Trained() {
		wrt, x.params, x.trained = append(wrt, p.node), append(x.params, p.Param), append(x.trained, p)
	}
	if len(wrt) == 0 {
		return fmt.Errorf("graph: compile: want trainable parameters, got none")
	}
	grads, err := n.grad(loss, wrt)
	if err != nil {
		return err
	}
	fed := append(n.inputs(), targets...)
	p, err := n.lower(append(G.Nodes{loss}, grads...), fed)
	if err != nil {
		return err
	}
	x.feeds, x.results = feedsOf(p, fed), []int{p.ids[loss][0]}
	for _, g := range grads {
		x.gradValues = append(x.gradValues, p.ids[g][0])
	}
	if !n.plain {
		p.fuse(slices.Concat(x.results, x.gradValues))
	}
	x.program, x.plan = p, newPlan(p, x.results, x.gradValues)
	return nil
}

func (n *Net) compileEval(x *Executor, out *G.Node) error {
	outputs, inputs := n.outputs(out), n.inputs()
	p, err := n.lower(outputs, inputs)
	if err != nil {
		return err
	}
	x.feeds = feedsOf(p, inputs)
	for _, o := range outputs {
		x.results = append(x.results, p.ids[o][0])
	}
	if !n.plain {
		p.fuse(x.results)
		if e, ok := x.engine.(engine.Halves); ok {
			p.halve(e, x.results)
		}
	}
	x.program, x.plan = p, newPlan(p, x.results, nil)
	return nil
}

// grad derives the backward pass and makes sure that gorgonia told all nodes
// apart.
func (n *Net) grad(loss *G.Node, wrt G.Nodes) (G.Nodes, error) {
	gradMutex.Lock()
	defer gradMutex.Unlock()
	grads, err := G.Grad(loss, wrt...)
	if err != nil {
		return nil, fmt.Errorf("graph: differentiate: %w", err)
	}
	seen := map[uint32]*G.Node{}
	for _, node := range n.graph.AllNodes() {
		if other := seen[node.Hashcode()]; other != nil {
			return nil, fmt.Errorf("graph: differentiate: nodes %v and %v have the same hash", other, node)
		}
		seen[node.Hashcode()] = node
	}
	return grads, nil
}

// exposeGrads makes the tensors that Grads and ValueGrads give.
func (x *Executor) exposeGrads() error {
	b, err := x.bind(x.maxBatch)
	if err != nil {
		return err
	}
	x.grads = pickTensors(b.tensors, x.gradValues)
	for i, p := range x.params {
		x.model = append(x.model, paramGrad{p, x.grads[i]})
	}
	return nil
}
