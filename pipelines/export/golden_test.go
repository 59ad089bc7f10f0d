package export

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

var update = flag.Bool("update", false, "rewrite testdata/*.txtar; then run testdata/run.sh --update")

// began is when the run of these tests began.
var began = time.Date(2026, 11, 24, 4, 30, 0, 0, time.UTC)

func after(seconds float64) time.Time {
	return began.Add(time.Duration(seconds * float64(time.Second)))
}

// epochs are the epochs of the two nets.
var epochs = [2][]train.EpochStats{
	{{Epoch: 1, Loss: 0.75, LR: 0.006, Seconds: 4, Score: 0.9}, {Epoch: 2, Loss: 0.25, LR: 0.003, Seconds: 4.5, Score: 0.95}},
	{{Epoch: 1, Loss: 0.8, LR: 0.006, Seconds: 4.25}},
}

var params = map[string]string{"models.cnn.net": "mnist_bn", "seed": "1", "submit.wait": "true", "train.0.lr": "0.006"}

// aRun is a run of two nets with a score.
func aRun(t *testing.T) *Run {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "submission.csv")
	if err := os.WriteFile(file, []byte("ImageId,Label\n1,7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return &Run{
		Run: pipelines.Run{SchemaVersion: pipelines.RecordVersion, ID: "20261124-043000-digits-4f2a", Pipeline: "digits", Competition: "digit-recognizer",
			Server: "sandbox", Metric: "accuracy", Precision: "fp32", Tool: "v1.2.3", Status: pipelines.RunOK, Started: began, Seconds: 20, PeakMemory: 1 << 28,
			Metrics: map[string]float64{"cv": 0.9875, "cv_spread": 0.0025}, Scores: map[string]float64{"public": 0.99, "rank": 7},
			Notes: map[string]string{"warning.leaks": "photos of one driver\nare in two folds"}},
		Params: params,
		Curves: []Curve{{"train.cnn.fold0", after(1), epochs[0]}, {"train.cnn.fold1", after(10), epochs[1]}},
		Files:  map[string]string{"submission.csv": file},
	}
}

// TestGoldenTensorBoard: the bytes of the event files are those that the real
// TensorBoard has read (testdata/read.txt).
func TestGoldenTensorBoard(t *testing.T) {
	t.Parallel()
	dir := folder(t, "tensorboard")
	for range 2 { // the second replaces the first
		made, err := aRun(t).TensorBoard(dir)
		if err != nil || made != filepath.Join(dir, "20261124-043000-digits-4f2a") {
			t.Fatal(made, err)
		}
	}
	sameAsGolden(t, "tensorboard", dir)
}

// TestGoldenMLflow: and so are the files of the store, by the real MLflow.
func TestGoldenMLflow(t *testing.T) {
	t.Parallel()
	dir := folder(t, "mlruns")
	made := ""
	for range 2 {
		var err error
		if made, err = aRun(t).MLflow(dir); err != nil {
			t.Fatal(err)
		}
	}
	if rel, err := filepath.Rel(dir, made); err != nil || len(strings.Split(filepath.ToSlash(rel), "/")) != 2 {
		t.Errorf("made %s", made)
	}
	failed := aRun(t)
	failed.ID, failed.Status, failed.Error, failed.Files, failed.Curves = "20261124-050000-digits-4f2a", pipelines.RunFailed, "step blend: no space", nil, nil
	failed.Started = after(1800)
	if _, err := failed.MLflow(dir); err != nil {
		t.Fatal(err)
	}
	sameAsGolden(t, "mlruns", dir)
}

// TestGoldenLive: what a run writes while it trains. The first net's events miss no
// epoch but the last, the second was there before.
func TestGoldenLive(t *testing.T) {
	t.Parallel()
	dir, home := folder(t, "live"), t.TempDir()
	r := aRun(t)
	live := &Live{dir: dir, params: params, nets: map[string]*liveNet{}}
	nets := [2]string{}
	for i := range nets {
		nets[i] = t.TempDir()
		writeJSON(t, filepath.Join(nets[i], "history.json"), epochs[i])
	}
	live.Observe(pipelines.Event{Event: pipelines.EventPlanReady, Time: after(0.5), RunID: r.ID})
	progress := func(seconds float64, step, epoch int, loss any) {
		fields := map[string]any{"epoch": epoch, "epochs": 2, "step": step, "steps": 4, "loss": loss, "lr": 0.006, "images_per_second": 640.0}
		if e := epochs[0][0]; epoch > 1 {
			fields["ended_epoch"], fields["ended_loss"], fields["ended_lr"], fields["ended_seconds"], fields["ended_score"] = e.Epoch, e.Loss, e.LR, e.Seconds, e.Score
		}
		live.Observe(pipelines.Event{Event: pipelines.EventStepProgress, Step: "train.cnn.fold0", Time: after(seconds), Fields: fields})
	}
	live.Observe(pipelines.Event{Event: pipelines.EventStepProgress, Step: "images.train", Time: after(0.75), Text: "photo 3 of 4"})
	progress(2, 1, 1, 1.5)
	progress(3, 2, 1, 1.0)
	progress(5.5, 3, 2, 0.5)
	progress(5.501, 4, 2, 0.4) // too soon after the one before
	live.Observe(pipelines.Event{Event: pipelines.EventStepDone, Step: "train.cnn.fold0", Time: after(9.5), Dir: nets[0]})
	live.Observe(pipelines.Event{Event: pipelines.EventStepCached, Step: "train.cnn.fold1", Time: after(9.5), Dir: nets[1]})
	live.Observe(pipelines.Event{Event: pipelines.EventStepCached, Step: "blend", Time: after(9.5), Dir: home}) // no net
	if err := os.MkdirAll(filepath.Join(home, "runs", r.ID), 0o700); err != nil {
		t.Fatal(err)
	}
	writeJSON(t, filepath.Join(home, "runs", r.ID, "run.json"), r.Run)
	made, err := live.Finish(home)
	if err != nil || made != filepath.Join(dir, r.ID) {
		t.Fatal(made, err)
	}
	sameAsGolden(t, "live", dir)
	if _, err := r.TensorBoard(dir); fault.KindOf(err) != fault.Usage {
		t.Errorf("an export over what was written live: %v", err)
	}
}

func writeJSON(t *testing.T, path string, v any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// sameAsGolden compares the files under dir with testdata/NAME.txtar, where ROOT
// stands for dir and base64 for bytes that are no text. testdata/run.sh names a folder
// to make the files in for the real tools.
func sameAsGolden(t *testing.T, name, dir string) {
	t.Helper()
	slashed := filepath.ToSlash(dir)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	got := &txtar.Archive{}
	for _, file := range readTree(t, dir) {
		file.Data = bytes.ReplaceAll(file.Data, []byte(slashed), []byte("ROOT"))
		if !utf8.Valid(file.Data) {
			file.Data = []byte(base64.StdEncoding.EncodeToString(file.Data))
		}
		got.Files = append(got.Files, file)
	}
	golden := filepath.Join("testdata", name+".txtar")
	if *update {
		if err := os.WriteFile(golden, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(txtar.Format(got))); d != "" {
		t.Errorf("%s (-want +got):\n%s", golden, d)
	}
}

// folder is where a test makes files: one of its own, or one that testdata/run.sh
// named.
func folder(t *testing.T, name string) string {
	t.Helper()
	if dir := os.Getenv("PODIUM_EXPORT_DIR"); dir != "" {
		return filepath.Join(dir, name)
	}
	return filepath.Join(t.TempDir(), name)
}

// readTree is every file under dir by its path, with slashes, sorted.
func readTree(t *testing.T, dir string) (files []txtar.File) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		files = append(files, txtar.File{Name: filepath.ToSlash(rel), Data: b})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
