package graph

import (
	"fmt"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// TestTapeMachine runs the same graph, node for node, on gorgonia's TapeMachine,
// which knows nothing of our program, plan and places, and on our executor. The
// reference engine has one way to compute, so that the bytes must be the same.
func TestTapeMachine(t *testing.T) {
	t.Parallel()
	for _, c := range netCases {
		for _, batch := range []int{testBatch, 3} {
			t.Run(fmt.Sprintf("%s/%d", c.name, batch), func(t *testing.T) {
				t.Parallel()
				e := newRef(t)
				s, _, x := c.train(t, e, 7)
				scramble(t, s, 3)
				rows := c.rows(x, 12, batch)
				loss, err := x.StepRows(rows, 9)
				if err != nil {
					t.Fatal(err)
				}

				s2, n2, x2 := c.train(t, e, 7)
				scramble(t, s2, 3)
				tapeLoss, tapeGrads := tapeStep(t, n2, rows, 9)
				if loss != tapeLoss {
					t.Errorf("loss %v, on the TapeMachine %v", loss, tapeLoss)
				}
				for i, p := range x.Params() {
					if d := maxDiff(download(t, e, x.Grads()[i]), download(t, e, tapeGrads[x2.Params()[i]])); d != 0 {
						t.Errorf("gradient of %s: off by %g from the TapeMachine's", p.Name, d)
					}
				}
				for i, p := range s.Params() {
					if d := maxDiff(download(t, e, p.Value), download(t, e, s2.Params()[i].Value)); d != 0 {
						t.Errorf("%s after the step: off by %g from the TapeMachine's", p.Name, d)
					}
				}
			})
		}
	}
}

// tapeStep runs a compiled net's graph on a TapeMachine.
func tapeStep(t *testing.T, n *Net, rows Rows, step uint64) (float32, map[*Param]engine.T) {
	t.Helper()
	e := n.engine()
	var loss *G.Node
	for _, node := range n.graph.AllNodes() {
		if p := n.bound[node]; p != nil {
			G.WithValue(p.Value)(node)
			continue
		}
		if o, ok := node.Op().(*op); ok && o.scalar {
			loss = node
		}
		if node.Op() == nil {
			shape := node.Shape()
			shape[0] = rows.N
			v := e.Tensor(shape...)
			upload(t, e, v, (&feed{name: node.Name()}).of(&rows))
			G.WithValue(v)(node)
		}
	}
	n.clock.step = step
	vm := G.NewTapeMachine(n.graph, G.WithEngine(e))
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	grads := map[*Param]engine.T{}
	for _, b := range n.Trained() {
		v, err := b.node.Grad()
		if err != nil {
			t.Fatal(err)
		}
		grads[b.Param] = v.(engine.T)
	}
	return loss.Value().Data().(float32), grads
}
