package cpu_test

import (
	"fmt"
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
		t.Run(fmt.Sprintf("%v threads %d", o.Level, o.Threads), func(t *testing.T) {
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
			}, enginetest.Tolerance{})
		})
	}
}
