package pipelines

import (
	"context"
	"fmt"
	"maps"
	"math"
	"runtime/debug"
	"slices"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// longStep is how long a step takes for which collecting its memory is no delay.
const longStep = 500 * time.Millisecond

// make runs the op and commits what it made. The lock of the key is held.
func (e *execution) make(ctx context.Context, s *stepRun, in Inputs) {
	if s.result.Why == "" {
		s.result.Why, _ = e.past.explain(s.Node, s.result.Key, s.inputs)
	}
	before, _ := e.Store.Lookup(s.result.Key)
	d, err := e.Store.begin(s.result.Key)
	if err != nil {
		e.fail(s, err, nil)
		return
	}
	e.emit(Event{Event: EventStepStarted, Step: s.ID, Op: s.result.Op, Key: s.result.Key, Why: s.result.Why})
	start := e.Now()
	peak := memory.start()
	report, stack, err := e.call(ctx, s, d, in)
	if err == nil {
		err = report.check()
	}
	took, peaked := e.Now().Sub(start), peak()
	if took > longStep {
		debug.FreeOSMemory() // of this step, or the next one's comes on top of it
	}
	manifest := Manifest{
		Step: s.ID, Op: s.result.Op, OpVersion: s.Op.Version(), Params: s.params, Seed: s.Seed, Inputs: s.inputs,
		Started: start.UTC(), Seconds: took.Seconds(), PeakMemory: peaked.resident, PeakAnonymous: peaked.anonymous, Tool: e.Tool,
		Metrics: report.Metrics, Notes: report.Notes, Origins: origins(report, in),
	}
	s.result.Seconds = manifest.Seconds
	if err == nil {
		s.result.Artifact, err = d.commit(manifest, s.Op.Outputs())
	}
	if err != nil {
		d.abort()
		e.fail(s, fault.Disk(err, e.Store.root), stack)
		return
	}
	s.changed = before != nil && before.Manifest.Content != s.result.Artifact.Manifest.Content
	s.result.State = Done
	ev := ended(s, EventStepDone)
	ev.Seconds, ev.PeakMemory = manifest.Seconds, manifest.PeakMemory
	e.ended(s, ev)
}

// call is the op's Run with panics caught.
func (e *execution) call(ctx context.Context, s *stepRun, d *draft, in Inputs) (report Report, stack []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			var ok bool
			if err, ok = v.(error); !ok {
				err = fmt.Errorf("%v", v)
			}
			stack = debug.Stack()
		}
	}()
	report, err = s.Op.Run(ctx, Env{
		Step: s.ID, Key: s.result.Key, RunID: e.options.RunID, Seed: s.Seed, Dir: d.dir, Work: d.work, outputs: s.outputs,
		Progress: func(fraction float64, text string, fields map[string]any) { e.progress(s, fraction, text, fields) },
	}, in)
	return report, nil, err
}

// check: what is not a finite number is not JSON either.
func (r Report) check() error {
	for _, k := range slices.Sorted(maps.Keys(r.Metrics)) {
		if v := r.Metrics[k]; math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("metric %s: want a finite number, got %v", k, v)
		}
	}
	return nil
}

// origins are the report's and those of all inputs, sorted.
func origins(r Report, in Inputs) []string {
	all := slices.Clone(r.Origins)
	for _, inputs := range in {
		for _, i := range inputs {
			all = append(all, i.Artifact.Manifest.Origins...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
