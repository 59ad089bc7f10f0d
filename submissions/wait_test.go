package submissions_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// script answers look after look; the last answer repeats.
type script struct {
	answers []any // submissions.Score or error
	looks   []time.Duration
	start   time.Time
}

func (s *script) Status(context.Context, string, int64) (submissions.Score, error) {
	s.looks = append(s.looks, time.Since(s.start))
	a := s.answers[min(len(s.looks), len(s.answers))-1]
	if err, bad := a.(error); bad {
		return submissions.Score{}, err
	}
	return a.(submissions.Score), nil
}

var (
	pending = submissions.Score{State: submissions.StatePending}
	done    = submissions.Score{State: submissions.StateComplete, Public: "0.99"}
)

// TestWait runs on the clock of a synctest bubble: no real time passes.
func TestWait(t *testing.T) {
	t.Parallel()
	cut := fault.New(fault.Network, "", "connection cut")
	for _, c := range []struct {
		name    string
		answers []any
		want    string // of the error, "" for none
		kind    fault.Kind
		looks   int
		took    time.Duration
	}{
		{"at once", []any{done}, "", 0, 1, 0},
		{"after three looks", []any{pending, pending, pending, done}, "", 0, 4, 7 * time.Second},
		{"a state that we do not know is not final", []any{submissions.Score{}, done}, "", 0, 2, time.Second},
		{"network trouble passes", []any{pending, cut, done}, "", 0, 3, 3 * time.Second},
		{"refused", []any{pending, submissions.Score{State: submissions.StateError, Error: "3 ids missing"}},
			"digits could not score submission 7: 3 ids missing", fault.Unscored, 2, time.Second},
		{"refused without reason", []any{submissions.Score{State: submissions.StateError}}, "it gives no reason", fault.Unscored, 1, 0},
		{"never", []any{pending}, "submission 7 is still being scored after 50s", fault.Pending, 7, 50 * time.Second},
		{"network never comes back", []any{cut}, "the last look failed: connection cut", fault.Pending, 7, 50 * time.Second},
		{"not allowed", []any{fault.New(fault.Auth, "", "401")}, "wait for submission 7: 401", fault.Auth, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: c.answers, start: time.Now()}
				score, err := submissions.Wait(t.Context(), s, "digits", 7, submissions.WaitOptions{Timeout: 50 * time.Second})
				if c.want == "" && (err != nil || score != done) {
					t.Errorf("got %+v, %v", score, err)
				}
				if c.want != "" {
					wantError(t, err, c.want)
					if fault.KindOf(err) != c.kind {
						t.Errorf("kind %v, want %v", fault.KindOf(err), c.kind)
					}
				}
				if took := time.Since(s.start); took != c.took || len(s.looks) != c.looks {
					t.Errorf("%d looks in %s at %v, want %d in %s", len(s.looks), took, s.looks, c.looks, c.took)
				}
			})
		})
	}
}

func TestWaitCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		looked := 0
		s := &script{answers: []any{pending}, start: time.Now()}
		_, err := submissions.Wait(ctx, s, "digits", 7, submissions.WaitOptions{Looked: func(submissions.Score) { looked++ }})
		if !errors.Is(err, context.DeadlineExceeded) || looked != len(s.looks) || looked != 4 {
			t.Errorf("%v after %d looks, %d told", err, len(s.looks), looked)
		}
		if took := time.Since(s.start); took != 10*time.Second {
			t.Errorf("gave up after %s", took)
		}
	})
}
