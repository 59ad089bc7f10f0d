package live_test

import (
	"fmt"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/live"
)

// A run is put together from its events; pipelines.Follow hands out those of a run that
// is at work elsewhere.
func ExampleRun() {
	began := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	half := 0.5
	r := live.New()
	for _, e := range []pipelines.Event{
		{Time: began, Event: pipelines.EventPlanReady, Pipeline: "digits", Steps: []pipelines.PlannedStep{
			{ID: "train.cnn.fold0", Op: "train"}, {ID: "train.cnn.fold1", Op: "train"}}},
		{Time: began, Event: pipelines.EventStepStarted, Step: "train.cnn.fold0"},
		{Time: began.Add(30 * time.Second), Event: pipelines.EventStepDone, Step: "train.cnn.fold0", Seconds: 30},
		{Time: began.Add(30 * time.Second), Event: pipelines.EventStepStarted, Step: "train.cnn.fold1"},
		{Time: began.Add(40 * time.Second), Event: pipelines.EventStepProgress, Step: "train.cnn.fold1", Fraction: &half, Text: "epoch 2 of 4"},
	} {
		r.Observe(e)
	}
	fmt.Println(r.Summary(r.At))
	for _, p := range r.Groups[0].Parts {
		fmt.Printf("%s %s: %s, %.0f %%\n", r.Groups[0].Name, p.Name, p.State(), 100*live.Share(p.Steps))
	}
	// Output:
	// 1 of 2 steps 40s about 20s to go
	// cnn fold0: done, 100 %
	// cnn fold1: running, 50 %
}
