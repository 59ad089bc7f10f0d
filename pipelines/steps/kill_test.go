package steps_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// childHome makes the test binary a child that runs the pipeline in this home
// folder, and prints its events, until it is done or killed.
const childHome = "PODIUM_TEST_CHILD_HOME"

func TestMain(m *testing.M) {
	if home := os.Getenv(childHome); home != "" {
		enc := json.NewEncoder(os.Stdout)
		if _, err := runDigits(context.Background(), home, func(e pipelines.Event) { enc.Encode(e) }); err != nil {
			panic(err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// runDigits runs a short form of the built-in: the same net, augmentation and
// average, two folds, few epochs.
func runDigits(ctx context.Context, home string, see func(pipelines.Event)) (steps.Outcome, error) {
	return runBuiltin(ctx, home, "digit-recognizer", see,
		"split.stratified_kfold=2", "train.epochs=2", "blend.over=[folds, copies, models]")
}

// A run that is killed without warning in the middle of training, started again,
// ends with the submission of a run that nobody disturbed.
func TestKillAndRunAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("trains four small nets")
	}
	whole, err := runDigits(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	killInEpoch(t, home, "train.cnn.fold0", 2)
	killInEpoch(t, home, "train.cnn.fold1", 1)

	cached := map[string]bool{}
	again, err := runDigits(t.Context(), home, func(e pipelines.Event) {
		if e.Event == pipelines.EventStepCached {
			cached[e.Step] = true
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !cached["train.cnn.fold0"] || cached["train.cnn.fold1"] {
		t.Errorf("cached after the kills: %v; want the finished fold and not the other", cached)
	}
	want, got := read(t, *whole.Submission), read(t, *again.Submission)
	if !bytes.Equal(want, got) {
		t.Errorf("the submissions differ: %d and %d bytes", len(want), len(got))
	}
	if *whole.CV != *again.CV || *whole.Public != *again.Public {
		t.Errorf("CV %v and %v, public %v and %v: want them equal", *whole.CV, *again.CV, *whole.Public, *again.Public)
	}
}

// killInEpoch starts a child and kills it once the step is well inside the epoch.
func killInEpoch(t *testing.T, home, step string, epoch float64) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childHome+"="+home)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e pipelines.Event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Step != step || e.Event != pipelines.EventStepProgress {
			continue
		}
		if at, _ := e.Fields["epoch"].(float64); at == epoch && e.Fraction != nil && *e.Fraction > (epoch-0.6)/2 {
			break
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil {
		t.Fatalf("the child was done before it reached epoch %v of %s", epoch, step)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
