package graph

import (
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Executor runs a compiled Net. It is used by one goroutine at a time.
type Executor struct {
	// Check, if not nil, is asked between operations; its error ends the run.
	// Use it for cancellation that must not wait for a whole step:
	// x.Check = ctx.Err.
	Check func() error

	// Trace, if not nil, is told of every operation how long it took; op is its
	// index in Ops. On a device that queues its work that is the time to queue it.
	Trace func(op int, took time.Duration)

	engine   engine.Engine
	mode     Mode
	maxBatch int
	classes  int // width of the first result's rows
	clock    *clock

	program *program
	plan    *plan
	arena   engine.T
	block   engine.T       // gradients
	bound   map[int]*bound // by batch size
	current int            // step that runs

	feeds      []feed // what a run uploads first
	results    []int  // values: the loss, or the probabilities and what Regress was given
	gradValues []int
	loss       []float32
	params     []*Param
	trained    []Trained
	grads      []engine.T
	model      []G.ValueGrad
	poison     bool // tests: fill memory with NaN before each run
}

// Step runs forward and backward on a batch of images in [batch,h,w,c] with
// target probabilities [batch,classes] (one-hot or soft) and returns the mean
// loss. It updates running statistics and gradients, not parameters. step, which
// must differ from step to step, seeds dropout: the same step with the same data
// and State gives the same bytes.
func (x *Executor) Step(batch int, in, target []float32, step uint64) (loss float32, err error) {
	return x.StepRows(Rows{N: batch, Images: in, Target: target}, step)
}

// StepRows is Step of a net with more inputs or outputs than images and classes.
func (x *Executor) StepRows(r Rows, step uint64) (loss float32, err error) {
	if x.mode != Train {
		return 0, fmt.Errorf("graph: step: want a net in train mode, got %v", x.mode)
	}
	b, err := x.begin("step", &r)
	if err != nil {
		return 0, err
	}
	x.clock.step = step
	if err := x.run(b); err != nil {
		return 0, err
	}
	if err := x.engine.Download(x.loss, b.tensors[x.results[0]]); err != nil {
		return 0, fmt.Errorf("graph: step: download loss: %w", err)
	}
	return x.loss[0], nil
}

// Predict writes the probabilities [batch,classes] of images in [batch,h,w,c]
// to out. The values of a net with a regression are left out.
func (x *Executor) Predict(batch int, in, out []float32) error {
	return x.PredictRows(Rows{N: batch, Images: in}, out, nil)
}

// PredictRows is Predict of a net with more inputs or outputs than images and classes:
// it writes probabilities [N,classes] to out and, if values is not nil, what Regress
// was given [N,k] to values. Targets in r are not looked at.
func (x *Executor) PredictRows(r Rows, out, values []float32) error {
	if x.mode != Eval {
		return fmt.Errorf("graph: predict: want a net in eval mode, got %v", x.mode)
	}
	b, err := x.begin("predict", &r)
	if err != nil {
		return err
	}
	if err := x.checkResults(r.N, out, values); err != nil {
		return err
	}
	if err := x.run(b); err != nil {
		return err
	}
	if err := x.engine.Download(out, b.tensors[x.results[0]]); err != nil {
		return fmt.Errorf("graph: predict: download probabilities: %w", err)
	}
	if values == nil {
		return nil
	}
	if err := x.engine.Download(values, b.tensors[x.results[1]]); err != nil {
		return fmt.Errorf("graph: predict: download values: %w", err)
	}
	return nil
}

// checkResults says whether the caller's slices have the results' sizes.
func (x *Executor) checkResults(batch int, out, values []float32) error {
	if len(out) != batch*x.classes {
		return fmt.Errorf("graph: predict: want %d class values (%d rows of %d), got %d", batch*x.classes, batch, x.classes, len(out))
	}
	if values == nil {
		return nil
	}
	if len(x.results) < 2 {
		return fmt.Errorf("graph: predict: want a net that ends in values as well, got one of classes only")
	}
	if k := x.program.values[x.results[1]].shape[1]; len(values) != batch*k {
		return fmt.Errorf("graph: predict: want %d values (%d rows of %d), got %d", batch*k, batch, k, len(values))
	}
	return nil
}

// begin checks the caller's slices and uploads them.
func (x *Executor) begin(what string, r *Rows) (*bound, error) {
	if r.N < 1 || r.N > x.maxBatch {
		return nil, fmt.Errorf("graph: %s: want a batch of 1 to %d, got %d", what, x.maxBatch, r.N)
	}
	for i := range x.feeds {
		if err := x.feeds[i].check(r); err != nil {
			return nil, fmt.Errorf("graph: %s: %w", what, err)
		}
	}
	b, err := x.bind(r.N)
	if err != nil {
		return nil, err
	}
	if x.poison {
		if err := x.fillNaN(); err != nil {
			return nil, err
		}
	}
	for i := range x.feeds {
		f := &x.feeds[i]
		if err := x.engine.Upload(b.tensors[f.value], f.of(r)); err != nil {
			return nil, fmt.Errorf("graph: %s: upload %s: %w", what, f.name, err)
		}
	}
	return b, nil
}

// run runs the steps. A panic in one becomes an error, so that a bug in a kernel
// costs the run but not the program and its checkpoint.
func (x *Executor) run(b *bound) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("graph: %s: panic: %v", x.program.steps[x.current].op, r)
		}
	}()
	for i, k := range b.kernels {
		x.current = i
		if x.Check != nil {
			if err := x.Check(); err != nil {
				return fmt.Errorf("graph: stopped before %s: %w", x.program.steps[i].op, err)
			}
		}
		if k == nil {
			continue // a view
		}
		var start time.Time
		if x.Trace != nil {
			start = time.Now()
		}
		if err := k(); err != nil {
			return fmt.Errorf("graph: %s: %w", x.program.steps[i].op, err)
		}
		if x.Trace != nil {
			x.Trace(i, time.Since(start))
		}
	}
	if !b.ran {
		b.ran = true
		x.settle()
	}
	return nil
}

// settle gives back to the system what making a large net and its first run have
// thrown away: the engine's scratch memory grows until all has run once, and from
// then on nothing is allocated, so that the collector would never run.
func (x *Executor) settle() {
	const large = 64 << 20
	if x.Bytes() >= large {
		debug.FreeOSMemory()
	}
}

// Params are the trainable parameters of the net, in the order of the State.
func (x *Executor) Params() []*Param { return x.params }

// Trained are Params with their groups, for a solver.
func (x *Executor) Trained() []Trained { return x.trained }

// Grads are the gradients of Params, one for one; each Step overwrites them.
func (x *Executor) Grads() []engine.T { return x.grads }

// GradBlock is the memory under all Grads as one vector, gaps between them zero:
// what the norm of the whole gradient is computed from. It is nil in an Eval
// net.
func (x *Executor) GradBlock() engine.T { return x.block }

// ValueGrads are Params with Grads in the form that a gorgonia.Solver takes. The
// slice is always the same one.
func (x *Executor) ValueGrads() []G.ValueGrad { return x.model }

// Bytes is the activation memory of the largest batch, without parameters and
// their gradients.
func (x *Executor) Bytes() int64 { return 4 * int64(x.plan.arena) }

// FLOPs is the arithmetic of a run at the largest batch: that of convolutions
// and dense layers, forwards and, in a Train net, backwards, where a multiply-add
// counts as two. All else is left out, as is usual.
func (x *Executor) FLOPs() float64 {
	sum := 0.0
	for _, o := range x.Ops() {
		sum += o.FLOPs
	}
	return sum
}

// Op is an operation of a compiled net.
type Op struct {
	Layer string  // "conv1"; "" for what belongs to no layer
	Kind  string  // "conv", "conv backward data"
	FLOPs float64 // of its products at the largest batch, a multiply-add counted as two
}

func (o Op) String() string { return strings.TrimSpace(o.Layer + " " + o.Kind) }

// Ops are the operations in the order in which they run.
func (x *Executor) Ops() []Op {
	out := make([]Op, len(x.program.steps))
	for i, st := range x.program.steps {
		out[i] = Op{Layer: st.op.layer, Kind: st.op.kind, FLOPs: st.op.flops}
	}
	return out
}

// paramGrad is a parameter with its gradient.
type paramGrad struct {
	param *Param
	grad  engine.T
}

var _ G.ValueGrad = paramGrad{}

func (p paramGrad) Value() G.Value         { return p.param.Value }
func (p paramGrad) Grad() (G.Value, error) { return p.grad, nil }
func (p paramGrad) Name() string           { return p.param.Name }

// fillNaN overwrites all planned memory.
func (x *Executor) fillNaN() error {
	var room []float32
	for _, t := range append([]engine.T{x.arena}, x.grads...) {
		if err := fill(x.engine, t, &room, constant(nan)(0, "", nil)); err != nil {
			return err
		}
	}
	return nil
}
