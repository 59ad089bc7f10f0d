package export

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// net is a step that trained a net, or made something else.
type net struct{ History bool }

func (net) Name() string             { return "train" }
func (net) Version() int             { return 1 }
func (n net) Params() any            { return n }
func (net) Inputs() []pipelines.Port { return nil }
func (n net) Outputs() []pipelines.Port {
	if n.History {
		return []pipelines.Port{{Name: "history", Kind: "history", File: "history.json"}}
	}
	return []pipelines.Port{{Name: "table", Kind: "table"}}
}

func (n net) Run(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
	b, err := json.Marshal(epochs[0])
	if err != nil {
		return pipelines.Report{}, err
	}
	return pipelines.Report{}, os.WriteFile(env.Path(n.Outputs()[0].Name), b, 0o600)
}

const spec = `competition: digit-recognizer
data: {table: train.csv, test: test.csv, pixels: pixel* 28x28x1}
target: {column: label, metric: accuracy}
split: {stratified_kfold: 2}
models: {cnn: {net: mnist_bn}}
train: [{epochs: 2, lr: 0.006}]
`

// home has a run of two steps, one of which trained a net.
func home(t *testing.T) (home string, s *pipelines.Spec, id string) {
	t.Helper()
	home = t.TempDir()
	s, err := pipelines.Decode("digits.yaml", []byte(spec))
	if err != nil {
		t.Fatal(err)
	}
	store, err := pipelines.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	b := pipelines.NewBuilder("digits")
	b.Add("table", net{}, 0)
	b.Add("train.cnn.fold0", net{History: true}, 0)
	plan, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	record, err := pipelines.StartRun(home, s, began)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&pipelines.Local{Store: store}).Run(t.Context(), plan, pipelines.Options{RunID: record.ID(), OnEvent: record.Observe}); err != nil {
		t.Fatal(err)
	}
	if err := record.Update(func(r *pipelines.Run) { r.Metrics["cv"] = 0.9875 }); err != nil {
		t.Fatal(err)
	}
	if err := record.Finish(nil, after(20)); err != nil {
		t.Fatal(err)
	}
	return home, s, record.ID()
}

func TestOpen(t *testing.T) {
	t.Parallel()
	home, _, id := home(t)
	r, err := Open(home, "latest")
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != id || r.Metrics["cv"] != 0.9875 || r.Params["train.0.lr"] != "0.006" || r.Params["models.cnn.net"] != "mnist_bn" {
		t.Errorf("%+v", r)
	}
	if len(r.Curves) != 1 || r.Curves[0].Step != "train.cnn.fold0" || r.Curves[0].Began.IsZero() || cmp.Diff(epochs[0], r.Curves[0].Epochs) != "" {
		t.Errorf("curves %+v", r.Curves)
	}
	for _, name := range []string{"run.json", "spec.yaml"} {
		if want := filepath.Join(home, "runs", id, name); r.Files[name] != want {
			t.Errorf("%s is %q, want %q", name, r.Files[name], want)
		}
	}
	if got := r.ended(); !got.Equal(after(20)) {
		t.Errorf("ended %v", got)
	}
	if _, err := Open(home, "nosuch"); fault.KindOf(err) != fault.Usage {
		t.Errorf("a run that is not there: %v", err)
	}

	// What was made is gone: the curve is, too, and the rest stays.
	if err := os.RemoveAll(filepath.Join(home, "artifacts")); err != nil {
		t.Fatal(err)
	}
	if r, err = Open(home, id); err != nil || len(r.Curves) != 0 || r.Metrics["cv"] != 0.9875 {
		t.Errorf("after gc: %+v, %v", r, err)
	}
}

func TestOpenBrokenHistory(t *testing.T) {
	t.Parallel()
	home, _, id := home(t)
	files, err := filepath.Glob(filepath.Join(home, "artifacts", "*", "history.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	b[0] = '{' // of another length, the store takes it for gone
	if err := os.WriteFile(files[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(home, id); err != nil && !strings.Contains(err.Error(), "history.json") {
		t.Errorf("the error does not name the file: %v", err)
	} else if err == nil {
		t.Error("a broken history is no error")
	}
}

// TestLiveErrors: a run goes on when its event files cannot be written, and is told at
// the end; a folder that cannot be made is an error before it begins.
func TestLiveErrors(t *testing.T) {
	t.Parallel()
	home, s, id := home(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewLive(file, s); err == nil {
		t.Error("a file is no folder")
	}
	dir := filepath.Join(t.TempDir(), "tb")
	live, err := NewLive(dir, s)
	if err != nil {
		t.Fatal(err)
	}
	if made, err := live.Finish(home); made != "" || err != nil {
		t.Errorf("of a run that never began: %q, %v", made, err)
	}
	if err := os.WriteFile(filepath.Join(dir, id), nil, 0o600); err != nil { // where its folder is to be
		t.Fatal(err)
	}
	live.Observe(pipelines.Event{Event: pipelines.EventPlanReady, RunID: id, Time: began})
	live.Observe(pipelines.Event{Event: pipelines.EventStepFailed, Step: "train.cnn.fold0", Time: began})
	if _, err := live.Finish(home); err == nil || !strings.Contains(err.Error(), id) {
		t.Errorf("want an error that names the folder, got %v", err)
	}
}

// TestLiveGoesOn: of a net whose first epochs an earlier run trained, only those of
// this one are drawn.
func TestLiveGoesOn(t *testing.T) {
	t.Parallel()
	home, s, id := home(t)
	dir := t.TempDir()
	live, err := NewLive(dir, s)
	if err != nil {
		t.Fatal(err)
	}
	made := t.TempDir()
	writeJSON(t, filepath.Join(made, "history.json"), epochs[0])
	live.Observe(pipelines.Event{Event: pipelines.EventPlanReady, RunID: id, Time: began})
	live.Observe(pipelines.Event{Event: pipelines.EventStepProgress, Step: "train.cnn.fold0", Time: after(1), Fields: map[string]any{
		"epoch": 2, "step": 3, "loss": "NaN", "ended_epoch": 1, "ended_loss": 0.75}})
	live.Observe(pipelines.Event{Event: pipelines.EventStepDone, Step: "train.cnn.fold0", Time: after(2), Dir: made})
	root, err := live.Finish(home)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(root, "train.cnn.fold0", "events.out.tfevents.1795494601.podium-live"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), "epoch/loss"); n != 1 {
		t.Errorf("%d points of epoch/loss, want that of epoch 2", n)
	}
	if strings.Contains(string(b), "step/loss") {
		t.Error("a loss that is no number was drawn")
	}
}
