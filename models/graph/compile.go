package graph

import (
	"fmt"
	"sync"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// gradMutex guards gorgonia.Grad: it hashes a node that all graphs share.
var gradMutex sync.Mutex

// Compile ends the net with its loss (Train: mean softmax cross-entropy of
// logits [batch, classes], and the gradients of all trainable parameters of the
// net) or with its probabilities (Eval: softmax) and plans its run. A Net is
// compiled once. It returns the net's first error, if there was one.
func (n *Net) Compile(logits *G.Node) (*Executor, error) {
	if n.mode == Train {
		return n.compile(logits, n.compileTrain)
	}
	return n.compile(logits, func(x *Executor, logits *G.Node) error {
		probabilities, err := n.softmax(logits)
		if err != nil {
			return err
		}
		return n.compileEval(x, probabilities)
	})
}

// Features plans a run of an Eval net to x, of any shape: Predict then gives its
// values for each image in place of probabilities.
func (n *Net) Features(x *G.Node) (*Executor, error) {
	if n.mode != Eval {
		return nil, fmt.Errorf("graph: features: want an eval net, got one for %s", n.mode)
	}
	if n.err == nil && x != nil && x.Shape().Dims() != 2 {
		x = n.Flatten(x)
	}
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
		image: n.input.Shape().TotalSize() / n.maxBatch, classes: logits.Shape()[1],
		bound: map[int]*bound{}, loss: make([]float32, 1),
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
	reach := n.reachable(logits)
	if !reach[n.input] {
		return fmt.Errorf("graph: compile: want logits that depend on the input, got some that do not")
	}
	for _, p := range n.Trained() {
		if !reach[p.node] {
			return fmt.Errorf("graph: compile: parameter %q has no effect on the logits", p.Name)
		}
	}
	return nil
}

func (n *Net) compileTrain(x *Executor, logits *G.Node) error {
	target := G.NewTensor(n.graph, tensor.Float32, 2, G.WithShape(n.maxBatch, x.classes), G.WithName("target"))
	loss, err := n.crossEntropy(logits, target)
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
	p, err := n.lower(append(G.Nodes{loss}, grads...), G.Nodes{n.input, target})
	if err != nil {
		return err
	}
	x.input, x.target, x.result = p.ids[n.input][0], p.ids[target][0], p.ids[loss][0]
	for _, g := range grads {
		x.gradValues = append(x.gradValues, p.ids[g][0])
	}
	if !n.plain {
		p.fuse(append([]int{x.result}, x.gradValues...))
	}
	x.program, x.plan = p, newPlan(p, []int{x.result}, x.gradValues)
	return nil
}

func (n *Net) compileEval(x *Executor, out *G.Node) error {
	p, err := n.lower(G.Nodes{out}, G.Nodes{n.input})
	if err != nil {
		return err
	}
	x.input, x.result = p.ids[n.input][0], p.ids[out][0]
	if !n.plain {
		p.fuse([]int{x.result})
		if e, ok := x.engine.(engine.Halves); ok {
			p.halve(e, []int{x.result})
		}
	}
	x.program, x.plan = p, newPlan(p, []int{x.result}, nil)
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
