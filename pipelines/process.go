package pipelines

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// process takes one step whose inputs are there to its end: finds its artifact or
// makes it. It runs on a worker.
func (e *execution) process(ctx context.Context, s *stepRun) {
	in, force := e.gather(s)
	s.result.Key = fingerprint(s.Op, s.params, s.Seed, s.inputs)
	if isEffect(s.Op) && !e.options.Effects {
		e.skip(s, "changes the world outside, which this run may not")
		return
	}
	if !force {
		if hit, err := e.hit(ctx, s); hit || err != nil {
			e.endHit(s, err)
			return
		}
	}
	lock, err := e.Store.lockKey(ctx, s.result.Key, func() {
		e.progress(s, -1, "another podium is making this: waiting for it", nil)
	})
	if err != nil {
		e.fail(s, e.Store.writeFault(err), nil)
		return
	}
	defer lock.release()
	if !force { // whoever held the lock may have made it
		if hit, err := e.hit(ctx, s); hit || err != nil {
			e.endHit(s, err)
			return
		}
	}
	e.make(ctx, s, in)
}

// gather collects the step's inputs and says whether it is to be made even if it
// is there.
func (e *execution) gather(s *stepRun) (Inputs, bool) {
	in, force := Inputs{}, false
	for _, f := range e.options.Force {
		if matches(f, s.ID) {
			force, s.result.Why = true, "forced"
		}
	}
	for _, edge := range s.Inputs {
		from := e.byID[edge.From.Step]
		s.inputs = append(s.inputs, *inputRecord(s.Node, edge, from.Node, from.result.Key, from.result.Artifact))
		in[edge.To] = append(in[edge.To], Input{
			Step: edge.From.Step, Port: edge.From.Port, Artifact: from.result.Artifact,
			Path: from.outputs[edge.From.Port].Path(from.result.Artifact.Dir),
		})
		if from.changed && !isSource(from.Op) && !isEffect(s.Op) {
			force, s.result.Why = true, from.ID+" was made again and is not the same"
		}
	}
	return in, force
}

// hit looks for the step's artifact. An effect is asked whether it still holds, a
// source whether it would bring the same again.
func (e *execution) hit(ctx context.Context, s *stepRun) (bool, error) {
	a, err := e.Store.Lookup(s.result.Key)
	if a == nil || err != nil {
		return false, err
	}
	if e.options.VerifyContent && e.Store.Verify(a) != nil {
		s.result.Why = "its artifact is damaged"
		return false, nil
	}
	if effect, ok := s.Op.(Effect); ok {
		holds, err := effect.StillHolds(ctx, a)
		if err != nil || !holds {
			s.result.Why = "what it did before does not hold any more"
			return false, err
		}
	}
	if source, ok := s.Op.(Refresher); ok {
		fresh, err := source.Fresh(ctx, a)
		if err != nil || !fresh {
			s.result.Why = "what it brings has changed"
			return false, err
		}
	}
	e.Store.touch(a, e.Now())
	s.result.Artifact = a
	return true, nil
}

// endHit ends a step without running it.
func (e *execution) endHit(s *stepRun, err error) {
	if err != nil {
		e.fail(s, err, nil)
		return
	}
	s.result.State, s.result.Why = Cached, ""
	e.ended(s, ended(s, EventStepCached))
}

// ended is an event that describes the step's artifact.
func ended(s *stepRun, event string) Event {
	m := s.result.Artifact.Manifest
	return Event{Event: event, Step: s.ID, Op: s.result.Op, Key: s.result.Key, Dir: s.result.Artifact.Dir, Bytes: s.result.Artifact.Bytes(),
		Metrics: m.Metrics, Notes: m.Notes, Origins: m.Origins}
}

// ended hands out the last event of a step.
func (e *execution) ended(s *stepRun, ev Event) {
	e.events.Lock()
	defer e.events.Unlock()
	s.quiet = true
	e.send(ev)
}

// fail ends the step with an error.
func (e *execution) fail(s *stepRun, err error, stack []byte) {
	var se *StepError
	if !errors.As(err, &se) {
		se = &StepError{Step: s.ID, Op: s.result.Op, Err: err, Stack: stack}
	}
	s.result.State, s.result.Err = Failed, se
	e.ended(s, Event{Event: EventStepFailed, Step: s.ID, Op: s.result.Op, Key: s.result.Key, Seconds: s.result.Seconds,
		Error: se.Error(), Hint: fault.HintOf(se), Stack: string(se.Stack)})
}

// progressPause is the shortest time between two progress events of a step.
const progressPause = 100 * time.Millisecond

// progress hands out a progress event, unless there just was one.
func (e *execution) progress(s *stepRun, fraction float64, text string, fields map[string]any) {
	e.events.Lock()
	defer e.events.Unlock()
	now := e.Now()
	if s.quiet || fraction < 1 && !s.told.IsZero() && now.Sub(s.told) < progressPause {
		return
	}
	s.told = now
	ev := Event{Event: EventStepProgress, Step: s.ID, Op: s.result.Op, Text: text, Fields: finite(fields)}
	if fraction >= 0 { // neither negative nor NaN
		f := min(fraction, 1)
		ev.Fraction = &f
	}
	e.send(ev)
}

// finite copies fields with words in the place of what is not JSON: a loss may
// well become NaN.
func finite(fields map[string]any) map[string]any {
	out := maps.Clone(fields)
	for k, v := range out {
		f, ok := v.(float64)
		if f32, is32 := v.(float32); is32 {
			f, ok = float64(f32), true
		}
		if ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			out[k] = fmt.Sprint(f)
		}
	}
	return out
}
