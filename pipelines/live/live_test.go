package live_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/live"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// told is a run after events, a second apart.
func told(plan string, events ...pipelines.Event) *live.Run {
	r := live.New()
	ready := pipelines.Event{Event: pipelines.EventPlanReady, Time: noon, RunID: "id", Pipeline: "p"}
	for _, id := range strings.Fields(plan) {
		id, cached := strings.CutSuffix(id, "!")
		id, op, _ := strings.Cut(id, ":")
		if op == "" {
			op, _, _ = strings.Cut(id, ".")
		}
		s := pipelines.PlannedStep{ID: id, Op: op, Status: pipelines.StatusRun}
		if cached {
			s.Status = pipelines.StatusCached
		}
		ready.Steps = append(ready.Steps, s)
	}
	r.Observe(ready)
	for i, e := range events {
		e.Time = noon.Add(time.Duration(i+1) * time.Second)
		r.Observe(e)
	}
	return r
}

func at(step string, share float64, fields map[string]any) pipelines.Event {
	return pipelines.Event{Event: pipelines.EventStepProgress, Step: step, Fraction: &share, Fields: fields}
}

func is(event, step string) pipelines.Event { return pipelines.Event{Event: event, Step: step} }

func done(step string, seconds float64) pipelines.Event {
	return pipelines.Event{Event: pipelines.EventStepDone, Step: step, Seconds: seconds}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ plan, want string }{
		{"download.train table.train download.test folds train.cnn.fold0 predict.cnn.fold0 train.cnn.fold1 predict.cnn.fold1 blend",
			"download[train test] table[train] folds[] cnn[fold0+1 fold1+1] blend[]"},
		{"weights.lite features.lite.train features.lite.train.pass1 head.lite.fold0.copy1 predict.lite.fold0.copy1",
			"weights[lite] features[train train.pass1] lite[fold0.copy1+1]"},
		{"features.a.train features.b.train", "features[a.train b.train]"},
		{"pseudo1.before:blend pseudo1.before.post:post pseudo1.labels.fold0:pseudo pseudo1.head.lite.fold0:head pseudo1.predict.lite.fold0:predict",
			"pseudo1[before before.post] pseudo1.labels[fold0] pseudo1.lite[fold0+1]"},
		{"train.train.fold0 predict.train.fold0 head.fold0 fold0", "train[fold0+1] head[fold0] fold0[]"},
	} {
		var got []string
		for _, g := range told(c.plan).Groups {
			var parts []string
			for _, p := range g.Parts {
				name := p.Name
				if n := len(p.Steps) - 1; n > 0 {
					name += fmt.Sprintf("+%d", n)
				}
				parts = append(parts, name)
			}
			got = append(got, fmt.Sprintf("%s[%s]", g.Name, strings.Join(parts, " ")))
		}
		if d := cmp.Diff(c.want, strings.Join(got, " ")); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.plan, d)
		}
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	r := told("a.x a.y b c", is(pipelines.EventStepCached, "a.x"), is(pipelines.EventStepStarted, "a.y"), at("a.y", 0.5, map[string]any{"loss": 2.0}))
	group, part, step := r.Focus()
	if group.Name != "a" || part.Name != "y" || step.ID != "a.y" || group.State() != pipelines.Running || group.Done() != 1 {
		t.Errorf("focus: %+v, %+v, %+v", group, part, step)
	}
	if got := live.Share(group.Steps()); got != 0.75 {
		t.Errorf("share %v", got)
	}
	for _, e := range []pipelines.Event{
		{Event: pipelines.EventStepDone, Step: "a.y", Seconds: 3, Metrics: map[string]float64{"loss": 0.5, "rows": 7}},
		{Event: pipelines.EventStepFailed, Step: "b", Error: "oh no"},
		{Event: pipelines.EventStepSkipped, Step: "c", Why: "needs b"},
		{Event: pipelines.EventStepDone, Step: "not in the plan"},
		{Event: pipelines.EventRunFinished, Status: pipelines.RunFailed, Error: "oh no"},
	} {
		r.Observe(e)
	}
	var states []pipelines.State
	for _, g := range r.Groups {
		states = append(states, g.State())
	}
	if d := cmp.Diff([]pipelines.State{pipelines.Done, pipelines.Failed, pipelines.Skipped}, states); d != "" {
		t.Error(d)
	}
	loss, ok := live.Loss(r.Groups[0].Steps())
	if took := live.Seconds(r.Groups[0].Steps()); took != 3 || loss != 0.5 || !ok || r.Groups[0].Parts[1].Steps[0].Result != "7 rows, loss 0.5000" {
		t.Errorf("took %v, loss %v", took, loss)
	}
	if n, all := r.Steps(); n != 2 || all != 4 || !r.Over() || r.Status != pipelines.RunFailed {
		t.Errorf("%d of %d, %s", n, all, r.Status)
	}
}

// TestLeft: steps under way go on at their pace, those to come take what others of
// their op took; a step that was taken up in the middle has the pace since then.
func TestLeft(t *testing.T) {
	t.Parallel()
	half := []pipelines.Event{is(pipelines.EventStepStarted, "train.a.fold0"), at("train.a.fold0", 0.5, nil), at("train.a.fold0", 0.6, nil)}
	for _, c := range []struct {
		name, plan string
		events     []pipelines.Event
		want       time.Duration
		exact, ok  bool
	}{
		{"nothing is known", "train.a.fold0", nil, 0, false, false},
		{"one report is no pace", "train.a.fold0", half[:2], 0, false, false},
		{"a pace", "train.a.fold0", half, 4 * time.Second, true, true},
		{"another like it", "train.a.fold0 train.a.fold1", half, (4 + 6) * time.Second, true, true},
		{"cached ones take no time", "train.a.fold0 train.a.fold1! blend!", half, 4 * time.Second, true, true},
		{"of an op that was not made yet", "train.a.fold0 blend", half, 4 * time.Second, false, true},
		{"after one that is done", "a.x a.y", []pipelines.Event{is(pipelines.EventStepStarted, "a.x"), done("a.x", 9)}, 9 * time.Second, true, true},
		{"at work without a word", "a.x a.y", []pipelines.Event{is(pipelines.EventStepStarted, "a.x"), done("a.x", 9), is(pipelines.EventStepStarted, "a.y"), is("", "")}, 8 * time.Second, true, true},
		{"late", "a.x a.y", []pipelines.Event{is(pipelines.EventStepStarted, "a.x"), done("a.x", 0.5), is(pipelines.EventStepStarted, "a.y"), is("", "")}, 0, true, true},
	} {
		r := told(c.plan, c.events...)
		left, exact, ok := r.Left(r.At)
		if left.Round(time.Millisecond) != c.want || exact != c.exact || ok != c.ok {
			t.Errorf("%s: %s, exact %v, ok %v", c.name, left, exact, ok)
		}
	}
	again := live.New()
	again.Observe(pipelines.Event{Event: pipelines.EventPlanReady, Time: noon, Steps: []pipelines.PlannedStep{{ID: "a", Op: "a", LastSeconds: 7}, {ID: "b", Op: "b", LastSeconds: 2}}})
	if left, exact, ok := again.Left(noon); left != 9*time.Second || !exact || !ok {
		t.Errorf("by the run before: %s, exact %v, ok %v", left, exact, ok)
	}
	r := told("train.a.fold0", half...)
	if left, _, _ := r.Left(r.At.Add(3 * time.Second)); left.Round(time.Millisecond) != time.Second {
		t.Errorf("three seconds later: %s", left)
	}
}

func TestDied(t *testing.T) {
	t.Parallel()
	r := told("a b", done("a", 1), is(pipelines.EventStepStarted, "b"))
	r.Died()
	if !r.Over() || r.Status != "died" || r.Groups[1].Steps()[0].Error != "its process ended" || r.Groups[1].State() != pipelines.Failed || r.Groups[0].State() != pipelines.Done {
		t.Errorf("%+v", r)
	}
}

// TestBetweenSteps: a fold of which a step is made and another is to come is at work, and
// so is its group; a run that dies there stops at the next step.
func TestBetweenSteps(t *testing.T) {
	t.Parallel()
	r := told("a.x a.y train.cnn.fold0 predict.cnn.fold0 train.cnn.fold1 predict.cnn.fold1", is(pipelines.EventStepCached, "a.x"), done("train.cnn.fold0", 1))
	a, cnn := r.Groups[0], r.Groups[1]
	if a.State() != pipelines.Pending || cnn.Parts[0].State() != pipelines.Running || cnn.Parts[1].State() != pipelines.Pending || cnn.State() != pipelines.Running {
		t.Errorf("%s, %s", a.State(), cnn.State())
	}
	r.Observe(done("a.y", 1))
	r.Observe(done("predict.cnn.fold0", 1))
	if cnn.State() != pipelines.Running || cnn.Parts[1].State() != pipelines.Pending {
		t.Errorf("between two folds: %s", cnn.State())
	}
	r.Died()
	if cnn.Parts[1].State() != pipelines.Failed || cnn.Parts[1].Steps[0].State != pipelines.Failed || cnn.Parts[1].Steps[1].State != pipelines.Pending {
		t.Errorf("died: %+v", cnn.Parts[1].Steps[0])
	}
}

func TestCurve(t *testing.T) {
	t.Parallel()
	var c live.Curve
	if _, ok := c.Last(); ok || c.Levels(8) != nil {
		t.Error("an empty curve says something")
	}
	c.Add(math.NaN())
	for _, x := range []float64{4, 3, 2, 0} {
		c.Add(x)
	}
	if d := cmp.Diff([]float64{1, 0.75, 0.5, 0}, c.Levels(8)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{1, 0}, c.Levels(2)); d != "" {
		t.Error(d)
	}
	var falls live.Curve
	for _, x := range []float64{8, 4, 2, 1} {
		falls.Add(x)
	}
	for i, x := range falls.Levels(4) {
		if math.Abs(x-(1-float64(i)/3)) > 1e-12 {
			t.Errorf("halved again and again: %v", falls.Levels(4))
		}
	}
	var long, flat live.Curve
	for i := range 100_000 {
		long.Add(float64(i) - 1e5)
		flat.Add(7)
	}
	levels := long.Levels(5)
	for i, want := range []float64{0, 0.25, 0.5, 0.75, 1} {
		if math.Abs(levels[i]-want) > 0.01 {
			t.Errorf("a long straight line is %v", levels)
		}
	}
	if last, _ := long.Last(); last != -1 || flat.Levels(3)[1] != 0.5 {
		t.Errorf("last %v, flat %v", last, flat.Levels(3))
	}
}
