package pipelines

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Local runs plans in this process on a store.
type Local struct {
	Store   *Store
	Workers int    // steps at the same time; 0 means 1
	Tool    string // version of podium, for manifests

	// Now is the clock of events and manifests; nil means time.Now. It never
	// changes what a step makes.
	Now func() time.Time
}

var _ Runner = (*Local)(nil)

// Run runs the plan: see Runner.
func (l *Local) Run(ctx context.Context, p *Plan, o Options) (Result, error) {
	if err := checkForce(p, o.Force); err != nil {
		return Result{}, err
	}
	e := &execution{Local: *l, plan: p, options: o, byID: map[string]*stepRun{}}
	if e.Now == nil {
		e.Now = time.Now
	}
	e.began = e.Now()
	mark := l.Store.markRun(ctx)
	defer mark.release()
	view, err := Inspect(p, l.Store)
	if err != nil {
		return Result{}, err
	}
	if e.past, err = l.Store.List(); err != nil {
		return Result{}, err
	}
	ready := Event{Event: EventPlanReady, Pipeline: p.name}
	for i, n := range p.nodes {
		e.steps = append(e.steps, &stepRun{Node: n, state: Pending, result: StepResult{ID: n.ID, Op: n.Op.Name()}})
		e.byID[n.ID] = e.steps[i]
		planned := PlannedStep{ID: n.ID, Op: n.Op.Name(), Status: view.Steps[i].Status, Why: view.Steps[i].Why}
		if planned.Status != StatusCached {
			planned.LastSeconds = e.past.took(n)
		}
		ready.Steps = append(ready.Steps, planned)
	}
	e.emit(ready)
	e.loop(ctx)
	return e.finish(ctx)
}

// checkForce finds patterns that match no step: most likely misspelt.
func checkForce(p *Plan, patterns []string) error {
	ids := make([]string, len(p.nodes))
	for i, n := range p.nodes {
		ids[i] = n.ID
	}
	for _, f := range patterns {
		if _, err := path.Match(f, ""); err != nil {
			return fault.New(fault.Usage, "* stands for any letters", "bad pattern of steps %q", f)
		}
		if !slices.ContainsFunc(ids, func(id string) bool { return matches(f, id) }) {
			return fault.New(fault.Usage, "steps: "+strings.Join(ids, ", "), "no step %q%s", f, orNear(f, ids))
		}
	}
	return nil
}

func matches(pattern, id string) bool {
	ok, _ := path.Match(pattern, id)
	return ok
}

// execution is one run of one plan.
type execution struct {
	Local
	plan    *Plan
	options Options
	past    history
	began   time.Time
	steps   []*stepRun // in the plan's order
	byID    map[string]*stepRun

	events sync.Mutex // held while OnEvent runs: events have an order
}

// stepRun is a step during a run. state is the loop's alone; the other fields
// belong to the worker while the step is Running and are only read afterwards.
type stepRun struct {
	*Node
	state   State
	result  StepResult // its State is where the step ended
	inputs  []InputRecord
	changed bool // made again with other content: what reads from it is stale

	quiet bool      // has ended: late calls of Progress are dropped; under events
	told  time.Time // last progress; under events
}

// emit hands out an event with what all events have.
func (e *execution) emit(ev Event) {
	e.events.Lock()
	defer e.events.Unlock()
	e.send(ev)
}

// send is emit with the lock held.
func (e *execution) send(ev Event) {
	ev.SchemaVersion, ev.Time, ev.RunID = EventVersion, e.Now(), e.options.RunID
	if e.options.OnEvent != nil {
		e.options.OnEvent(ev)
	}
}

// loop starts what can be started until everything has ended. It alone changes
// states from Pending and Ready.
func (e *execution) loop(ctx context.Context) {
	done := make(chan *stepRun)
	running, workers := 0, max(1, e.Workers)
	for {
		stop := e.stopReason(ctx)
		for _, s := range e.steps {
			if s.state == Pending || s.state == Ready && stop != "" {
				e.settle(s, stop)
			}
			if s.state == Ready && running < workers {
				s.state = Running
				running++
				go func() {
					defer func() { done <- s }()
					e.process(ctx, s)
				}()
			}
		}
		if running == 0 {
			return
		}
		ended := <-done
		running--
		if ended.result.State == "" { // its goroutine was ended from within
			e.fail(ended, errors.New("the step ended its goroutine"), nil)
		}
		ended.state = ended.result.State
	}
}

// stopReason says why no step is to start any more, "" when there is none.
func (e *execution) stopReason(ctx context.Context) string {
	if ctx.Err() != nil {
		return "the run was interrupted"
	}
	for _, s := range e.steps {
		if s.state == Failed && !e.options.KeepGoing {
			return "the run stopped when " + s.ID + " failed"
		}
	}
	return ""
}

// settle moves a step that is not running on, if its inputs have ended or none is
// to start any more.
func (e *execution) settle(s *stepRun, stop string) {
	for _, edge := range s.Inputs {
		switch from := e.byID[edge.From.Step]; {
		case from.state == Failed:
			e.skip(s, "needs "+from.ID+", which failed")
			s.state = Skipped
			return
		case from.state == Skipped:
			e.skip(s, "needs "+from.ID+", which was skipped")
			s.state = Skipped
			return
		case !from.state.ended():
			if stop != "" {
				continue
			}
			return
		}
	}
	if stop != "" {
		e.skip(s, stop)
		s.state = Skipped
		return
	}
	s.state = Ready
}

func (e *execution) skip(s *stepRun, why string) {
	s.result.State, s.result.Why = Skipped, why
	e.emit(Event{Event: EventStepSkipped, Step: s.ID, Op: s.result.Op, Why: why})
}

// finish puts the result together.
func (e *execution) finish(ctx context.Context) (Result, error) {
	r := Result{Seconds: e.Now().Sub(e.began).Seconds()}
	end := Event{Event: EventRunFinished, Pipeline: e.plan.name, Status: RunOK, Seconds: r.Seconds}
	var err error
	for _, s := range e.steps {
		r.Steps = append(r.Steps, s.result)
		if failed := s.result.Err; failed != nil && err == nil && !(ctx.Err() != nil && isEndOf(ctx, failed)) {
			err = failed
		}
	}
	if err != nil {
		end.Status = RunFailed
	} else if ctx.Err() != nil && slices.ContainsFunc(r.Steps, func(s StepResult) bool { return s.Artifact == nil }) {
		err, end.Status = context.Cause(ctx), RunInterrupted
	}
	if err != nil {
		end.Error, end.Hint = err.Error(), fault.HintOf(err)
	}
	e.emit(end)
	return r, err
}

// isEndOf reports whether err is only the end of ctx coming back.
func isEndOf(ctx context.Context, err error) bool {
	return errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))
}
