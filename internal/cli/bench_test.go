package cli

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
)

// TestBenchRow: minimum, median, rate by the median, GFLOP/s by the minimum.
func TestBenchRow(t *testing.T) {
	t.Parallel()
	m, err := openMachine(1, cpu.FP32)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	c := benchCase{name: "x", batch: 64}
	row := measured{times: []time.Duration{2 * time.Millisecond, 4 * time.Millisecond, 9 * time.Millisecond}, flops: 4e6}.row(c, m)
	if *row.MsMin != 2 || *row.MsMedian != 4 || *row.ImagesPS != 16000 || *row.GFLOPS != 2 || *row.Batch != 64 || row.Threads != 1 || row.Precision != "fp32" {
		t.Errorf("%v", row.cells())
	}
	if peak := (measured{rate: 100}).row(benchCase{name: "peak"}, m); *peak.GFLOPS != 100 || peak.MsMin != nil || peak.Batch != nil || peak.ImagesPS != nil {
		t.Errorf("%v", peak.cells())
	}
}

func TestBenchTurns(t *testing.T) {
	t.Parallel()
	ran, told, ready := 0, 0, 0
	w := work{before: func() error { ready++; return nil }, turn: func() error { ran++; return nil }}
	times, cpu, err := turns(t.Context(), w, 5, func(int, int) { told++ })
	if err != nil || len(times) != 5 || ran != 5+warmUps || told != ran || ready != ran {
		t.Errorf("%d times of %d turns, told %d, made ready %d times: %v", len(times), ran, told, ready, err)
	}
	if _, known := cpuTime(); known != (len(cpu) == 5) {
		t.Errorf("%d times of the processor", len(cpu))
	}
	broken := errors.New("broken")
	if _, _, err := turns(t.Context(), work{turn: func() error { return broken }}, 5, func(int, int) {}); !errors.Is(err, broken) {
		t.Errorf("a turn that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := turns(ctx, work{turn: func() error { return nil }}, 5, func(int, int) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestBenchCases: every case runs and closes. csv-to-arrow writes 77 MB first;
// those of large nets take minutes.
func TestBenchCases(t *testing.T) {
	t.Parallel()
	m, err := openMachine(0, cpu.FP32)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	for _, c := range benchCases {
		if c.long != nil { // TestBenchPseudo
			continue
		}
		large := strings.HasPrefix(c.name, "vgg16") || strings.HasPrefix(c.name, "resnet50")
		if large && os.Getenv("PODIUM_SOAK") == "" || c.name == "csv-to-arrow" && testing.Short() {
			continue
		}
		got, err := c.measure(t.Context(), m, 1, func(int, int) {})
		if err != nil || got.rate == 0 && len(got.times) != 1 {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

// TestBenchNets: what the large cases do, with a small net. Its arithmetic is
// added up by hand: forwards, and twice as much backwards but for the gradient of
// the pixels, which nobody needs.
func TestBenchNets(t *testing.T) {
	t.Parallel()
	m, err := openMachine(1, cpu.FP32)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	const conv1, conv2, dense = 2 * 26 * 26 * 32 * 9, 2 * 24 * 24 * 64 * 9 * 32, 2 * (12*12*64*128 + 128*10)
	b := mnistBench
	b.batch = 2
	for name, c := range map[string]struct {
		open func(context.Context, *machine) (work, error)
		want float64
	}{
		"forward": {b.predict, 2 * (conv1 + conv2 + dense)},
		"train":   {b.train, 2 * (2*conv1 + 3*conv2 + 3*dense)},
	} {
		w, err := c.open(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.turn(); err != nil || w.flops != c.want {
			t.Errorf("%s: error %v, %v FLOPs, want %v", name, err, w.flops, c.want)
		}
	}
	b.arch = "mnist_cn"
	if _, err := b.train(t.Context(), m); err == nil {
		t.Error("a net that is not there: no error")
	}
}
