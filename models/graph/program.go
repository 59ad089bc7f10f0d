package graph

import (
	"fmt"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// program is the part of a graph that the wanted results depend on, as steps
// over numbered values in the order in which they run.
type program struct {
	steps  []step
	values []value
	ids    map[*G.Node][]int // a node's result, then the op's side results
}

// step is one operation. out[0] is its result, the rest its side results.
type step struct {
	op      *op
	in, out []int
}

// value is something in memory.
type value struct {
	name  string
	shape tensor.Shape // for the largest batch
	param *Param       // it has memory of its own
	fed   bool         // uploaded before the steps run
}

// lower turns what roots depend on into a program: the rest of the graph, such
// as the gradient of the images, is dead and left out.
func (n *Net) lower(roots, fed G.Nodes) (*program, error) {
	sorted, err := G.Sort(n.graph)
	if err != nil {
		return nil, fmt.Errorf("graph: sort: %w", err)
	}
	slices.Reverse(sorted) // gorgonia sorts users before operands
	n.live = n.reachable(roots...)
	p := &program{ids: map[*G.Node][]int{}}
	for _, node := range sorted {
		if !n.live[node] {
			continue
		}
		if err := p.add(n, node, fed); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// reachable are the nodes that roots depend on, and roots.
func (n *Net) reachable(roots ...*G.Node) map[*G.Node]bool {
	seen := map[*G.Node]bool{}
	for todo := slices.Clone(roots); len(todo) > 0; {
		node := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[node] {
			continue
		}
		seen[node] = true
		todo = append(todo, n.operands(node)...)
	}
	return seen
}

// operands are the inputs of a node, in order.
func (n *Net) operands(node *G.Node) []*G.Node {
	var out []*G.Node
	it := n.graph.From(node.ID())
	for it != nil && it.Next() {
		out = append(out, it.Node().(*G.Node))
	}
	return out
}

func (p *program) add(n *Net, node *G.Node, fed G.Nodes) error {
	if node.Op() == nil {
		v := value{name: node.Name(), shape: node.Shape(), param: n.bound[node], fed: slices.Contains(fed, node)}
		if v.param == nil && !v.fed {
			return fmt.Errorf("graph: compile: node %q has no value", node.Name())
		}
		p.ids[node] = []int{p.value(v)}
		return nil
	}
	operands := n.operands(node)
	o, ok := node.Op().(*op)
	if !ok {
		if o, ok = gradientSum(node); !ok {
			return fmt.Errorf("graph: compile: operation %q of gorgonia's own has no kernel", node.Op())
		}
	}
	if o.pick > 0 {
		p.ids[node] = []int{p.ids[operands[0]][o.pick]}
		return nil
	}
	st := step{op: o}
	shapes := make([]tensor.Shape, len(operands))
	for i, x := range operands {
		v := p.ids[x][0]
		st.in, shapes[i] = append(st.in, v), p.values[v].shape
	}
	out, err := o.infer(shapes)
	if err != nil {
		return fmt.Errorf("graph: %s: %w", o, err)
	}
	for i, s := range out {
		st.out = append(st.out, p.value(value{name: fmt.Sprintf("%s.%d", o, i), shape: s}))
	}
	p.ids[node] = st.out
	p.steps = append(p.steps, st)
	return nil
}

func (p *program) value(v value) int {
	p.values = append(p.values, v)
	return len(p.values) - 1
}

// gradientSum is the kernel for the one op that gorgonia adds to a graph itself:
// the sum of the gradients that reach a node from its users.
func gradientSum(node *G.Node) (*op, bool) {
	b, ok := node.Op().(G.BinaryOp)
	if !ok || !b.IsBinary() || !strings.HasPrefix(b.String(), "+ ") {
		return nil, false
	}
	return sumOp(kindGradientSum, ""), true
}

// shapes are the shapes of all values for a batch.
func (p *program) shapes(batch int) ([]tensor.Shape, error) {
	all := make([]tensor.Shape, len(p.values))
	for i, v := range p.values {
		if v.param != nil || v.fed {
			all[i] = v.shape.Clone()
		}
		if v.fed {
			all[i][0] = batch
		}
	}
	for _, st := range p.steps {
		in := make([]tensor.Shape, len(st.in))
		for i, v := range st.in {
			in[i] = all[v]
		}
		out, err := st.op.infer(in)
		if err != nil {
			return nil, fmt.Errorf("graph: %s: batch of %d: %w", st.op, batch, err)
		}
		for i, v := range st.out {
			all[v] = out[i]
		}
	}
	return all, nil
}
