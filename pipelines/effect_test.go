package pipelines_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// upload is get -> use -> upload, where get is a source that brings text.
type upload struct {
	text    string // what the source brings
	how     string // a parameter of the source that does not change the text
	holds   bool
	broken  error // of StillHolds
	uploads int
}

func (u *upload) plan(t *testing.T) *pipelines.Plan {
	t.Helper()
	b := pipelines.NewBuilder("p")
	get := b.Add("get", source{op{name: "get", params: u.how, out: ports(pipelines.Port{Name: "csv", Kind: "csv", File: "data/train.csv"}, port("other", "csv")),
		run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			return pipelines.Report{}, errors.Join(write(env.Path("csv"), u.text), write(env.Path("other"), u.how))
		}}}, 0)
	use := b.Add("use", op{name: "use", in: ports(port("csv", "csv")), out: ports(port("submission", "submission"))}, 0, get.Out("csv").To("csv"))
	b.Add("upload", effect{
		op{name: "upload", in: ports(port("submission", "submission")), out: ports(port("receipt", "receipt")),
			run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
				u.uploads++
				return pipelines.Report{}, write(env.Path("receipt"), fmt.Sprint(u.uploads))
			}},
		func(a *pipelines.Artifact) (bool, error) { return u.holds, u.broken },
	}, 0, use.Out("submission").To("submission"))
	return build(t, b)
}

func TestSourceIsNamedByItsContent(t *testing.T) {
	t.Parallel()
	s := open(t)
	u := &upload{text: "1,2", how: "mirror 1"}
	run(t, s, u.plan(t), pipelines.Options{})
	// downloaded from elsewhere, the same bytes
	u.how = "mirror 2"
	r := run(t, s, u.plan(t), pipelines.Options{})
	if got, want := states(r), "get done, use cached, upload skipped"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// new bytes
	u.text = "1,3"
	r = run(t, s, u.plan(t), pipelines.Options{Force: []string{"get"}})
	if got, want := states(r), "get done, use done, upload skipped"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := r.Steps[1].Why, "new input csv"; got != want {
		t.Errorf("why: %q, want %q", got, want)
	}
}

func TestEffects(t *testing.T) {
	t.Parallel()
	s := open(t)
	u := &upload{text: "1"}
	for i, c := range []struct {
		allow   bool
		holds   bool
		broken  error
		text    string
		want    string // state of upload
		uploads int
	}{
		{false, false, nil, "1", "skipped", 0},
		{true, false, nil, "1", "done", 1},
		{true, true, nil, "1", "cached", 1},   // asked, and it holds
		{false, true, nil, "1", "skipped", 1}, // not even asked
		{true, false, nil, "1", "done", 2},    // withdrawn meanwhile
		{true, true, nil, "2", "done", 3},     // another submission
		{true, true, errors.New("offline"), "2", "failed", 3},
	} {
		u.text, u.how, u.holds, u.broken = c.text, c.text, c.holds, c.broken
		r, err := local(s).Run(t.Context(), u.plan(t), pipelines.Options{Effects: c.allow})
		if (err != nil) != (c.broken != nil) {
			t.Fatal(err)
		}
		if got := string(r.Steps[2].State); got != c.want || u.uploads != c.uploads {
			t.Errorf("%d: %s after %d uploads, want %s, %d (%s)", i, got, u.uploads, c.want, c.uploads, r.Steps[2].Why)
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := open(t)
	b := pipelines.NewBuilder("digits")
	a := b.Add("a", op{name: "first", out: ports(port("x", "k")), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
		env.Progress(0.25, "epoch 1 of 4", map[string]any{"loss": 0.5, "bad": math.NaN(), "bad32": float32(math.Inf(1))})
		env.Progress(-1, "waiting", nil)
		env.Progress(math.NaN(), "lost", nil)
		env.Progress(1.5, "", nil)
		return pipelines.Report{Metrics: map[string]float64{"cv": 0.9}, Notes: map[string]string{"n": "1"}, Origins: []string{"sandbox:d"}}, write(env.Path("x"), "four")
	}}, 0)
	b.Add("b", op{name: "second", in: ports(port("x", "k")), out: ports(port("y", "k")), run: func(context.Context, pipelines.Env, pipelines.Inputs) (pipelines.Report, error) {
		return pipelines.Report{}, errors.New("boom")
	}}, 0, a.Out("x").To("x"))
	p := build(t, b)
	var lines strings.Builder
	on := func(e pipelines.Event) {
		e.PeakMemory = min(e.PeakMemory, 1)
		j, err := json.Marshal(e)
		if err != nil {
			t.Error(err)
		}
		lines.WriteString(strings.ReplaceAll(string(j), s.Root(), "ROOT") + "\n")
	}
	for range 2 {
		if _, err := local(s).Run(t.Context(), p, pipelines.Options{RunID: "r1", OnEvent: on}); err == nil {
			t.Error("no error")
		}
	}
	golden(t, "events.jsonl", lines.String())
}

func TestProgressIsNotTooOften(t *testing.T) {
	t.Parallel()
	var late func(float64, string, map[string]any)
	b := pipelines.NewBuilder("p")
	b.Add("a", op{name: "a", out: ports(port("x", "k")), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
		for i := range 1000 {
			env.Progress(float64(i)/1000, "", nil)
		}
		env.Progress(1, "", nil)
		late = env.Progress
		return pipelines.Report{}, write(env.Path("x"), "")
	}}, 0)
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	l := &pipelines.Local{Store: open(t), Now: func() time.Time { now = now.Add(time.Millisecond); return now }}
	var fractions []float64
	if _, err := l.Run(t.Context(), build(t, b), pipelines.Options{OnEvent: func(e pipelines.Event) {
		if e.Event == pipelines.EventStepProgress {
			fractions = append(fractions, *e.Fraction)
		}
	}}); err != nil {
		t.Fatal(err)
	}
	// the clock goes on by a millisecond when it is asked, and at most one event
	// comes in 100 of them; reading the clock for the event itself counts too
	if len(fractions) < 5 || len(fractions) > 12 || fractions[len(fractions)-1] != 1 {
		t.Errorf("progress came at %v", fractions)
	}
	told := len(fractions)
	late(1, "after the end", nil)
	if len(fractions) != told {
		t.Error("a step that has ended still tells progress")
	}
}

// golden compares got with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := write(path, got); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(readFile(t, path), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// refresher is a source that knows whether its content has changed.
type refresher struct {
	source
	fresh func() (bool, error)
}

func (r refresher) Fresh(context.Context, *pipelines.Artifact) (bool, error) { return r.fresh() }

func TestSourceThatChangesIsReadAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	text, brought := "1,2", ""
	var broken error
	b := pipelines.NewBuilder("p")
	get := b.Add("get", refresher{
		source{op{name: "get", out: ports(port("csv", "csv")), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			brought = text
			return pipelines.Report{}, write(env.Path("csv"), text)
		}}},
		func() (bool, error) { return brought == text, broken },
	}, 0)
	b.Add("use", op{name: "use", in: ports(port("csv", "csv")), out: ports(port("x", "x"))}, 0, get.Out("csv").To("csv"))
	p := build(t, b)
	for i, c := range []struct {
		text   string
		broken error
		want   string
	}{
		{"1,2", nil, "get done, use done"},
		{"1,2", nil, "get cached, use cached"},
		{"1,3", nil, "get done, use done"}, // replaced, and nobody forced anything
		{"1,2", nil, "get done, use cached"},
		{"1,2", errors.New("offline"), "get failed, use skipped"},
	} {
		text, broken = c.text, c.broken
		r, err := local(s).Run(t.Context(), p, pipelines.Options{})
		if (err != nil) != (c.broken != nil) {
			t.Fatal(err)
		}
		if got := states(r); got != c.want {
			t.Errorf("%d: got %s, want %s", i, got, c.want)
		}
	}
}
