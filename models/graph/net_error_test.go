package graph

import (
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
)

// TestLayerErrors: a layer that does not fit says op, layer, what it wants and
// what it got; the first error stays, and Compile returns it.
func TestLayerErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want  string
		build func(n *Net, x *G.Node) *G.Node
	}{
		{`graph: conv "c": conv: kernel 9x9 is larger than the padded input 6x6`,
			func(n *Net, x *G.Node) *G.Node { return n.Conv(x, Conv{Name: "c", Filters: 2, Kernel: 9}) }},
		{`graph: conv "c": want an odd kernel for Same, got 2x2`,
			func(n *Net, x *G.Node) *G.Node { return n.Conv(x, Conv{Name: "c", Filters: 2, Kernel: 2, Same: true}) }},
		{`graph: conv "c": want Pad or Same, got both`,
			func(n *Net, x *G.Node) *G.Node {
				return n.Conv(x, Conv{Name: "c", Filters: 2, Kernel: 3, Same: true, Pad: 1})
			}},
		{`graph: conv "c": want Kernel or KH and KW, got both`,
			func(n *Net, x *G.Node) *G.Node { return n.Conv(x, Conv{Name: "c", Filters: 2, Kernel: 2, KH: 3}) }},
		{`graph: conv "c": want a stride of at least 1, got -2`,
			func(n *Net, x *G.Node) *G.Node {
				return n.Conv(x, Conv{Name: "c", Filters: 2, Kernel: 2, Stride: -2})
			}},
		{`graph: conv "": want a layer name, got none`,
			func(n *Net, x *G.Node) *G.Node { return n.Conv(x, Conv{Filters: 2, Kernel: 2}) }},
		{`graph: dense "a": want an input with 2 dimensions, got shape (5, 6, 6, 2)`,
			func(n *Net, x *G.Node) *G.Node { return n.Dense(x, Dense{Name: "a", Units: 2}) }},
		{`graph: dense "a": want at least 1 unit, got 0`,
			func(n *Net, x *G.Node) *G.Node { return n.Dense(n.Flatten(x), Dense{Name: "a"}) }},
		{`graph: dense "a": want a layer name that is not in use, got it twice`,
			func(n *Net, x *G.Node) *G.Node {
				x = n.Dense(n.Flatten(x), Dense{Name: "a", Units: 2})
				return n.Dense(x, Dense{Name: "a", Units: 2})
			}},
		{`graph: dense "taken": parameter "taken.weight": want shape (72, 3), got shape (2, 2) from the state`,
			func(n *Net, x *G.Node) *G.Node { return n.Dense(n.Flatten(x), Dense{Name: "taken", Units: 3}) }},
		{`graph: maxpool "maxpool1": pool: window 7x7 is larger than the padded input 6x6`,
			func(n *Net, x *G.Node) *G.Node { return n.MaxPool(x, 7, 0, 0) }},
		{`graph: avgpool "avgpool1": pool: padding 2x2 is more than half of the window 3x3`,
			func(n *Net, x *G.Node) *G.Node { return n.AvgPool(x, 3, 1, 2) }},
		{`graph: globalavgpool "globalavgpool1": want an input with 4 dimensions, got shape (5, 72)`,
			func(n *Net, x *G.Node) *G.Node { return n.GlobalAvgPool(n.Flatten(x)) }},
		{`graph: batchnorm "b": want eps above 0 and momentum in [0, 1], got -1 and 0.1`,
			func(n *Net, x *G.Node) *G.Node { return n.BatchNorm(x, BatchNorm{Name: "b", Eps: -1}) }},
		{`graph: dropout "dropout1": want a probability in [0, 1), got 1`,
			func(n *Net, x *G.Node) *G.Node { return n.Dropout(x, 1) }},
		{`graph: dropout "dropout1": want a probability in [0, 1), got NaN`,
			func(n *Net, x *G.Node) *G.Node { return n.Dropout(x, math.NaN()) }},
		{`graph: add "add1": want equal shapes, got (5, 6, 6, 2) and (5, 72)`,
			func(n *Net, x *G.Node) *G.Node { return n.Add(x, n.Flatten(x)) }},
		{`graph: add "add1": want an input node, got nil`,
			func(n *Net, x *G.Node) *G.Node { return n.Add(x, nil) }},
		{`graph: relu "relu1": want an input node of this net, got one of another net`,
			func(n *Net, _ *G.Node) *G.Node {
				return n.ReLU(NewNet(n.state, Train, 5).Input(1, 1, 1))
			}},
		{`graph: input "input": want one input, got a second`,
			func(n *Net, _ *G.Node) *G.Node { return n.Input(1, 1, 1) }},
		{`graph: compile: want logits [batch, classes], got shape (5, 6, 6, 2)`,
			func(n *Net, x *G.Node) *G.Node { return n.ReLU(x) }},
		{`graph: compile: want logits of this net, got none`,
			func(*Net, *G.Node) *G.Node { return nil }},
		{`graph: compile: parameter "idle.weight" has no effect on the logits`,
			func(n *Net, x *G.Node) *G.Node {
				x = n.Flatten(x)
				n.Dense(x, Dense{Name: "idle", Units: 2})
				return n.Dense(x, Dense{Name: "out", Units: 2})
			}},
		{`graph: input "vector": want one vector, got a second`,
			func(n *Net, _ *G.Node) *G.Node { n.Vector(1); return n.Vector(1) }},
		{`graph: input "vector": want a width of at least 1, got 0`,
			func(n *Net, _ *G.Node) *G.Node { return n.Vector(0) }},
		{`graph: compile: the vector has no effect on the logits`,
			func(n *Net, x *G.Node) *G.Node {
				n.Vector(2)
				return n.Dense(n.Flatten(x), Dense{Name: "out", Units: 2})
			}},
		{`graph: regress "values": want an input with 2 dimensions, got shape (5, 6, 6, 2)`,
			func(n *Net, x *G.Node) *G.Node { n.Regress(x, 1); return n.Flatten(x) }},
		{`graph: regress "values": want a weight above 0, got NaN`,
			func(n *Net, x *G.Node) *G.Node { n.Regress(n.Flatten(x), math.NaN()); return n.Flatten(x) }},
		{`graph: regress "values": want one output of values, got a second`,
			func(n *Net, x *G.Node) *G.Node {
				x = n.Flatten(x)
				n.Regress(x, 1)
				n.Regress(x, 1)
				return x
			}},
		{`graph: concat "concat1": want equal shapes but for the last dimension, got (5, 72) and (5, 6, 6, 2)`,
			func(n *Net, x *G.Node) *G.Node { return n.Concat(n.Flatten(x), x) }},
		{`graph: maxpool "maxpool1": pool: window 7x1 is larger than the padded input 6x6`,
			func(n *Net, x *G.Node) *G.Node { return n.MaxPoolTiles(x, 7, 1) }},
		{`graph: compile: want trainable parameters, got none`,
			func(n *Net, x *G.Node) *G.Node { return n.Flatten(x) }},
	} {
		s := NewState(newRef(t), 1)
		if _, err := s.bind(Param{Name: "taken.weight"}, []int{2, 2}, constant(0)); err != nil {
			t.Fatal(err)
		}
		n := NewNet(s, Train, 5)
		logits := c.build(n, n.Input(6, 6, 2))
		if n.Err() != nil {
			params := len(s.Params())
			if n.ReLU(logits) != nil || n.Dense(logits, Dense{Name: "late", Units: 2}) != nil || len(s.Params()) != params {
				t.Errorf("%s: a layer was added after the error", c.want)
			}
		}
		if _, err := n.Compile(logits); err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

func TestNetErrors(t *testing.T) {
	t.Parallel()
	n := NewNet(NewState(newRef(t), 1), Train, 0)
	if _, err := n.Compile(n.Input(1, 1, 1)); err == nil || err.Error() != "graph: new net: want a batch size of at least 1, got 0" {
		t.Errorf("got %v", err)
	}
	_, n, _ = netCases[0].train(t, newRef(t), 1)
	if _, err := n.Compile(nil); err == nil || err.Error() != "graph: compile: want a net that is not compiled, got one that is" {
		t.Errorf("got %v", err)
	}
	n = NewNet(NewState(newRef(t), 1), Train, 1)
	if _, err := n.Compile(nil); err == nil || err.Error() != "graph: compile: want a net with an input, got none" {
		t.Errorf("got %v", err)
	}
}
