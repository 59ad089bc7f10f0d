package cli

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
)

// benchCase is something that is measured.
type benchCase struct {
	name  string
	batch int // images a turn, 0 where there are none
	open  func(ctx context.Context, m *machine) (work, error)
	// peak measures a rate in GFLOP/s instead of turns.
	peak func(m *machine) float64
	most int // the largest number of turns that is worth the time, 0 for any
	// long measures what is done once, and only where the case is named.
	long func(ctx context.Context, m *machine, told func(done, of int)) ([]benchRow, error)
}

// work is a case that is ready.
type work struct {
	before func() error // makes ready for a turn, not measured; nil for nothing to do
	turn   func() error // does it once
	close  func() error // nil for nothing to close
	flops  float64      // of one turn, 0 where they are not what counts
	ops    *opTimes     // of a net that is traced, else nil
}

// benchCases are all, in the order of running.
var benchCases = []benchCase{
	{name: "fma-peak", peak: func(m *machine) float64 { return m.engine.PeakGFLOPS(100 * time.Millisecond) }},
	{name: "sgemm-1024", open: openGemm},
	{name: "mnist-cnn-train-b64", batch: mnistBench.batch, open: mnistBench.train},
	{name: "vgg16-forward-b8", batch: vggBench.batch, open: vggBench.predict, most: 5},
	{name: "vgg16-train-b8", batch: vggBench.batch, open: vggBench.train, most: 5},
	{name: "resnet50-forward-b8", batch: resnetBench.batch, open: resnetBench.predict, most: 10},
	{name: "resnet50-train-b8", batch: resnetBench.batch, open: resnetBench.train, most: 5},
	{name: "head-25088-256-train-b64", batch: featuresBench.batch, open: featuresBench.train},
	{name: "csv-to-arrow", open: openCSV, most: 5},
	{name: "photos-to-arrow", batch: benchPhotos, open: openPhotoIngest},
	{name: "jpeg-resize-500x375", batch: benchPhotos, open: openPhotoResize},
	{name: "jpeg-augment-500x375", batch: benchPhotos, open: openPhotoAugment},
	{name: "state-farm-pseudo", long: measurePseudo},
}

func benchNames() []string {
	names := make([]string, len(benchCases))
	for i, c := range benchCases {
		names[i] = c.name
	}
	return names
}

// machine is the device that is measured.
type machine struct {
	engine  *cpu.Engine
	csv     string // file for csv-to-arrow, "" to generate one
	photos  string // zip for the cases with photos, "" to generate one
	trace   bool   // nets tell what their operations take
	rows    int    // of the test in state-farm-pseudo, 0 for all
	weights string // folder of published weights
}

func openMachine(threads int, precision cpu.Precision) (*machine, error) {
	e, err := cpu.New(cpu.Options{Threads: threads, Precision: precision})
	if err != nil {
		return nil, err
	}
	return &machine{engine: e}, nil
}

func (m *machine) close() { _ = m.engine.Close() }

// measured are the times of a case's turns, or its rate.
type measured struct {
	times []time.Duration // sorted
	cpu   []time.Duration // of all cores in each turn, sorted; none where the system does not say
	flops float64         // of a turn
	rate  float64         // GFLOP/s of a peak
	ops   *opTimes
	peak  *int64 // bytes of memory, nil where the system does not say
}

// warmUps are turns before the first that counts: they fault in the memory,
// wake the threads and let the clock rise.
const warmUps = 2

func (c benchCase) measure(ctx context.Context, m *machine, repeat int, told func(done, of int)) (measured, error) {
	if c.most > 0 {
		repeat = min(repeat, c.most)
	}
	debug.FreeOSMemory() // of the case before
	resetPeakRSS()
	measure := c.times
	if c.peak != nil {
		measure = c.rate
	}
	out, err := measure(ctx, m, repeat, told)
	if rss, ok := peakRSS(); ok {
		out.peak = &rss
	}
	return out, err
}

func (c benchCase) rate(ctx context.Context, m *machine, repeat int, told func(done, of int)) (measured, error) {
	best := 0.0
	for i := range repeat {
		if err := ctx.Err(); err != nil {
			return measured{}, err
		}
		best = max(best, c.peak(m))
		told(i+1, repeat)
	}
	return measured{rate: best}, nil
}

func (c benchCase) times(ctx context.Context, m *machine, repeat int, told func(done, of int)) (measured, error) {
	w, err := c.open(ctx, m)
	if err != nil {
		return measured{}, err
	}
	times, cpu, err := turns(ctx, w, repeat, told)
	if w.close != nil {
		err = errors.Join(err, w.close())
	}
	slices.Sort(times)
	slices.Sort(cpu)
	return measured{times: times, cpu: cpu, flops: w.flops, ops: w.ops}, err
}

func turns(ctx context.Context, w work, repeat int, told func(done, of int)) (times, cpu []time.Duration, err error) {
	for i := range warmUps + repeat {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if w.before != nil {
			if err := w.before(); err != nil {
				return nil, nil, err
			}
		}
		cpuStart, known := cpuTime()
		start := time.Now()
		if err := w.turn(); err != nil {
			return nil, nil, err
		}
		took := time.Since(start)
		cpuEnd, _ := cpuTime()
		if i >= warmUps {
			times = append(times, took)
		}
		if i >= warmUps && known {
			cpu = append(cpu, cpuEnd-cpuStart)
		}
		told(i+1, warmUps+repeat)
	}
	return times, cpu, nil
}

func (m measured) row(c benchCase, on *machine) benchRow {
	row := benchRow{Case: c.name, Device: "cpu-" + on.engine.Level().String(), Precision: on.engine.Precision().String(), Threads: on.engine.Threads()}
	if m.peak != nil {
		mb := float64(*m.peak) / 1e6
		row.PeakRSSMB = &mb
	}
	if c.batch > 0 {
		row.Batch = &c.batch
	}
	if m.rate > 0 {
		row.GFLOPS = &m.rate
		return row
	}
	least, median := m.times[0], m.times[len(m.times)/2]
	lo, mid := float64(least)/1e6, float64(median)/1e6
	row.MsMin, row.MsMedian = &lo, &mid
	if n := len(m.cpu); n > 0 {
		taken := float64(m.cpu[n/2]) / 1e6
		row.CPUMs = &taken
	}
	if c.batch > 0 {
		rate := float64(c.batch) / median.Seconds()
		row.ImagesPS = &rate
	}
	if m.flops > 0 {
		rate := m.flops / least.Seconds() / 1e9
		row.GFLOPS = &rate
	}
	return row
}
