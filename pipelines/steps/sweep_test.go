package steps_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// A sweep is of the head, or of the whole net after it; it says the same twice and
// leaves no model, checkpoint or record of a run.
func TestSweep(t *testing.T) {
	t.Parallel()
	p := newPhotoBox(t)
	client, stop := p.serve(t)
	defer stop()
	settings := steps.Settings{Home: p.home, Client: client, Server: submissions.Sandbox, Offline: true, OpenEngine: twoThreads}
	options := steps.SweepOptions{FindOptions: train.FindOptions{From: 1e-5, To: 1, Steps: 12}}
	sweep := func(o steps.SweepOptions, sets ...string) (steps.Swept, error) {
		spec := decodeTransfer(t, append([]string{"models.lite.weights=" + p.weights, "models.lite.passes=1"}, sets...)...)
		return steps.Sweep(t.Context(), spec, settings, o)
	}
	first, err := sweep(options)
	if err != nil {
		t.Fatal(err)
	}
	if first.Model != "lite" || first.Phase != 0 || len(first.Curve.Points) < 5 {
		t.Fatalf("%+v", first)
	}
	if lr := first.Curve.LR; lr > 0 && !strings.Contains(first.Line, "lr: ") || !strings.HasPrefix(first.Line, "- {") && lr > 0 {
		t.Errorf("proposal %v, line %q", lr, first.Line)
	}
	again, err := sweep(options)
	if err != nil || !slices.Equal(again.Curve.Points, first.Curve.Points) {
		t.Errorf("again: %v, %+v", err, again.Curve)
	}
	for _, left := range []string{"artifacts/*/model.safetensors", "runs/*", "work/*"} {
		if found, err := filepath.Glob(filepath.Join(p.home, left)); err != nil || len(found) > 0 {
			t.Errorf("left behind %v, %v", found, err)
		}
	}
	if _, err := sweep(steps.SweepOptions{Whole: true}); fault.KindOf(err) != fault.Usage {
		t.Errorf("all frozen, yet whole: %v", err)
	}
	if _, err := sweep(steps.SweepOptions{Model: "vgg"}); fault.HintOf(err) != "models: lite" {
		t.Errorf("another model: %v, hint %s", err, fault.HintOf(err))
	}
	options.Whole = true
	whole, err := sweep(options, "train=[{freeze: backbone, epochs: 1, batch: 8}, {epochs: 1, batch: 8, lr: 0.0001}]")
	if err != nil || whole.Phase != 1 || whole.Curve.Points[0].Loss == first.Curve.Points[0].Loss {
		t.Errorf("whole: %v, %+v", err, whole)
	}
	models, err := filepath.Glob(filepath.Join(p.home, "artifacts", "*", "model.safetensors"))
	if err != nil || len(models) != 1 { // the head, which the whole net begins with
		t.Errorf("models %v, %v", models, err)
	}
	if _, err := os.Stat(filepath.Join(p.home, "runs")); err == nil {
		t.Error("there is a record of a run")
	}
	if _, err := pipelines.LoadRun(p.home, "latest"); err == nil {
		t.Error("there is a run")
	}
}
