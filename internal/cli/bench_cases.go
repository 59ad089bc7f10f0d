package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/solver"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

// openGemm is one product of two matrices of 1024 x 1024.
func openGemm(_ context.Context, m *machine) (func() error, func() error, error) {
	const n = 1024
	e := m.engine
	a, b, c := e.Tensor(n, n), e.Tensor(n, n), e.Tensor(n, n)
	for i, t := range []engine.T{a, b} {
		if err := e.Upload(t, noise(n*n, uint64(i))); err != nil {
			return nil, nil, err
		}
	}
	turn := func() error { return e.Gemm(engine.Gemm{M: n, N: n, K: n}, a, b, c, engine.Epilogue{}) }
	return turn, nothing, nil
}

// mnistTrainFLOPs are those of one image in one training step of mnist_cnn: two
// a multiplication, forward, and twice as much backward, but for the gradient
// of the pixels, which nobody needs. Additions of biases, ReLU and pooling do
// not count.
const (
	conv1FLOPs      = 2 * 26 * 26 * 32 * 9
	conv2FLOPs      = 2 * 24 * 24 * 64 * 9 * 32
	denseFLOPs      = 2 * (12*12*64*128 + 128*10)
	mnistTrainFLOPs = 2*conv1FLOPs + 3*conv2FLOPs + 3*denseFLOPs
)

// openMNIST is one training step of mnist_cnn on a batch of 64: forward,
// backward and Adam.
func openMNIST(_ context.Context, m *machine) (func() error, func() error, error) {
	const batch, classes = 64, 10
	arch, err := zoo.Lookup("mnist_cnn")
	if err != nil {
		return nil, nil, err
	}
	state := graph.NewState(m.engine, 1)
	net := graph.NewNet(state, graph.Train, batch)
	step, err := net.Compile(arch.Build(net, net.Input(28, 28, 1), classes))
	if err != nil {
		return nil, nil, err
	}
	adam, err := solver.New("adam", state, solver.Config{LR: 0.001})
	if err != nil {
		return nil, nil, err
	}
	images, labels := noise(batch*28*28, 2), make([]float32, batch*classes)
	for i := range batch {
		labels[i*classes+i%classes] = 1
	}
	number := uint64(0)
	turn := func() error {
		number++
		if _, err := step.Step(batch, images, labels, number); err != nil {
			return err
		}
		return adam.Step(step.ValueGrads())
	}
	return turn, nothing, nil
}

// openCSV is train.csv of digit-recognizer from text to Arrow IPC: the file that
// --csv names, or a generated one of 42,000 rows. Only the conversion is timed.
func openCSV(ctx context.Context, m *machine) (func() error, func() error, error) {
	dir, err := os.MkdirTemp("", "podium-bench-*")
	if err != nil {
		return nil, nil, err
	}
	clean := func() error { return os.RemoveAll(dir) }
	source := m.csv
	if source == "" {
		source = filepath.Join(dir, "train.csv")
		err = atomicfile.Write(source, 0o600, func(w io.Writer) error { return features.WriteDigitsCSV(w, 42_000) })
		if err != nil {
			return nil, nil, errors.Join(err, clean())
		}
	}
	turn := func() error {
		_, err := features.CSVToIPC(ctx, source, filepath.Join(dir, "train.arrow"), features.CSVOptions{})
		return err
	}
	return turn, clean, nil
}

func nothing() error { return nil }

// noise is n numbers in [-1, 1).
func noise(n int, stream uint64) []float32 {
	r := seed.Rand(1, "bench", stream)
	x := make([]float32, n)
	for i := range x {
		x[i] = 2*r.Float32() - 1
	}
	return x
}
