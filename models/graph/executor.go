package graph

import (
	"errors"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Executor runs a compiled Net. It is used by one goroutine at a time.
type Executor struct {
	// Check, if not nil, is asked between operations; its error ends the run.
	// Use it for cancellation that must not wait for a whole step:
	// x.Check = ctx.Err.
	Check func() error
}

// Compile ends the net with its loss (Train: mean softmax cross-entropy of
// logits [batch, classes], and the gradients of all trainable parameters of the
// net) or with its probabilities (Eval: softmax) and plans its run. A Net is
// compiled once. It returns the net's first error, if there was one.
func (n *Net) Compile(logits *G.Node) (*Executor, error) {
	return nil, errors.New("graph: not built yet")
}

// Step runs forward and backward on a batch of images in [batch,h,w,c] with
// target probabilities [batch,classes] (one-hot or soft) and returns the mean
// loss. It updates running statistics and gradients, not parameters. step, which
// must differ from step to step, seeds dropout: the same step with the same data
// and State gives the same bytes.
func (x *Executor) Step(batch int, in, target []float32, step uint64) (loss float32, err error) {
	return 0, errors.New("graph: not built yet")
}

// Predict writes the probabilities [batch,classes] of images in [batch,h,w,c].
func (x *Executor) Predict(batch int, in, out []float32) error {
	return errors.New("graph: not built yet")
}

// Params are the trainable parameters of the net.
func (x *Executor) Params() []*Param { return nil }

// Grads are the gradients of Params, one for one; each Step overwrites them.
func (x *Executor) Grads() []engine.T { return nil }

// GradBlock is the memory under all Grads as one vector, gaps between them zero:
// what the norm of the whole gradient is computed from.
func (x *Executor) GradBlock() engine.T { return nil }

// ValueGrads are Params with Grads in the form that a gorgonia.Solver takes. The
// slice is always the same one.
func (x *Executor) ValueGrads() []G.ValueGrad { return nil }

// Bytes is the activation memory of the largest batch, without parameters and
// their gradients.
func (x *Executor) Bytes() int64 { return 0 }

// Ops names the operations in the order in which they run.
func (x *Executor) Ops() []string { return nil }
