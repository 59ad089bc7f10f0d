package live

import (
	"slices"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Run is a run as its events tell it. It is for one goroutine at a time.
type Run struct {
	ID, Pipeline string
	Status       string    // pipelines.RunRunning and the other values of pipelines.Run.Status
	Error, Hint  string    // why it failed
	Began, At    time.Time // of the first event and of the last one
	Groups       []*Group  // in the plan's order of their first steps

	steps []*Step // in the plan's order
	byID  map[string]*Step
	focus *Step // the one that began last
}

// Step is one step of a Run.
type Step struct {
	ID, Op  string
	State   pipelines.State
	Cached  bool    // the plan said that its artifact is there
	Share   float64 // that is done, in [0, 1]; negative while it is not known
	Text    string  // what it is at, such as "epoch 3 of 10"
	Loss    Curve
	Speed   float64 // images a second; 0: not known
	Seconds float64 // that it took, or was at work
	Result  string  // what it has to say of itself when it is done
	Error   string

	before float64  // seconds that one like it took in another run; 0: none
	final  *float64 // loss of the trained net
	began  time.Time
	first  mark // of its progress: a step may begin in the middle, where it was killed
	last   mark
}

// mark is where a step was at a time.
type mark struct {
	at    time.Time
	share float64
}

// New is a run of which nothing is known yet.
func New() *Run { return &Run{Status: pipelines.RunRunning, byID: map[string]*Step{}} }

// Observe takes in an event.
func (r *Run) Observe(e pipelines.Event) {
	if r.Began.IsZero() {
		r.Began = e.Time
	}
	r.At = e.Time
	switch e.Event {
	case pipelines.EventPlanReady:
		r.plan(e)
	case pipelines.EventRunFinished:
		r.Status, r.Error, r.Hint = e.Status, e.Error, e.Hint
		if e.Status == pipelines.RunInterrupted {
			r.stop("was interrupted")
		}
	}
	if s := r.byID[e.Step]; s != nil {
		s.observe(e)
		if s.State == pipelines.Running {
			r.focus = s
		}
	}
}

func (r *Run) plan(e pipelines.Event) {
	r.ID, r.Pipeline = e.RunID, e.Pipeline
	r.Groups, r.steps, r.byID, r.focus = nil, nil, map[string]*Step{}, nil
	for _, p := range e.Steps {
		s := &Step{ID: p.ID, Op: p.Op, State: pipelines.Pending, Cached: p.Status == pipelines.StatusCached, Share: -1, before: p.LastSeconds}
		r.steps, r.byID[s.ID] = append(r.steps, s), s
	}
	r.Groups = groupsOf(r.steps)
}

func (s *Step) observe(e pipelines.Event) {
	switch e.Event {
	case pipelines.EventStepStarted:
		s.State, s.began = pipelines.Running, e.Time
	case pipelines.EventStepProgress:
		s.progress(e)
	case pipelines.EventStepDone:
		s.State, s.Seconds, s.Share = pipelines.Done, e.Seconds, 1
		s.ends(e)
	case pipelines.EventStepCached:
		s.State, s.Share = pipelines.Cached, 1
		s.ends(e)
	case pipelines.EventStepFailed:
		s.State, s.Seconds, s.Error = pipelines.Failed, e.Seconds, e.Error
	case pipelines.EventStepSkipped:
		s.State, s.Text = pipelines.Skipped, e.Why
	}
}

// progress is of a step at work, also of one that waits for another process, which
// has not begun.
func (s *Step) progress(e pipelines.Event) {
	if s.began.IsZero() {
		s.began = e.Time
	}
	s.State, s.Text = pipelines.Running, e.Text
	if e.Fraction != nil {
		s.Share = *e.Fraction
		s.last = mark{e.Time, s.Share}
		if s.first.at.IsZero() {
			s.first = s.last
		}
	}
	if loss, ok := e.Fields["loss"].(float64); ok {
		s.Loss.Add(loss)
	}
	if speed, ok := e.Fields["images_per_second"].(float64); ok {
		s.Speed = speed
	}
}

func (s *Step) ends(e pipelines.Event) {
	s.Text, s.Speed = "", 0
	s.Result = ResultText(e.Metrics, e.Notes)
	if loss, ok := e.Metrics["loss"]; ok {
		s.final = &loss
	}
}

// Ended reports whether nothing more is to come of the step.
func (s *Step) Ended() bool { return ended(s.State) }

func ended(s pipelines.State) bool { return made(s) || s == pipelines.Failed || s == pipelines.Skipped }

func made(s pipelines.State) bool { return s == pipelines.Done || s == pipelines.Cached }

// Focus is the step that began last, with its part and group; nil before the first.
func (r *Run) Focus() (*Group, *Part, *Step) {
	if r.focus == nil {
		return nil, nil, nil
	}
	for _, g := range r.Groups {
		for _, p := range g.Parts {
			for _, s := range p.Steps {
				if s == r.focus {
					return g, p, s
				}
			}
		}
	}
	return nil, nil, nil
}

// Steps counts the steps whose artifacts are there, and all.
func (r *Run) Steps() (done, all int) {
	for _, s := range r.steps {
		if made(s.State) {
			done++
		}
	}
	return done, len(r.steps)
}

// Died says that the run's process ended before the run did.
func (r *Run) Died() {
	r.Status = "died"
	r.stop("its process ended")
}

// stop says of the steps that did not come to their ends why that is; between two steps
// it is the next one.
func (r *Run) stop(why string) {
	is := func(states ...pipelines.State) func(*Step) bool {
		return func(s *Step) bool { return slices.Contains(states, s.State) }
	}
	at := is(pipelines.Running, pipelines.Failed)
	if !slices.ContainsFunc(r.steps, at) {
		if next := slices.IndexFunc(r.steps, is(pipelines.Pending)); next >= 0 {
			r.steps[next].State = pipelines.Failed
		}
	}
	for _, s := range r.steps {
		if at(s) {
			s.State, s.Error = pipelines.Failed, why
		}
	}
}

// Over reports whether nothing more is to come of the run.
func (r *Run) Over() bool { return r.Status != pipelines.RunRunning }
