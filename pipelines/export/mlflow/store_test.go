package mlflow

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var at = time.Date(2026, 11, 24, 4, 30, 0, 0, time.UTC)

func aRun() Run {
	return Run{Key: "r1", Name: "first", Experiment: "digits", Status: Finished, Started: at, Ended: at.Add(time.Minute),
		Params: map[string]string{"seed": "1"}, Metrics: map[string][]Point{"cv": {{at, 0, 0.5}}}}
}

// TestKnownExperiment: a run goes to the experiment of its name that MLflow made.
func TestKnownExperiment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for id, text := range map[string]string{
		"1": "experiment_id: '1'\nname: digits\nlifecycle_stage: deleted\n",
		"2": "experiment_id: '2'\nname: digits\nlifecycle_stage: active\n",
		"3": "experiment_id: [\n",
	} {
		if err := os.MkdirAll(filepath.Join(dir, id), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, id, "meta.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	made, err := Store{dir}.Put(aRun())
	if err != nil || made != filepath.Join(dir, "2", RunID("r1")) {
		t.Errorf("made %q, %v", made, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "0")); err == nil {
		t.Error("a store that was there got another default experiment")
	}
}

// TestReplaced: nothing of the run that was there before is left, and nothing beside it.
func TestReplaced(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mlruns")
	r := aRun()
	r.Metrics["old"] = r.Metrics["cv"]
	made := ""
	for range 2 {
		var err error
		if made, err = (Store{dir}).Put(r); err != nil {
			t.Fatal(err)
		}
		delete(r.Metrics, "old")
	}
	if b, err := os.ReadFile(filepath.Join(made, "metrics", "cv")); err != nil || string(b) != "1795494600000 0.5 0\n" {
		t.Errorf("cv is %q, %v", b, err)
	}
	if _, err := os.Stat(filepath.Join(made, "metrics", "old")); err == nil {
		t.Error("a metric of the run before is still there")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 { // the experiments 0 and digits
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestPutErrors(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		dir    string
		change func(*Run)
		want   string
	}{
		"no key":         {"", func(r *Run) { r.Key = "" }, "want a key"},
		"no experiment":  {"", func(r *Run) { r.Experiment = "" }, "want a key and an experiment"},
		"metric":         {"", func(r *Run) { r.Metrics["../x"] = nil }, `"../x"`},
		"parameter":      {"", func(r *Run) { r.Params["/etc"] = "" }, `"/etc"`},
		"tag":            {"", func(r *Run) { r.Tags = map[string]string{"a//b": ""} }, `"a//b"`},
		"long":           {"", func(r *Run) { r.Params[strings.Repeat("x", 251)] = "" }, "xxx"},
		"artifact":       {"", func(r *Run) { r.Files = map[string]string{"../x": file} }, `"../x"`},
		"artifact gone":  {"", func(r *Run) { r.Files = map[string]string{"x": file + "no"} }, "fileno"},
		"not a folder":   {file, func(*Run) {}, "file"},
		"name of a file": {"", func(r *Run) { r.Metrics["cv/x"] = nil }, "cv"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := c.dir
			if dir == "" {
				dir = t.TempDir()
			}
			r := aRun()
			c.change(&r)
			if _, err := (Store{dir}).Put(r); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
			if left, err := filepath.Glob(filepath.Join(dir, ".podium-*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestCut: a text is cut between its letters.
func TestCut(t *testing.T) {
	t.Parallel()
	got := cut(map[string]string{"a": strings.Repeat("ä", 4), "b": "short"}, 5)
	if got["a"] != "ää" || got["b"] != "short" {
		t.Errorf("%q", got)
	}
}

func ExampleStore_Put() {
	dir, err := os.MkdirTemp("", "mlruns")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	made, err := Store{Dir: dir}.Put(Run{Key: "r1", Name: "first", Experiment: "digits", Status: Finished, Started: at, Ended: at.Add(time.Minute),
		Params: map[string]string{"lr": "0.006"}, Metrics: map[string][]Point{"loss": {{at, 1, 0.75}, {at.Add(time.Second), 2, 0.25}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := os.ReadFile(filepath.Join(made, "metrics", "loss"))
	fmt.Print(string(b), err)
	// Output:
	// 1795494600000 0.75 1
	// 1795494601000 0.25 2
	// <nil>
}
