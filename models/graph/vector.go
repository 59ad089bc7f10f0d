package graph

import (
	"math"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Vector is the second input [batch, width] of a net, float32: what is known of each
// example beside its image, such as a camera as one-hot. A net has at most one;
// Rows.Vector feeds it. Concat joins it with features.
func (n *Net) Vector(width int) *G.Node {
	if n.err != nil {
		return nil
	}
	if n.vector != nil {
		return n.fail("input", "vector", "want one vector, got a second")
	}
	if width < 1 {
		return n.fail("input", "vector", "want a width of at least 1, got %d", width)
	}
	n.vector = G.NewMatrix(n.graph, tensor.Float32, G.WithShape(n.maxBatch, width), G.WithName("vector"))
	return n.vector
}

// regression is the second output of a net.
type regression struct {
	values *G.Node // nil without
	weight float64
}

// Regress makes values [batch, k] the second output of the net, besides the logits
// that Compile is given. In a Train net the loss is then
//
//	mean over the batch of (cross-entropy + weight * Known * mean over k of (values - target)^2)
//
// with Rows.Values for target and Rows.Known as the mask, 1 of each example, or 0 where
// nothing is known. The mean is over all examples of the batch, also those that the
// mask leaves out, so that what an example moves does not depend on its
// neighbours. (Keras has the same reduction for a loss of "mse" with weight as its
// loss_weight; it has no mask.) In an Eval net Executor.PredictRows gives the values.
func (n *Net) Regress(values *G.Node, weight float64) {
	switch {
	case !n.ready("regress", "values", 2, values):
	case n.regress.values != nil:
		n.fail("regress", "values", "want one output of values, got a second")
	case !(weight > 0) || math.IsInf(weight, 0):
		n.fail("regress", "values", "want a weight above 0, got %v", weight)
	default:
		n.regress = regression{values, weight}
	}
}
