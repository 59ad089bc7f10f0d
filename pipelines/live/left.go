package live

import (
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// leastShare is what a step must have done in sight before its pace says something.
const leastShare = 0.005

// Left is how long the step has to go, at the pace that it had so far; false while
// nothing can be said.
func (s *Step) Left(now time.Time) (time.Duration, bool) {
	did := s.last.share - s.first.share
	if s.State != pipelines.Running || did < leastShare {
		return 0, false
	}
	pace := s.last.at.Sub(s.first.at).Seconds() / did
	left := pace*(1-s.last.share) - now.Sub(s.last.at).Seconds()
	return seconds(max(left, 0)), true
}

// Left is how long the run has to go: the steps under way at their pace, those to come
// as long as others of their op took in this run, else as they took in one before. ok is
// false while nothing can be said; exact is false where steps are to come of a kind that
// was never made.
func (r *Run) Left(now time.Time) (left time.Duration, exact, ok bool) {
	took, n := map[string]float64{}, map[string]float64{}
	for _, s := range r.steps {
		if d, known := s.takes(now); known {
			took[s.Op], n[s.Op] = took[s.Op]+d, n[s.Op]+1
		}
	}
	exact = true
	for _, s := range r.steps {
		if s.Ended() || s.Cached && s.State == pipelines.Pending {
			continue
		}
		if d, known := s.Left(now); known {
			left, ok = left+d, true
			continue
		}
		mean := s.before
		if n[s.Op] > 0 {
			mean = took[s.Op] / n[s.Op]
		}
		if mean == 0 {
			exact = false
			continue
		}
		if s.State == pipelines.Running {
			mean = max(mean-now.Sub(s.began).Seconds(), 0)
		}
		left, ok = left+seconds(mean), true
	}
	return left, exact, ok
}

// takes is how long the step took, or will have taken.
func (s *Step) takes(now time.Time) (float64, bool) {
	if s.State == pipelines.Done {
		return s.Seconds, true
	}
	left, ok := s.Left(now)
	return now.Sub(s.began).Seconds() + left.Seconds(), ok
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
