package steps

import (
	"context"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// Try is Run for a trial: an ordinary run that also says, as soon as a net has
// predicted the rows of its fold, what they score. When watch gives a reason, the run
// ends there: its error is a *Stopped, and its record says that it was interrupted and
// why. The last net's score is told, but stops nothing: only the blend is left.
// A score that does not exist, as auc's of a fold with one class, is not told.
func Try(ctx context.Context, spec *pipelines.Spec, s Settings, watch func(step string, score float64) (stop string)) (Outcome, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	see := s.OnEvent
	w := &netWatch{metric: spec.Target.Metric}
	s.OnEvent = func(e pipelines.Event) {
		if see != nil {
			see(e)
		}
		score, ok := w.observe(e)
		if !ok {
			return
		}
		if why := watch(e.Step, score); why != "" && w.left > 0 {
			stop(&Stopped{why})
		}
	}
	return Run(ctx, spec, s)
}

// Stopped is the end of a run that was not worth its other folds. It is an interruption
// (context.Canceled).
type Stopped struct{ Why string }

func (s *Stopped) Error() string { return "stopped: " + s.Why }

func (s *Stopped) Unwrap() error { return context.Canceled }

// netWatch scores the predictions of nets from the events of a run.
type netWatch struct {
	metric string
	folds  string // folder of the step that deals them
	left   int    // nets that have not predicted
}

// observe is the score of the net that has predicted, false for any other event.
func (w *netWatch) observe(e pipelines.Event) (float64, bool) {
	switch e.Event {
	case pipelines.EventPlanReady:
		for _, s := range e.Steps {
			if s.Op == "predict" {
				w.left++
			}
		}
	case pipelines.EventStepDone, pipelines.EventStepCached:
		if e.Step == "folds" {
			w.folds = e.Dir
		}
		if e.Op != "predict" {
			return 0, false
		}
		w.left--
		score, err := w.score(e.Dir)
		return score, err == nil
	}
	return 0, false
}

// score is what the out-of-fold predictions of a predict step are worth.
func (w *netWatch) score(dir string) (float64, error) {
	m, err := metric.ByName(w.metric)
	if err != nil {
		return 0, err
	}
	labels, _, err := trainRows(filepath.Join(w.folds, "folds.arrow"))
	if err != nil {
		return 0, err
	}
	oof, err := readFrame(filepath.Join(dir, "oof.arrow"), "row")
	if err != nil {
		return 0, err
	}
	truth := pick(labels, narrow(oof.ints[0]))
	cv, err := submissions.CrossValidate(m, truth, oof.proba, oof.classes, make([]int, len(truth)))
	return cv.Score, err
}
