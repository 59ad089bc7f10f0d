package pipelines

import (
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
)

// Observe takes an event of the run into run.json and events.jsonl; a panic's stack
// becomes a file beside them, panic-STEP.txt. Write errors are kept for Finish. It
// fits Options.OnEvent.
func (r *Record) Observe(e Event) {
	r.keep(r.events.write(e))
	switch e.Event {
	case EventStepProgress:
		return // too many
	case EventRunFinished:
		r.mu.Lock()
		r.interrupted = e.Status == RunInterrupted
		r.mu.Unlock()
		return // Finish, which is to come, knows more
	}
	if e.Stack != "" {
		r.keep(atomicfile.WriteBytes(filepath.Join(r.dir, "panic-"+e.Step+".txt"), 0o644, []byte(e.Error+"\n\n"+e.Stack)))
	}
	r.keep(r.Update(func(run *Run) {
		if e.Event == EventPlanReady {
			run.Steps = run.Steps[:0]
			for _, s := range e.Steps {
				run.Steps = append(run.Steps, RunStep{ID: s.ID, Op: s.Op, State: Pending})
			}
			return
		}
		for i := range run.Steps {
			if run.Steps[i].ID == e.Step {
				run.Steps[i].observe(e)
			}
		}
	}))
}

func (r *Record) keep(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
}

// stateAfter is the state of a step after an event.
var stateAfter = map[string]State{
	EventStepStarted: Running, EventStepCached: Cached, EventStepDone: Done, EventStepFailed: Failed, EventStepSkipped: Skipped,
}

func (s *RunStep) observe(e Event) {
	s.State = stateAfter[e.Event]
	s.Key, s.Error = e.Key, e.Error
	s.Seconds, s.PeakMemory, s.Metrics = e.Seconds, e.PeakMemory, e.Metrics
	if e.Why != "" {
		s.Why = e.Why
	}
}
