package submissions

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// State is how far the server is with a submission, in lower case.
type State string

// The states. Any other word counts as pending.
const (
	StatePending  State = "pending"
	StateComplete State = "complete"
	StateError    State = "error"
)

// Score is what the server says of a submission. Scores are its own text, as
// "0.99628"; the private one is empty until the competition's end.
type Score struct {
	State           State
	Public, Private string
	Error           string // why it could not be scored
}

// Status asks the server for the state of a submission.
type Status interface {
	Status(ctx context.Context, competition string, ref int64) (Score, error)
}

// WaitOptions says how patient Wait is. Zero fields take the defaults.
type WaitOptions struct {
	Timeout time.Duration    // in all; default 10 minutes
	First   time.Duration    // before the second look, doubled each time; default 1 second
	Longest time.Duration    // between two looks; default 15 seconds
	Looked  func(look Score) // called after each look that is not the last, may be nil
}

func (o WaitOptions) withDefaults() WaitOptions {
	set := func(d *time.Duration, def time.Duration) {
		if *d <= 0 {
			*d = def
		}
	}
	set(&o.Timeout, 10*time.Minute)
	set(&o.First, time.Second)
	set(&o.Longest, 15*time.Second)
	return o
}

// Wait asks until the submission is scored. It looks at once, then after
// pauses that double up to Longest. An ERROR is fault.Unscored with the server's
// reason, no score within Timeout is fault.Pending: the submission is not lost.
// A network fault while asking counts as "not yet"; other errors end the wait.
func Wait(ctx context.Context, s Status, competition string, ref int64, o WaitOptions) (Score, error) {
	o = o.withDefaults()
	patience, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	var trouble error
	for pause := o.First; ; pause = min(2*pause, o.Longest) {
		score, err := s.Status(patience, competition, ref)
		switch {
		case err != nil && patience.Err() == nil && fault.KindOf(err) != fault.Network:
			return Score{}, fmt.Errorf("wait for submission %d: %w", ref, err)
		case err != nil:
			trouble = err
		case score.State == StateComplete:
			return score, nil
		case score.State == StateError:
			return score, refusal(competition, ref, score)
		default:
			trouble = nil
			if o.Looked != nil {
				o.Looked(score)
			}
		}
		select {
		case <-time.After(pause):
		case <-patience.Done():
		}
		if ctx.Err() != nil {
			return Score{}, ctx.Err()
		}
		if patience.Err() != nil {
			return Score{State: StatePending}, overdue(competition, ref, o.Timeout, trouble)
		}
	}
}

func refusal(competition string, ref int64, score Score) error {
	reason := score.Error
	if reason == "" {
		reason = "it gives no reason"
	}
	return fault.New(fault.Unscored, "check the file against the competition's sample_submission.csv, then send it again",
		"%s could not score submission %d: %s", competition, ref, reason)
}

func overdue(competition string, ref int64, waited time.Duration, trouble error) error {
	hint := "look later: podium submissions " + competition
	if trouble != nil {
		return fault.Wrap(trouble, fault.Pending, hint, "submission %d has no score after %s, and the last look failed", ref, waited)
	}
	return fault.New(fault.Pending, hint, "submission %d is still being scored after %s", ref, waited)
}
