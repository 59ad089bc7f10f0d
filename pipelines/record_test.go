package pipelines_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

var noon = time.Date(2026, 11, 23, 12, 45, 1, 0, time.UTC)

func startRun(t testing.TB, root, name string, now time.Time) *pipelines.Record {
	t.Helper()
	spec, err := pipelines.Decode(name, []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	r, err := pipelines.StartRun(root, spec, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRecord(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := startRun(t, s.Root(), "my.yaml", noon)
	running, err := pipelines.LoadRun(s.Root(), r.ID())
	if err != nil || running.Status != pipelines.RunRunning {
		t.Errorf("at the start: %+v, %v", running, err)
	}
	var c chain
	b := pipelines.NewBuilder("p")
	a := b.Add("ok", op{name: "ok", out: ports(port("x", "k")), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
		env.Progress(0.5, "", nil)
		return pipelines.Report{Metrics: map[string]float64{"cv": 0.9}}, write(env.Path("x"), "")
	}}, 0)
	bad := b.Add("bad", op{name: "bad", in: ports(port("x", "k")), out: ports(port("y", "k")), run: func(context.Context, pipelines.Env, pipelines.Inputs) (pipelines.Report, error) {
		panic("oh no")
	}}, 0, a.Out("x").To("x"))
	b.Add("last", op{name: "last", in: ports(port("y", "k")), out: ports(port("z", "k")), ran: &c.blend}, 0, bad.Out("y").To("y"))
	res, runErr := local(s).Run(t.Context(), build(t, b), pipelines.Options{OnEvent: r.Observe})
	if err := r.Update(func(run *pipelines.Run) {
		run.Scores["public"] = 0.99
		run.Files["submission"] = "x.csv"
	}); err != nil {
		t.Fatal(err)
	}
	if err := r.Finish(runErr, noon.Add(90*time.Second)); err != nil {
		t.Fatal(err)
	}
	got, err := pipelines.LoadRun(s.Root(), "latest")
	if err != nil {
		t.Fatal(err)
	}
	want := pipelines.Run{
		SchemaVersion: 1, ID: r.ID(), Pipeline: "my", Competition: "digit-recognizer", Metric: "accuracy", Seed: 1,
		Status: pipelines.RunFailed, Started: noon, Seconds: 90, PeakMemory: got.Steps[0].PeakMemory, Error: "step bad: panic: oh no",
		Steps: []pipelines.RunStep{
			{ID: "ok", Op: "ok", State: pipelines.Done, Key: res.Steps[0].Key, Seconds: got.Steps[0].Seconds, PeakMemory: got.Steps[0].PeakMemory,
				Metrics: map[string]float64{"cv": 0.9}, Why: "never made"},
			{ID: "bad", Op: "bad", State: pipelines.Failed, Key: res.Steps[1].Key, Seconds: got.Steps[1].Seconds, Why: "never made", Error: "step bad: panic: oh no"},
			{ID: "last", Op: "last", State: pipelines.Skipped, Why: "needs bad, which failed"},
		},
		Scores: map[string]float64{"public": 0.99}, Files: map[string]string{"submission": "x.csv"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got.Steps[0].Seconds <= 0 || got.Steps[0].PeakMemory <= 0 {
		t.Errorf("got %+v", got.Steps[0])
	}
	stack := readFile(t, filepath.Join(r.Dir(), "panic-bad.txt"))
	if !strings.HasPrefix(stack, "step bad: panic: oh no\n\n") || !strings.Contains(stack, "record_test.go") {
		t.Errorf("stack:\n%s", stack)
	}
	spec, err := pipelines.Decode("my.yaml", []byte(readFile(t, pipelines.SpecFile(s.Root(), r.ID()))))
	if d := cmp.Diff(decode(t, small), spec, sameSpec); d != "" || err != nil {
		t.Errorf("spec: %v (-want +got):\n%s", err, d)
	}
}

func TestRunStatus(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	stop := errors.New("stopped by hand")
	for _, c := range []struct {
		name string
		err  error
		ev   pipelines.Event
		want string
	}{
		{"ok", nil, pipelines.Event{Event: pipelines.EventRunFinished, Status: pipelines.RunOK}, pipelines.RunOK},
		{"failed", stop, pipelines.Event{Event: pipelines.EventRunFinished, Status: pipelines.RunFailed}, pipelines.RunFailed},
		{"cancelled", context.Canceled, pipelines.Event{}, pipelines.RunInterrupted},
		{"cancelled with a cause", stop, pipelines.Event{Event: pipelines.EventRunFinished, Status: pipelines.RunInterrupted}, pipelines.RunInterrupted},
	} {
		r := startRun(t, root, "my.yaml", noon)
		r.Observe(c.ev)
		if err := r.Finish(c.err, noon); err != nil || r.Run().Status != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, r.Run().Status, err, c.want)
		}
	}
}

func TestRunIDs(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	head := decode(t, small).Digest()[:4]
	var ids []string
	for i, name := range []string{"b.yaml", "b.yaml", "My Spec (2).yaml", "日本.yaml", strings.Repeat("long-name-", 9) + ".yaml"} {
		ids = append(ids, startRun(t, root, name, noon.Add(time.Duration(i/2)*time.Second)).ID())
	}
	want := []string{
		"20261123-124501-b-" + head, "20261123-124501-b-" + head + "-2", "20261123-124502-my-spec-2-" + head,
		"20261123-124502-run-" + head, "20261123-124503-long-name-long-name-long-name-long-name-" + head,
	}
	if d := cmp.Diff(want, ids); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if err := os.MkdirAll(filepath.Join(root, "runs", "99990101-000000-broken-0000"), 0o755); err != nil {
		t.Fatal(err)
	}
	runs, err := pipelines.ListRuns(root)
	if err != nil || len(runs) != 5 || runs[0].ID != want[4] || runs[4].ID != want[0] {
		t.Errorf("list: %v, %v", runs, err)
	}
	newest := strings.Join([]string{want[4], want[3], want[2], want[1]}, ", ")
	for _, c := range []struct{ id, want, msg, hint string }{
		{want[0], want[0], "", ""},
		{"spec", want[2], "", ""},
		{"latest", want[4], "", ""},
		{"124502", "", `2 runs are called "124502"`, "the newest of them: " + want[3]},
		{"x", "", `no run "x"`, "the newest runs are " + newest},
		{"20261123-124502-my-spec-3-" + head, "", `no run "20261123-124502-my-spec-3-` + head + `", did you mean "` + want[2] + `"?`, "the newest runs are " + newest},
	} {
		run, err := pipelines.LoadRun(root, c.id)
		if run.ID != c.want || c.msg == "" != (err == nil) || err != nil && (err.Error() != c.msg || fault.HintOf(err) != c.hint) {
			t.Errorf("load %q: %s, %v; hint %q", c.id, run.ID, err, fault.HintOf(err))
		}
	}
	if runs, err := pipelines.ListRuns(t.TempDir()); err != nil || len(runs) != 0 {
		t.Errorf("no runs: %v, %v", runs, err)
	}
}

func TestRecordThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	r := startRun(t, root, "my.yaml", noon)
	if err := os.RemoveAll(r.Dir()); err != nil {
		t.Fatal(err)
	}
	r.Observe(pipelines.Event{Event: pipelines.EventStepDone, Step: "x"})
	if err := r.Finish(nil, noon); err == nil || !strings.HasPrefix(err.Error(), "write run "+r.ID()+": ") {
		t.Errorf("got %v", err)
	}
}
