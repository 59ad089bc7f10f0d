package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// design is a search of a space of every kind for the least of tuned, with pruning.
func design() Design {
	return Design{Pipeline: "My pipeline", Competition: "c", Metric: "logloss", LowerIsBetter: true, Space: mixed, Sampler: TPE, Prune: MedianRule, Seed: 1}
}

// train is a trial of three folds, none of which takes time.
func train(s *Study) Try {
	return func(_ context.Context, t Trial) (Trial, error) {
		y := tuned(s.Space.units(t.Values))
		for fold := range 3 {
			t.Nets = append(t.Nets, Net{Step: fmt.Sprintf("predict.m.fold%d", fold), Score: y + 0.001*float64(fold)})
			if why := s.Worse(t.Nets); why != "" && fold < 2 {
				t.State, t.Why = Pruned, why
				return t, nil
			}
		}
		t.State, t.CV, t.CVSpread = Finished, &y, new(float64)
		return t, nil
	}
}

func open(t *testing.T, root string, d Design) *Study {
	t.Helper()
	s, err := Open(root, d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// A study that is closed in the middle, and whose last trial was lost, goes on as if
// nothing had happened; more trials are more of the same.
func TestStudyGoesOn(t *testing.T) {
	t.Parallel()
	whole := open(t, t.TempDir(), design())
	if err := whole.Run(t.Context(), 40, train(whole)); err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, stop := range []int{1, 12, 13, 30, 40} {
		s := open(t, root, design())
		lost := errors.New("killed")
		err := s.Run(t.Context(), 40, func(ctx context.Context, trial Trial) (Trial, error) {
			if trial.Number > stop {
				return trial, lost
			}
			return train(s)(ctx, trial)
		})
		if stop < 40 && !errors.Is(err, lost) || stop == 40 && err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	again := open(t, root, design())
	if diff := cmp.Diff(whole.Trials(), again.Trials()); diff != "" {
		t.Error(diff)
	}
	pruned := 0
	for _, trial := range again.Trials() {
		if trial.State == Pruned {
			pruned++
		}
	}
	if pruned < 5 || pruned > 35 {
		t.Errorf("%d of 40 trials were pruned", pruned)
	}
	if best := Best(again.Trials(), true); again.Trials()[best].Number != Ranked(again.Trials(), true)[0].Number || *again.Trials()[best].CV > 0.06 {
		t.Errorf("best: %+v", again.Trials()[best])
	}
	if !strings.HasPrefix(again.ID(), "my-pipeline-") || again.ID() != whole.ID() {
		t.Errorf("ids %s and %s", again.ID(), whole.ID())
	}
	other := design()
	other.Seed = 2
	if s := open(t, root, other); s.ID() == again.ID() || len(s.Trials()) != 0 {
		t.Error("another seed is the same study")
	}
}

func TestStudyIsOneProcess(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	open(t, root, design())
	if _, err := Open(root, design()); err == nil || !strings.Contains(err.Error(), "another process is at work") {
		t.Errorf("got %v", err)
	}
}

// A file that does not fit is named, and nothing is made of it.
func TestStudyDamage(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct{ from, to, want string }{
		"torn":        {"}", "", "unexpected end of JSON"},
		"version":     {`"schema_version": 1`, `"schema_version": 2`, "want schema_version 1, got 2"},
		"number":      {`"trial": 1`, `"trial": 4`, "want trial 1, got 4"},
		"state":       {`"finished"`, `"done"`, `got "done"`},
		"score":       {`"cv": `, `"vc": `, "want the cv"},
		"other space": {`"a"`, `"q"`, `want a value of net, got "q"`},
	} {
		root, d := t.TempDir(), design()
		d.Space = Space{{Key: "net", Choices: []string{"a", "b"}}}
		d.Sampler = Grid
		s := open(t, root, d)
		err := s.Run(t.Context(), 1, func(_ context.Context, trial Trial) (Trial, error) {
			trial.State, trial.CV = Finished, new(float64)
			return trial, nil
		})
		if err = errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(s.Dir(), "trials", "0001.json")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(string(b), c.from, c.to, 1)
		if text == string(b) {
			t.Fatalf("%s: %s is not in the file", what, c.from)
		}
		if what == "torn" {
			text = string(b[:len(b)/2])
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(root, d); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) || fault.HintOf(err) == "" {
			t.Errorf("%s: got %v, want %s and a hint", what, err, c.want)
		}
	}
}

func TestWrongDesigns(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*Design){
		`no sampler "tpi"`:            func(d *Design) { d.Sampler = "tpi" },
		"a grid has no end":           func(d *Design) { d.Sampler = Grid },
		`no rule for pruning "worst"`: func(d *Design) { d.Prune = "worst" },
	} {
		d, root := design(), t.TempDir()
		change(&d)
		_, err := Open(root, d)
		if err == nil || !strings.Contains(err.Error(), want) || fault.KindOf(err) != fault.Usage || fault.HintOf(err) == "" {
			t.Errorf("got %v, want %s and a hint", err, want)
		}
		if left, _ := os.ReadDir(root); len(left) > 0 {
			t.Errorf("%s left %v behind", want, left)
		}
	}
}

func TestWorse(t *testing.T) {
	t.Parallel()
	var past []Trial
	for i, score := range []float64{0.5, 0.1, 0.3, 0.2} {
		past = append(past, Trial{Number: i + 1, State: Finished, Nets: []Net{{"predict.m.fold0", score}, {"predict.m.fold1", 9}}})
	}
	// Trials that did not finish say nothing of the median.
	past = append(past, Trial{State: Pruned, Nets: []Net{{"predict.m.fold0", 99}}}, Trial{State: Failed})
	for _, c := range []struct {
		past  int
		lower bool
		step  string
		score float64
		want  bool
	}{
		{6, true, "predict.m.fold0", 0.26, true},
		{6, true, "predict.m.fold0", 0.25, false}, // the median itself
		{6, false, "predict.m.fold0", 0.24, true},
		{6, false, "predict.m.fold0", 0.26, false},
		{6, true, "predict.m.fold1", 8, false},
		{6, true, "predict.other.fold0", 100, false}, // a net that the others have not
		{3, true, "predict.m.fold0", 100, false},     // too few
	} {
		s := &Study{Design: Design{Prune: MedianRule, Metric: "logloss", LowerIsBetter: c.lower}, trials: past[:c.past]}
		why := s.Worse([]Net{{"predict.m.fold7", 1000}, {c.step, c.score}})
		if (why != "") != c.want {
			t.Errorf("%+v: got %q", c, why)
		}
		if c.want && (!strings.Contains(why, "the median of 4 trials is 0.25000") || !strings.Contains(why, c.step)) {
			t.Errorf("%+v: got %q", c, why)
		}
		s.Prune = ""
		if why := s.Worse([]Net{{c.step, c.score}}); why != "" {
			t.Errorf("without a rule: %q", why)
		}
	}
}

func TestRanked(t *testing.T) {
	t.Parallel()
	at := func(x float64) *float64 { return &x }
	trials := []Trial{
		{Number: 1, State: Failed},
		{Number: 2, State: Pruned, Nets: []Net{{"a", 0.2}}},
		{Number: 3, State: Finished, CV: at(0.5)},
		{Number: 4, State: Pruned, Nets: []Net{{"a", 0.9}, {"b", 0.9}}},
		{Number: 5, State: Finished, CV: at(0.3)},
		{Number: 6, State: Pruned, Nets: []Net{{"a", 0.1}}},
		{Number: 7, State: Finished, CV: at(0.3)},
	}
	for lower, want := range map[bool][]int{true: {5, 7, 3, 4, 6, 2, 1}, false: {3, 5, 7, 4, 2, 6, 1}} {
		var got []int
		for _, trial := range Ranked(trials, lower) {
			got = append(got, trial.Number)
		}
		if !slices.Equal(got, want) {
			t.Errorf("lower is better %v: got %v, want %v", lower, got, want)
		}
	}
	if got := Best(trials[:2], true); got != -1 {
		t.Errorf("best of none: %d", got)
	}
}
