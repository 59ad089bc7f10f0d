package steps_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// A plain blend keeps the key that it always had, whatever the language learns:
// what was trained and blended for an hour is not made again.
func TestPlainBlendKeepsItsKey(t *testing.T) {
	t.Parallel()
	for _, sets := range [][]string{{}, {"blend.weights=equal"}, {"post=[clip off]"}} {
		for _, n := range compile(t, sets...).Nodes() {
			if n.ID != "blend" {
				continue
			}
			key, err := pipelines.Fingerprint(n.Op, n.Seed, nil)
			if err != nil || key != plainBlendKey {
				t.Errorf("%v: key %s, %v; want %s", sets, key, err, plainBlendKey)
			}
		}
	}
}

const plainBlendKey = "f153da2713d22681f8673dd4fb5f551d404a021114d9c052544ad3f4e4cf3daa"

func TestCompileOfEnsembles(t *testing.T) {
	t.Parallel()
	plan := compile(t, "models.line={net: linear}", "blend={how: stack, over: [folds, models], also: {xgb: {oof: o.csv, test: t.csv}}}",
		"post=[temperature auto, clip 0.01]")
	ids := map[string]*pipelines.Node{}
	for _, n := range plan.Nodes() {
		ids[n.ID] = n
	}
	if ids["post"] == nil || ids["outside.xgb"] == nil {
		t.Fatalf("steps %v", ids)
	}
	for _, e := range append(ids["write"].Inputs, ids["submit"].Inputs...) {
		if e.From.Step == "blend" {
			t.Errorf("%s comes from the blend, want from post", e.To)
		}
	}
}

// Photos are called by their paths in training, and their classes have names.
func TestCompileOfEnsembleOfPhotos(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", ", id: n"} {
		spec, err := pipelines.Decode("dogs.yaml", []byte(`competition: dogs
data: {images: "train.zip/train/{label}.{n}.jpg", test: "test.zip/test/{n}.jpg", size: 32`+id+`}
target: {column: label, metric: logloss}
split: {kfold: 2}
models: {cnn: {net: mnist_bn}}
train: [{epochs: 1}]
blend: {also: {mine: {oof: a.csv, test: b.csv}}}
`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := steps.Compile(spec, &steps.Deps{Server: "sandbox"}); err != nil {
			t.Errorf("id %q: %v", id, err)
		}
	}
}

// One run with all of it: weights by the metric, a member from files, corrections.
func TestRunEnsemble(t *testing.T) {
	t.Parallel()
	home, dir := t.TempDir(), t.TempDir()
	oof, test := filepath.Join(dir, "oof.csv"), filepath.Join(dir, "test.csv")
	rows := func(path string, n int) {
		var b strings.Builder
		b.WriteString("ImageId,9,8,7,6,5,4,3,2,1,0\n")
		for i := n; i > 0; i-- { // rows and columns in any order
			fmt.Fprintf(&b, "%d%s\n", i, strings.Repeat(",0.1", 10))
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func() (steps.Outcome, map[string]string, error) {
		ended := map[string]string{}
		out, err := runBuiltin(t.Context(), home, "digit-recognizer-linear", func(e pipelines.Event) {
			if e.Event == pipelines.EventStepCached || e.Event == pipelines.EventStepDone {
				ended[e.Step] = e.Event
			}
		}, "split.stratified_kfold=2", "train.epochs=2", "models.turned={net: linear, augment: {rotate: 10}}",
			fmt.Sprintf("blend={how: mean, weights: auto, also: {flat: {oof: %q, test: %q}}}", oof, test), "post=[temperature 1.3, prior auto, clip auto]")
		return out, ended, err
	}
	if _, _, err := run(); err == nil || fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), "member flat: there is no file "+dir) {
		t.Fatalf("without the files: %v", err)
	}
	rows(oof, 10)
	rows(test, 10)
	if _, _, err := run(); err == nil || !strings.Contains(err.Error(), "read "+oof+": no row has the id \"11\" of train.csv") {
		t.Fatalf("with short files: %v", err)
	}
	rows(oof, trainRows(t, home, "train.csv"))
	rows(test, trainRows(t, home, "test.csv"))
	out, _, err := run()
	if err != nil {
		t.Fatal(err)
	}
	if out.Blend == nil || len(out.Blend.Members) != 3 || out.Blend.Weights != "auto" || out.Blend.Members[0].Name != "flat" ||
		out.Blend.Members[0].CV > 0.2 || out.Blend.CV < 0.8 {
		t.Errorf("blend %+v", out.Blend)
	}
	if out.Post == nil || len(out.Post.Steps) != 3 || !out.Post.Steps[0].Kept || out.Post.Steps[2].Kept || out.CV == nil || *out.CV != out.Post.CV {
		t.Errorf("post %+v, CV %v", out.Post, out.CV)
	}
	record, err := pipelines.LoadRun(home, out.RunID)
	if err != nil || !strings.HasPrefix(record.Notes["temperature"], "1.3: ") || !strings.Contains(record.Notes["chose"], "auto: ") {
		t.Errorf("the run's notes are %v, %v", record.Notes, err)
	}

	second, ended, err := run()
	if err != nil || ended["blend"] != pipelines.EventStepCached || second.Post == nil || *second.CV != *out.CV {
		t.Errorf("again: %v, %v", ended, err)
	}
	f, err := os.OpenFile(oof, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("x,1,0,0,0,0,0,0,0,0,0\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := run(); err == nil || !strings.Contains(err.Error(), `the id "x" is not in train.csv`) {
		t.Errorf("with a changed file: %v", err)
	}
}

// trainRows is how many rows a downloaded table has.
func trainRows(t *testing.T, home, name string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(steps.DataDir(home, "sandbox", "digit-recognizer"), name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(b), "\n") - 1
}
