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
)

// openGemm is one product of two matrices of 1024 x 1024.
func openGemm(_ context.Context, m *machine) (work, error) {
	const n = 1024
	g, e := engine.Gemm{M: n, N: n, K: n}, m.engine
	a, b, c := e.Tensor(n, n), e.Tensor(n, n), e.Tensor(n, n)
	for i, t := range []engine.T{a, b} {
		if err := e.Upload(t, noise(n*n, uint64(i))); err != nil {
			return work{}, err
		}
	}
	return work{turn: func() error { return e.Gemm(g, a, b, c, engine.Epilogue{}) }, flops: g.FLOPs()}, nil
}

// openCSV is train.csv of digit-recognizer from text to Arrow IPC: the file that
// --csv names, or a generated one of 42,000 rows. Only the conversion is timed.
func openCSV(ctx context.Context, m *machine) (work, error) {
	dir, err := os.MkdirTemp("", "podium-bench-*")
	if err != nil {
		return work{}, err
	}
	clean := func() error { return os.RemoveAll(dir) }
	source := m.csv
	if source == "" {
		source = filepath.Join(dir, "train.csv")
		err = atomicfile.Write(source, 0o600, func(w io.Writer) error { return features.WriteDigitsCSV(w, 42_000) })
		if err != nil {
			return work{}, errors.Join(err, clean())
		}
	}
	turn := func() error {
		_, err := features.CSVToIPC(ctx, source, filepath.Join(dir, "train.arrow"), features.CSVOptions{})
		return err
	}
	return work{turn: turn, close: clean}, nil
}

// noise is n numbers in [-1, 1).
func noise(n int, stream uint64) []float32 {
	r := seed.Rand(1, "bench", stream)
	x := make([]float32, n)
	for i := range x {
		x[i] = 2*r.Float32() - 1
	}
	return x
}
