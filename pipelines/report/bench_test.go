package report

import (
	"fmt"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// A run of 100,000 photos in 10 classes: `go test -bench Page -benchtime 5x
// ./pipelines/report` says seconds and MB of its page. Artifacts are opened anew each time.
func BenchmarkPage(b *testing.B) {
	v := invented{rows: 100_000, classes: 10, folds: 5, side: 64,
		class: func(c int) string { return fmt.Sprintf("c%d", c) },
		file:  func(row int) string { return fmt.Sprintf("img_%d.jpg", row) }}
	traces, o := v.make(b)
	home := homeOf(traces)
	for b.Loop() {
		t, err := steps.OpenTraces(home, "latest")
		if err != nil {
			b.Fatal(err)
		}
		page := counter(0)
		if _, err := Write(b.Context(), &page, t, o); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(page)/1e6, "MB")
	}
}

// counter counts what is written.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
