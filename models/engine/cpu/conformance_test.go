package cpu_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/models/engine/enginetest"
)

// Every level and several numbers of threads pass the suite.
func TestConformance(t *testing.T) {
	t.Parallel()
	for _, o := range []cpu.Options{
		{Level: cpu.AVX512, Threads: 2},
		{Level: cpu.AVX2, Threads: 3},
		{Level: cpu.Portable, Threads: 1},
	} {
		conform(t, fmt.Sprintf("%v threads %d", o.Level, o.Threads), o)
	}
}

// So do convolutions with Winograd's algorithm nowhere and wherever it can be.
func TestConformanceWinograd(t *testing.T) {
	t.Parallel()
	for _, o := range []cpu.Options{
		{Level: cpu.AVX512, Threads: 1, Winograd: cpu.WinogradOff},
		{Level: cpu.AVX2, Threads: 2, Winograd: cpu.WinogradOff},
		{Level: cpu.Portable, Threads: 3, Winograd: cpu.WinogradOff},
		{Level: cpu.AVX512, Threads: 3, Winograd: cpu.WinogradAlways},
		{Level: cpu.AVX2, Threads: 1, Winograd: cpu.WinogradAlways},
		{Level: cpu.Portable, Threads: 2, Winograd: cpu.WinogradAlways},
	} {
		conform(t, fmt.Sprintf("%v threads %d winograd %v", o.Level, o.Threads, o.Winograd), o, "conv")
	}
}

// With bf16, products are those of rounded operands, and not far from those of
// operands that are not.
func TestConformanceBF16(t *testing.T) {
	t.Parallel()
	round := func(v float32) float32 { // the nearest of 8 bits, ties to even
		bits := math.Float32bits(v)
		return math.Float32frombits((bits + 0x7fff + bits>>16&1) &^ 0xffff)
	}
	for _, o := range []cpu.Options{
		{Level: cpu.AVX512, Threads: 2},
		{Level: cpu.AVX2, Threads: 3},
		{Level: cpu.Portable, Threads: 1},
	} {
		o.Precision = cpu.BF16
		within(t, fmt.Sprintf("%v near fp32", o.Level), o, enginetest.Tolerance{Product: 5e-2}, "gemm", "conv")
		o.Winograd = cpu.WinogradOff
		within(t, fmt.Sprintf("%v rounded", o.Level), o, enginetest.Tolerance{Round: round}, "gemm", "conv", "halves")
	}
}

func conform(t *testing.T, name string, o cpu.Options, groups ...string) {
	within(t, name, o, enginetest.Tolerance{}, groups...)
}

func within(t *testing.T, name string, o cpu.Options, tol enginetest.Tolerance, groups ...string) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		if e, err := cpu.New(o); err != nil {
			t.Skipf("NOT TESTED on this machine: %v", err)
		} else {
			e.Close()
		}
		enginetest.Run(t, func(t *testing.T) engine.Engine {
			e, err := cpu.New(o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { e.Close() })
			return e
		}, tol, groups...)
	})
}
