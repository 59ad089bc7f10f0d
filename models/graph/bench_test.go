package graph

import "testing"

// BenchmarkOverhead is the executor's own time: a step of all kinds of operations
// on an engine that computes nothing.
func BenchmarkOverhead(b *testing.B) {
	s := NewState(newNop(), 1)
	n := NewNet(s, Train, testBatch)
	x, err := n.Compile(everything.build(n, n.Input(12, 12, 3)))
	if err != nil {
		b.Fatal(err)
	}
	in, target := everything.data(1, testBatch)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.Step(testBatch, in, target, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x.Ops())), "ns/operation")
}
