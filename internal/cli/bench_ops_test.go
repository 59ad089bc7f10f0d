package cli

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// TestOpTimes: the least time of each operation, one row each or one a kind,
// the slowest first, views left out.
func TestOpTimes(t *testing.T) {
	t.Parallel()
	o := &opTimes{
		ops:  []graph.Op{{Layer: "a", Kind: "conv", FLOPs: 4e6}, {Layer: "f", Kind: "flatten"}, {Layer: "b", Kind: "conv", FLOPs: 2e6}},
		took: make([]time.Duration, 3),
	}
	update := o.solver()
	for i, ms := range map[int][]int{0: {9, 4, 6}, 2: {2, 3}, update: {2, 2}} {
		for _, m := range ms {
			o.least(i, time.Duration(m)*time.Millisecond)
		}
	}
	one := 1.0
	want := []opRow{
		{Case: "x", Layer: "a", Op: "conv", Ms: 4, Share: 0.5, GFLOPS: &one},
		{Case: "x", Op: "solver", Ms: 2, Share: 0.25},
		{Case: "x", Layer: "b", Op: "conv", Ms: 2, Share: 0.25, GFLOPS: &one},
	}
	if d := cmp.Diff(want, o.rows("x", false), cmpopts.IgnoreUnexported(opRow{})); d != "" {
		t.Errorf("single operations (-want +got):\n%s", d)
	}
	want = []opRow{{Case: "x", Op: "conv", Ms: 6, Share: 0.75, GFLOPS: &one}, {Case: "x", Op: "solver", Ms: 2, Share: 0.25}}
	if d := cmp.Diff(want, o.rows("x", true), cmpopts.IgnoreUnexported(opRow{})); d != "" {
		t.Errorf("by kind (-want +got):\n%s", d)
	}
}
