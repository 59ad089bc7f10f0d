package cli

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestBenchRow: minimum, median, rate by the median, GFLOP/s by the minimum.
func TestBenchRow(t *testing.T) {
	t.Parallel()
	m, err := openMachine(1)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	c := benchCase{name: "x", batch: 64, flops: 4e6}
	row := measured{times: []time.Duration{2 * time.Millisecond, 4 * time.Millisecond, 9 * time.Millisecond}}.row(c, m)
	if *row.MsMin != 2 || *row.MsMedian != 4 || *row.ImagesPS != 16000 || *row.GFLOPS != 2 || *row.Batch != 64 || row.Threads != 1 || row.Precision != "fp32" {
		t.Errorf("%v", row.cells())
	}
	if peak := (measured{rate: 100}).row(benchCase{name: "peak"}, m); *peak.GFLOPS != 100 || peak.MsMin != nil || peak.Batch != nil || peak.ImagesPS != nil {
		t.Errorf("%v", peak.cells())
	}
}

func TestBenchTurns(t *testing.T) {
	t.Parallel()
	ran, told := 0, 0
	times, err := turns(t.Context(), func() error { ran++; return nil }, 5, func(int, int) { told++ })
	if err != nil || len(times) != 5 || ran != 5+warmUps || told != ran {
		t.Errorf("%d times of %d turns, told %d: %v", len(times), ran, told, err)
	}
	broken := errors.New("broken")
	if _, err := turns(t.Context(), func() error { return broken }, 5, func(int, int) {}); !errors.Is(err, broken) {
		t.Errorf("a turn that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := turns(ctx, func() error { return nil }, 5, func(int, int) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestBenchCases: every case runs and closes. csv-to-arrow writes 77 MB first.
func TestBenchCases(t *testing.T) {
	t.Parallel()
	m, err := openMachine(0)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	for _, c := range benchCases {
		if c.name == "csv-to-arrow" && testing.Short() {
			continue
		}
		got, err := c.measure(t.Context(), m, 1, func(int, int) {})
		if err != nil || got.rate == 0 && len(got.times) != 1 {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}
