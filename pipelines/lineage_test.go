package pipelines_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

func TestLineage(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	start := func(name string, after time.Duration, sets ...string) pipelines.Run {
		t.Helper()
		spec, err := pipelines.Decode(name, []byte(small), sets...)
		if err != nil {
			t.Fatal(err)
		}
		r, err := pipelines.StartRun(root, spec, noon.Add(after))
		if err != nil {
			t.Fatal(err)
		}
		return r.Run()
	}
	first := start("a.yaml", 0)
	other := start("b.yaml", time.Minute)
	elsewhere := start("a.yaml", 2*time.Minute, "competition=titanic")
	second := start("a.yaml", 3*time.Minute, "seed=7", "train.epochs=4")
	again := start("a.yaml", 4*time.Minute, "seed=7", "train.epochs=4")
	for _, r := range []pipelines.Run{first, other, elsewhere} {
		if r.Parent != "" || r.Changes != nil {
			t.Errorf("%s: parent %q, changes %v, want none", r.ID, r.Parent, r.Changes)
		}
	}
	want := []pipelines.Change{{What: "seed", Was: "1", Now: "7"}, {What: "split.seed", Was: "1", Now: "7"}, {What: "train.0.epochs", Was: "3", Now: "4"}}
	if d := cmp.Diff(want, second.Changes); d != "" || second.Parent != first.ID {
		t.Errorf("parent %q, changes (-want +got):\n%s", second.Parent, d)
	}
	if again.Parent != second.ID || len(again.Changes) > 0 {
		t.Errorf("the same again: parent %q, changes %v", again.Parent, again.Changes)
	}
	// A parent that is gone stays the parent; a torn one is passed over.
	if err := os.RemoveAll(filepath.Join(root, "runs", first.ID)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "runs", again.ID, "run.json"), []byte(`{"id`), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := pipelines.LoadRun(root, second.ID); err != nil || got.Parent != first.ID {
		t.Errorf("%+v, %v", got, err)
	}
	if last := start("a.yaml", 5*time.Minute); last.Parent != second.ID {
		t.Errorf("parent %q, want %q", last.Parent, second.ID)
	}
}
