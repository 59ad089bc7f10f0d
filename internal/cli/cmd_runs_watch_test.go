package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// recorded makes a run of two steps that ends with err in the store at root.
func recorded(t *testing.T, root, name string, err error) *pipelines.Record {
	t.Helper()
	src, _, lerr := pipelines.Load("digit-recognizer")
	if lerr != nil {
		t.Fatal(lerr)
	}
	spec, derr := pipelines.Decode(name, src)
	if derr != nil {
		t.Fatal(derr)
	}
	r, serr := pipelines.StartRun(root, spec, noon)
	if serr != nil {
		t.Fatal(serr)
	}
	tell := func(second int, e pipelines.Event) {
		e.SchemaVersion, e.RunID, e.Time = pipelines.EventVersion, r.ID(), noon.Add(time.Duration(second)*time.Second)
		r.Observe(e)
	}
	half := 0.5
	tell(0, pipelines.Event{Event: pipelines.EventPlanReady, Pipeline: spec.Name, Steps: []pipelines.PlannedStep{
		{ID: "train.cnn.fold0", Op: "train", Status: pipelines.StatusRun, Why: "never made"}, {ID: "blend", Op: "blend", Status: pipelines.StatusPending}}})
	tell(1, pipelines.Event{Event: pipelines.EventStepStarted, Step: "train.cnn.fold0", Op: "train", Why: "never made"})
	tell(12, pipelines.Event{Event: pipelines.EventStepProgress, Step: "train.cnn.fold0", Op: "train", Fraction: &half, Text: "epoch 1 of 2",
		Fields: map[string]any{"loss": 0.25, "images_per_second": 100.0}})
	if err == nil {
		tell(21, pipelines.Event{Event: pipelines.EventStepDone, Step: "train.cnn.fold0", Op: "train", Seconds: 20, Metrics: map[string]float64{"loss": 0.125}})
		tell(22, pipelines.Event{Event: pipelines.EventStepCached, Step: "blend", Op: "blend"})
		tell(23, pipelines.Event{Event: pipelines.EventRunFinished, Pipeline: spec.Name, Status: pipelines.RunOK, Seconds: 23})
	}
	uerr := r.Update(func(run *pipelines.Run) {
		run.Server = "sandbox"
		run.Metrics["cv"], run.Metrics["cv_spread"], run.Scores["public"], run.Scores["rank"], run.Scores["teams"] = 0.98, 0.001, 0.99, 3, 44
	})
	if ferr := r.Finish(err, noon.Add(23*time.Second)); uerr != nil || ferr != nil {
		t.Fatal(uerr, ferr)
	}
	return r
}

// TestRunsWatch: a run that is over is told of again, with the times that it had, and
// how it ended is the command's end. Not parallel, since the program reads its
// environment.
func TestRunsWatch(t *testing.T) {
	home := t.TempDir()
	t.Setenv("PODIUM_HOME", home)
	run := func(words string) (code int, out, talk string) {
		var stdout, stderr bytes.Buffer
		code = Main(context.WithoutCancel(t.Context()), strings.Fields("podium runs watch "+words), strings.NewReader(""), &stdout, &stderr)
		return code, strings.ReplaceAll(stdout.String(), home, "HOME"), strings.ReplaceAll(stderr.String(), home, "HOME")
	}
	check := func(words string, code int, out, talk string) {
		t.Helper()
		gotCode, gotOut, gotTalk := run(words)
		if gotCode != code || gotOut != out || gotTalk != talk {
			t.Errorf("watch %s: exit %d, want %d; stdout (-want +got):\n%s\nstderr (-want +got):\n%s", words, gotCode, code, cmp.Diff(out, gotOut), cmp.Diff(talk, gotTalk))
		}
	}
	check("", 2, "", "podium: error: no run \"latest\"\npodium: hint: podium run PIPELINE makes one\n")

	id := recorded(t, home, "good.yaml", nil).ID()
	result := "run         " + id + "\nCV          0.98000 accuracy (spread over folds 0.00100)\npublic      0.99000\nplace       3 of 44\ntook        23 s\n"
	lines := `good: 2 steps
train.cnn.fold0 ...
train.cnn.fold0: 50 %  epoch 1 of 2, loss 0.2500, 100 images/s
done train.cnn.fold0  20.0s  loss 0.1250
Cached blend
`
	check("", 0, result, lines)
	check("good --quiet", 0, result, "")
	check("latest --json", 0, strings.ReplaceAll(`{"schema_version":1,"time":"2026-11-24T12:00:00Z","event":"plan_ready","run_id":"ID","pipeline":"good","steps":[{"id":"train.cnn.fold0","op":"train","status":"run","why":"never made"},{"id":"blend","op":"blend","status":"pending"}]}
{"schema_version":1,"time":"2026-11-24T12:00:01Z","event":"step_started","run_id":"ID","step":"train.cnn.fold0","op":"train","why":"never made"}
{"schema_version":1,"time":"2026-11-24T12:00:12Z","event":"step_progress","run_id":"ID","step":"train.cnn.fold0","op":"train","fraction":0.5,"text":"epoch 1 of 2","fields":{"images_per_second":100,"loss":0.25}}
{"schema_version":1,"time":"2026-11-24T12:00:21Z","event":"step_done","run_id":"ID","step":"train.cnn.fold0","op":"train","seconds":20,"metrics":{"loss":0.125}}
{"schema_version":1,"time":"2026-11-24T12:00:22Z","event":"step_cached","run_id":"ID","step":"blend","op":"blend"}
{"schema_version":1,"time":"2026-11-24T12:00:23Z","event":"run_finished","run_id":"ID","pipeline":"good","seconds":23,"status":"ok"}
{"schema_version":1,"time":"2026-11-24T12:00:23Z","event":"ended","run_id":"ID","pipeline":"good","competition":"digit-recognizer","status":"ok","seconds":23,"metrics":{"cv":0.98,"cv_spread":0.001},"scores":{"public":0.99,"rank":3,"teams":44},"files":null,"error":null}
`, "ID", id), "")

	bad := recorded(t, home, "bad.yaml", fault.New(fault.Failed, "mend it", "step train.cnn.fold0: oh no")).ID()
	lines = "bad: 2 steps\ntrain.cnn.fold0 ...\ntrain.cnn.fold0: 50 %  epoch 1 of 2, loss 0.2500, 100 images/s\n"
	check("bad", 1, "", lines+"podium: error: run "+bad+" failed: step train.cnn.fold0: oh no\npodium: hint: mend it\n")
	stopped := recorded(t, home, "stopped.yaml", context.Canceled).ID()
	check("stopped --quiet", 1, "", "podium: error: run "+stopped+" was interrupted\npodium: hint: podium run HOME/runs/"+stopped+"/spec.yaml --sandbox goes on where it stopped\n")

	// A process that was killed leaves a record that says running.
	record := filepath.Join(home, "runs", bad, "run.json")
	b, err := os.ReadFile(record)
	if err == nil {
		err = os.WriteFile(record, bytes.Replace(b, []byte(`"failed"`), []byte(`"running"`), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	check("bad --quiet", 1, "", "podium: error: run "+bad+": its process ended without a word\npodium: hint: podium run HOME/runs/"+bad+"/spec.yaml --sandbox goes on where it stopped\n")
	code, out, _ := run("bad --json")
	if last := out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]; code != 1 || !strings.Contains(last, `"status":"died"`) || !strings.Contains(last, `"error":"its process ended without a word"`) {
		t.Errorf("exit %d, the last line is %s", code, last)
	}
}

// TestRunsWatchStopped: who stops watching leaves the run alone.
func TestRunsWatchStopped(t *testing.T) {
	home := t.TempDir()
	t.Setenv("PODIUM_HOME", home)
	src, name, err := pipelines.Load("digit-recognizer")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := pipelines.Decode(name, src)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pipelines.StartRun(home, spec, noon)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, talk bytes.Buffer
	code := Main(ctx, []string{"podium", "runs", "watch"}, strings.NewReader(""), &out, &talk)
	if code != exitInterrupted || !strings.Contains(talk.String(), "hint: the run goes on; podium runs watch follows it again") {
		t.Errorf("exit %d: %s", code, &talk)
	}
	if run, err := pipelines.LoadRun(home, r.ID()); err != nil || run.Status != pipelines.RunRunning || !pipelines.RunLives(home, r.ID()) {
		t.Errorf("the run is %q, %v", run.Status, err)
	}
	if err := r.Finish(nil, noon); err != nil {
		t.Error(err)
	}
}
