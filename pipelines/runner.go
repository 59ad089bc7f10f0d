package pipelines

import (
	"context"
	"fmt"
)

// Runner runs plans. Local is the one that runs them in this process.
type Runner interface {
	// Run brings every step of the plan to Done or Cached. The Result is whole
	// also with an error, which is then a *StepError, the cause of ctx's end, or
	// a fault of the store.
	Run(ctx context.Context, p *Plan, o Options) (Result, error)
}

// Options say how to run a plan. The zero value is a plain run without effects.
type Options struct {
	RunID   string   // goes into events and Env.RunID
	Effects bool     // let effect steps (uploads) run; without it they are Skipped
	Force   []string // ids or patterns ("train.*", see path.Match) of steps to make again
	// KeepGoing lets steps that do not depend on a failed one still start.
	KeepGoing bool
	// VerifyContent rehashes every file of a cached artifact instead of
	// comparing sizes only; one that differs is made again.
	VerifyContent bool
	// OnEvent is given every event, one at a time and in order. It should be
	// quick: the steps wait for it.
	OnEvent func(Event)
}

// State is where a step stands during a run.
type State string

// The states. A step goes Pending, Ready, Running and to one of the last four;
// one that is cached or skipped is never Running.
const (
	Pending State = "pending" // waits for its inputs
	Ready   State = "ready"   // inputs are there, waits for a worker
	Running State = "running"
	Cached  State = "cached" // was there already
	Done    State = "done"
	Failed  State = "failed"
	Skipped State = "skipped" // not run: StepResult.Why says why
)

// ended reports whether the state is one of the last four.
func (s State) ended() bool { return s == Cached || s == Done || s == Failed || s == Skipped }

// StepResult is how a step ended.
type StepResult struct {
	ID       string
	Op       string
	State    State
	Key      string    // empty when its inputs never came to be
	Why      string    // why it was skipped, or why it ran
	Artifact *Artifact // for Cached and Done
	Seconds  float64   // 0 for Cached
	Err      error     // for Failed
}

// Result is how a run ended.
type Result struct {
	Steps   []StepResult // in the plan's order
	Seconds float64
}

// Step is the result of the step with this id; false when there is none.
func (r Result) Step(id string) (StepResult, bool) {
	for _, s := range r.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return StepResult{}, false
}

// Output is the path of what the step left at its port; false when the step did
// not come to an end.
func (r Result) Output(p *Plan, ref Ref) (string, bool) {
	s, ok := r.Step(ref.Step)
	n, known := p.Node(ref.Step)
	if !ok || !known || s.Artifact == nil {
		return "", false
	}
	port, ok := n.outputs[ref.Port]
	return port.Path(s.Artifact.Dir), ok
}

// StepError is the failure of one step. Its message names the step; the kind and
// hint of a fault underneath stay visible.
type StepError struct {
	Step  string
	Op    string
	Err   error
	Stack []byte // where the step panicked; nil for an ordinary error
}

func (e *StepError) Error() string {
	if e.Stack != nil {
		return fmt.Sprintf("step %s: panic: %v", e.Step, e.Err)
	}
	return fmt.Sprintf("step %s: %v", e.Step, e.Err)
}

func (e *StepError) Unwrap() error { return e.Err }
