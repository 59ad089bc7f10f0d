package cli

import (
	"context"
	"time"

	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/solver"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

// netBench is an architecture on a batch of noise.
type netBench struct {
	arch    string
	input   [3]int // height, width, channels
	classes int
	batch   int
	solver  string // of a training step
}

var (
	mnistBench    = netBench{arch: "mnist_cnn", input: [3]int{28, 28, 1}, classes: 10, batch: 64, solver: "adam"}
	vggBench      = netBench{arch: "vgg16", input: [3]int{224, 224, 3}, classes: 1000, batch: 8, solver: "momentum"}
	resnetBench   = netBench{arch: "resnet50", input: [3]int{224, 224, 3}, classes: 1000, batch: 8, solver: "momentum"}
	featuresBench = netBench{arch: "head", input: [3]int{7, 7, 512}, classes: 2, batch: 64, solver: "adam"} // 25088 features
)

// predict is a forward pass to probabilities.
func (b netBench) predict(ctx context.Context, m *machine) (work, error) {
	exec, err := b.compile(ctx, graph.NewState(m.engine, 1), graph.Eval)
	if err != nil {
		return work{}, err
	}
	images, _ := b.data()
	out := make([]float32, b.batch*b.classes)
	return work{turn: func() error { return exec.Predict(b.batch, images, out) }, flops: exec.FLOPs(), ops: m.watch(exec)}, nil
}

// train is a training step: forwards, backwards and the solver.
func (b netBench) train(ctx context.Context, m *machine) (work, error) {
	exec, err := b.compile(ctx, graph.NewState(m.engine, 1), graph.Train)
	if err != nil {
		return work{}, err
	}
	update, err := solver.New(b.solver, m.engine, exec.Trained(), solver.Config{LR: 0.001})
	if err != nil {
		return work{}, err
	}
	images, labels := b.data()
	ops := m.watch(exec)
	solving := ops.solver()
	number := uint64(0)
	turn := func() error {
		number++
		if _, err := exec.Step(b.batch, images, labels, number); err != nil {
			return err
		}
		start := time.Now()
		defer func() { ops.least(solving, time.Since(start)) }()
		return update.Step(exec.ValueGrads())
	}
	return work{turn: turn, flops: exec.FLOPs(), ops: ops}, nil
}

// watch is where x will tell its times, nil if nobody asks.
func (m *machine) watch(x *graph.Executor) *opTimes {
	if !m.trace {
		return nil
	}
	o := &opTimes{}
	o.watch(x)
	return o
}

func (b netBench) compile(ctx context.Context, s *graph.State, mode graph.Mode) (*graph.Executor, error) {
	arch, err := zoo.Lookup(b.arch)
	if err != nil {
		return nil, err
	}
	net := graph.NewNet(s, mode, b.batch)
	x, err := net.Compile(arch.Build(net, net.Input(b.input[0], b.input[1], b.input[2]), b.classes))
	if err != nil {
		return nil, err
	}
	x.Check = ctx.Err // a step of a large net takes seconds
	return x, nil
}

func (b netBench) data() (images, labels []float32) {
	labels = make([]float32, b.batch*b.classes)
	for i := range b.batch {
		labels[i*b.classes+i%b.classes] = 1
	}
	return noise(b.batch*b.input[0]*b.input[1]*b.input[2], 2), labels
}
