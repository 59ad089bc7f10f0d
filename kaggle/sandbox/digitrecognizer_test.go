package sandbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

func TestEnsure(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := sandbox.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if infos, err := s.List(); err != nil || len(infos) != 4 || infos[0].Dir != "" || infos[0].Origin != "sandbox:digit-recognizer" {
		t.Errorf("before: %+v, %v", infos, err)
	}
	if err := s.Ensure(t.Context(), "digit-recognizer", nil); err != nil {
		t.Fatal(err)
	}
	// the files are what participants' caches are keyed by: a change needs a reason
	for name, want := range map[string]string{
		"data/train.csv":             "b182df42391c0b943730a8f36cabfe844124770691ad40a26c74d4be381e4af0",
		"data/test.csv":              "653ac4034e679f1001963b3188794ae15707fb958078e30fe6752e630a10c7a9",
		"data/sample_submission.csv": "3f16413c0d2952c6534c7bf759f8fc006c03e92a035b247e1f276fe49ed2824e",
		"solution.csv":               "10a422bdde62dc94dba1a85341ec3ca8a3209562685ee963ae78266ed21464fc",
		"leaderboard.csv":            "c45af6ca8b23ae74817e7bcd04bc60908e2e96ff95848fb7a5d980e7fcd9a7c1",
	} {
		if got, err := digest.File(filepath.Join(dir, "digit-recognizer", name)); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", name, got, err, want)
		}
	}
	solution, err := os.ReadFile(filepath.Join(dir, "digit-recognizer", "solution.csv"))
	if err != nil || bytes.Count(solution, []byte(",Public\n")) != 1250 || bytes.Count(solution, []byte(",Private\n")) != 3750 {
		t.Errorf("solution: want 1250 public and 3750 private rows (%v)", err)
	}
	infos, err := s.List()
	if err != nil || len(infos) != 4 || infos[0].Source != "mnist-subset" || infos[0].Dir == "" {
		t.Errorf("after: %+v, %v", infos, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".new-") {
			t.Errorf("left behind: %s", e.Name())
		}
	}
	if err := s.Ensure(t.Context(), "titanic", nil); fault.KindOf(err) != fault.Usage || fault.HintOf(err) == "" {
		t.Errorf("unknown competition: %v", err)
	}
}

func TestAddMNIST(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("PODIUM_MNIST")
	if dir == "" {
		t.Skip("SKIPPED: set PODIUM_MNIST to the folder with MNIST's four IDX files")
	}
	state := t.TempDir()
	r := newRig(t, state)
	if err := r.Ensure(t.Context(), "digit-recognizer", nil); err != nil {
		t.Fatal(err)
	}
	if err := r.AddMNIST(dir); err != nil {
		t.Fatal(err)
	}
	for name, rows := range map[string]int{"data/train.csv": 42_000, "data/test.csv": 28_000, "data/sample_submission.csv": 28_000, "solution.csv": 28_000} {
		b, err := os.ReadFile(filepath.Join(state, "digit-recognizer", filepath.FromSlash(name)))
		if err != nil || bytes.Count(b, []byte("\n")) != rows+1 {
			t.Errorf("%s: %d lines (%v), want %d rows", name, bytes.Count(b, []byte("\n")), err, rows)
		}
	}
	infos, err := r.List()
	if err != nil || infos[0].Source != "mnist" || !strings.Contains(infos[0].Title, "not Kaggle's") {
		t.Errorf("%+v, %v", infos, err)
	}
	if err := r.Ensure(t.Context(), "digit-recognizer", nil); err != nil { // does not put the small one back
		t.Fatal(err)
	}
	if infos, err := r.List(); err != nil || infos[0].Source != "mnist" {
		t.Errorf("after Ensure: %+v, %v", infos, err)
	}
}

func TestAddMNISTRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	if err := r.AddMNIST(t.TempDir()); !errors.Is(err, fs.ErrNotExist) || fault.KindOf(err) != fault.Usage || fault.HintOf(err) == "" {
		t.Errorf("empty folder: %v", err)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file") // a folder cannot be made below a file, not even by root
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Open(filepath.Join(file, "state")); err == nil || fault.HintOf(err) == "" {
		t.Errorf("got %v, hint %q", err, fault.HintOf(err))
	}
}

func ExampleSandbox_List() {
	dir, err := os.MkdirTemp("", "podium")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	s, err := sandbox.Open(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	infos, err := s.List()
	for _, i := range infos {
		fmt.Println(i.Name, i.Metric, i.Origin)
	}
	fmt.Println(err)
	// Output:
	// digit-recognizer accuracy sandbox:digit-recognizer
	// dogs-vs-cats-redux-kernels-edition logloss_binary sandbox:dogs-vs-cats-redux-kernels-edition
	// state-farm-distracted-driver-detection logloss sandbox:state-farm-distracted-driver-detection
	// the-nature-conservancy-fisheries-monitoring logloss sandbox:the-nature-conservancy-fisheries-monitoring
	// <nil>
}
