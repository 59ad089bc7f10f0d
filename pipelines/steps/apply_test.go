package steps_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

func twoThreads() (engine.Engine, error) { return cpu.New(cpu.Options{Threads: 2}) }

// submitted is the last probability of each row of a run's submission, by id.
func submitted(t *testing.T, out steps.Outcome) map[string]float64 {
	t.Helper()
	b, err := os.ReadFile(*out.Submission)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, r := range rows[1:] {
		if got[r[0]], err = strconv.ParseFloat(r[len(r)-1], 32); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

// What a run's nets say of its own test photos is what the run submitted, whatever the
// nets, the blend and the corrections.
func TestApplyIsTheRun(t *testing.T) {
	t.Parallel()
	p := newPhotoBox(t)
	archive := filepath.Join(steps.DataDir(p.home, "sandbox", "dogs-vs-cats-redux-kernels-edition"), "test.zip")
	scratch := p
	scratch.weights = "" // no backbone
	cnn := "models={cnn: {net: small_cnn, copies: 2, augment: {rotate: 20, zoom: 0.2}}, a: {net: small_cnn}}"
	whole := "train=[{epochs: 1, batch: 16, lr: 0.002}]"
	for name, sets := range map[string][]string{
		"heads":             nil,
		"heads, then whole": {"train=[{freeze: backbone, epochs: 1, batch: 16}, {epochs: 1, batch: 16, lr: 0.0001}]", "models.lite.passes=1"},
		"auto, corrected":   {cnn, whole, "blend={weights: auto, over: [folds, copies, models, tta 2]}", "post=[temperature auto, prior auto, clip 0.02]"},
		"geometric":         {cnn, whole, "blend={how: geometric, over: [folds, copies, models]}"},
		"given weights":     {cnn, whole, "blend={how: geometric, weights: {cnn: 1, a: 2}, over: [folds, copies, models]}"},
		"stack":             {cnn, whole, "blend={how: stack, over: [folds, copies, models]}", "post=[prior 0.4 0.6]"},
		"students":          {"pseudo={mix: [5, 2, 1], labels: hard}", "models.lite.passes=3", "blend.over=[folds, copies, models, tta 2]", "post=[temperature auto]"},
		"their students":    {cnn, whole, "pseudo={rounds: 2}", "blend={how: stack, over: [folds, copies, models]}"},
	} {
		box := p
		if len(sets) > 0 && sets[0] == cnn {
			box = scratch
		}
		out, err := box.run(t, t.Context(), nil, sets...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		run, err := steps.OpenRun(p.home, out.RunID)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := run.Apply(t.Context(), archive, twoThreads, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := submitted(t, out)
		if len(got.IDs) != len(want) || strings.Join(got.Classes, " ") != "cat dog" || strings.Join(got.Origins, "") != "sandbox:dogs-vs-cats-redux-kernels-edition" {
			t.Fatalf("%s: %d rows, classes %v, origins %v", name, len(got.IDs), got.Classes, got.Origins)
		}
		for i, id := range got.IDs {
			id = strings.TrimSuffix(strings.TrimPrefix(id, "test/"), ".jpg")
			if float32(want[id]) != got.Proba[2*i+1] {
				t.Fatalf("%s: photo %s: %v, submitted %v", name, id, got.Proba[2*i+1], want[id])
			}
		}
		if left, err := filepath.Glob(filepath.Join(p.home, "work", "apply-*")); err != nil || len(left) > 0 {
			t.Errorf("%s: left behind %v, %v", name, left, err)
		}
	}
}

// Rows of a table are told by their number, or by their id.
func TestApplyTable(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	out, _ := states(t, home)
	run, err := steps.OpenRun(home, out.RunID)
	if err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(steps.DataDir(home, "sandbox", "digit-recognizer"), "test.csv")
	got, err := run.Apply(t.Context(), table, twoThreads, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := submitted(t, out)
	var b strings.Builder
	if err := got.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if lines[0] != "id,class,0,1,2,3,4,5,6,7,8,9" || len(lines) != len(want)+2 {
		t.Fatalf("%s, %d lines for %d rows", lines[0], len(lines), len(want))
	}
	for _, l := range lines[1 : len(lines)-1] {
		cells := strings.Split(l, ",")
		if class, err := strconv.ParseFloat(cells[1], 64); err != nil || class != want[cells[0]] {
			t.Fatalf("%s: submitted %v, %v", l, want[cells[0]], err)
		}
	}
}

// A run that cannot be used says why and what to do.
func TestApplyErrors(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if _, err := steps.OpenRun(home, "latest"); err == nil || fault.HintOf(err) != "podium run PIPELINE makes one" {
		t.Errorf("no runs: %v, hint %s", err, fault.HintOf(err))
	}
	out, _ := states(t, home)
	run, err := steps.OpenRun(home, out.RunID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Apply(t.Context(), t.TempDir(), twoThreads, nil); err == nil {
		t.Error("a folder is a table")
	}
	store, err := pipelines.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	models, err := filepath.Glob(filepath.Join(store.Root(), "artifacts", "*", "model.safetensors"))
	if err != nil || len(models) != 2 {
		t.Fatalf("models %v, %v", models, err)
	}
	for _, m := range models {
		if err := os.Remove(m); err != nil {
			t.Fatal(err)
		}
	}
	_, err = run.Apply(t.Context(), t.TempDir(), twoThreads, nil)
	want := "run " + out.RunID + ": what train.linear.fold0 and one more step made is no longer there; podium cache gc removes what was not used for a while"
	if err == nil || err.Error() != want || !strings.HasSuffix(fault.HintOf(err), "spec.yaml --sandbox makes it again") {
		t.Errorf("%v, hint %s", err, fault.HintOf(err))
	}
}
