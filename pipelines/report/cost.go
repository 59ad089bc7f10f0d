package report

import (
	"context"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// costData is what the steps took.
type costData struct {
	Seconds float64 // of the run
	Ran     int
	Cached  int
	Peak    int64 // bytes, of a step that ran
	Steps   []stepCost
}

// stepCost is one step. Of a cached one, time and memory are those of when it was made.
type stepCost struct {
	ID, Op, State string
	Seconds       float64
	Width         float64 // of its bar, per cent of the longest
	Memory        int64
	Bytes         int64 // of what it made
	Why, Error    string
}

func cost(_ context.Context, m *maker) (any, error) {
	run := m.t.Run
	if len(run.Steps) == 0 {
		return nil, nil
	}
	d := costData{Seconds: run.Seconds}
	most := 0.0
	for _, s := range run.Steps {
		c := stepCost{ID: s.ID, Op: s.Op, State: string(s.State), Seconds: s.Seconds, Memory: s.PeakMemory, Why: s.Why, Error: s.Error}
		switch s.State {
		case pipelines.Done:
			d.Ran++
			d.Peak = max(d.Peak, s.PeakMemory)
		case pipelines.Cached:
			d.Cached++
		}
		if a := m.t.Artifact(s.ID); a != nil {
			c.Bytes = a.Bytes()
			if s.State == pipelines.Cached {
				c.Seconds, c.Memory = a.Manifest.Seconds, a.Manifest.PeakMemory
			}
		}
		most = max(most, c.Seconds)
		d.Steps = append(d.Steps, c)
	}
	for i := range d.Steps {
		d.Steps[i].Width = 100 * d.Steps[i].Seconds / max(most, 1e-9)
	}
	return d, nil
}
