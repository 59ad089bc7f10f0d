package graph

import (
	"fmt"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"
)

// Dot is the graph in the language of Graphviz: parameters and inputs as boxes,
// operations as ellipses, edges along the flow of data. After Compile of a
// training net the backward pass is there, and what no result needs is dashed.
// (gorgonia's own ToDot names nodes by their addresses, so that no two outputs
// are alike.)
func (n *Net) Dot() string {
	var b strings.Builder
	b.WriteString("digraph net {\n\trankdir=TB\n")
	nodes := slices.Clone(n.graph.AllNodes())
	slices.SortFunc(nodes, func(a, b *G.Node) int { return int(a.ID() - b.ID()) })
	for _, node := range nodes {
		fmt.Fprintf(&b, "\tn%d [%s]\n", node.ID(), n.dotNode(node))
		for _, x := range n.operands(node) {
			fmt.Fprintf(&b, "\tn%d -> n%d\n", x.ID(), node.ID())
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func (n *Net) dotNode(node *G.Node) string {
	label, shape := node.Name(), "box"
	switch o := node.Op().(type) {
	case nil:
	case *op:
		label, shape = o.String(), "ellipse"
	default:
		label, shape = o.String(), "ellipse"
		if _, ok := gradientSum(node); ok {
			label = "gradient sum"
		}
	}
	attrs := fmt.Sprintf("label=%q shape=%s", fmt.Sprintf("%s\n%v", label, node.Shape()), shape)
	if n.live != nil && !n.live[node] {
		attrs += " style=dashed"
	}
	return attrs
}
