package steps_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// runBuiltin runs a built-in pipeline against a sandbox in the home folder.
func runBuiltin(ctx context.Context, home, pipeline string, see func(pipelines.Event), sets ...string) (steps.Outcome, error) {
	box, err := sandbox.Open(filepath.Join(home, "sandbox"))
	if err != nil {
		return steps.Outcome{}, err
	}
	defer box.Close()
	if err := box.Ensure(ctx, sandbox.DigitRecognizer, nil); err != nil {
		return steps.Outcome{}, err
	}
	server, err := box.Serve(ctx, "127.0.0.1:0")
	if err != nil {
		return steps.Outcome{}, err
	}
	defer server.Close()
	client, err := kaggle.New(kaggle.WithBaseURL(server.URL()), kaggle.WithCredentials(kaggle.NewToken(server.Token())))
	if err != nil {
		return steps.Outcome{}, err
	}
	src, name, err := pipelines.Load(pipeline)
	if err != nil {
		return steps.Outcome{}, err
	}
	spec, err := pipelines.Decode(name, src, sets...)
	if err != nil {
		return steps.Outcome{}, err
	}
	return steps.Run(ctx, spec, steps.Settings{
		Home: home, Client: client, Server: submissions.Sandbox, Submit: true, OnEvent: see,
		OpenEngine: func() (engine.Engine, error) { return cpu.New(cpu.Options{Threads: 2}) },
	})
}

// states runs the linear pipeline and says how each step ended.
func states(t *testing.T, home string, sets ...string) (steps.Outcome, map[string]string) {
	t.Helper()
	ended := map[string]string{}
	out, err := runBuiltin(t.Context(), home, "digit-recognizer-linear", func(e pipelines.Event) {
		switch e.Event {
		case pipelines.EventStepCached, pipelines.EventStepDone, pipelines.EventStepSkipped:
			ended[e.Step] = e.Event
		}
	}, append([]string{"split.stratified_kfold=2", "train.epochs=2"}, sets...)...)
	if err != nil {
		t.Fatal(err)
	}
	return out, ended
}

// The life of a pipeline: run, run again, change one thing, lose the server.
func TestRunAgain(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	first, ended := states(t, home)
	if first.Status != "ok" || first.CV == nil || *first.CV < 0.8 || first.Public == nil || *first.Public < 0.8 || first.Private == nil {
		t.Fatalf("%+v", first)
	}
	if first.Rank == nil || *first.Rank < 1 || *first.Rank > *first.Teams {
		t.Errorf("rank %v of %v", first.Rank, first.Teams)
	}
	for step, state := range ended {
		if state != pipelines.EventStepDone {
			t.Errorf("first run: %s is %s", step, state)
		}
	}

	written, err := os.ReadFile(*first.Submission)
	if err != nil {
		t.Fatal(err)
	}
	// What somebody does to the copy in the run's folder stays there.
	f, err := os.OpenFile(*first.Submission, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("Xmage"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	second, ended := states(t, home)
	if again, err := os.ReadFile(*second.Submission); err != nil || string(again) != string(written) {
		t.Errorf("second run: the submission is another one (%v)", err)
	}
	for step, state := range ended {
		if state != pipelines.EventStepCached {
			t.Errorf("second run: %s is %s", step, state)
		}
	}
	if *second.Public != *first.Public || second.RunID == first.RunID {
		t.Errorf("second run: public %v in run %s", *second.Public, second.RunID)
	}

	_, ended = states(t, home, "train.lr=0.002")
	if ended["images.train"] != pipelines.EventStepCached || ended["train.linear.fold0"] != pipelines.EventStepDone {
		t.Errorf("another learning rate: %v", ended)
	}

	box, err := sandbox.Open(filepath.Join(home, "sandbox"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(box.Reset(sandbox.DigitRecognizer), box.Close()); err != nil {
		t.Fatal(err)
	}
	again, ended := states(t, home)
	if ended["write"] != pipelines.EventStepCached || ended["submit"] != pipelines.EventStepDone || again.Public == nil {
		t.Errorf("after the server forgot: %v, public %v", ended, again.Public)
	}
}

// What was made of sandbox data must not reach Kaggle, also by another name.
func TestSandboxDataStaysHome(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	out, _ := states(t, home)
	copied := filepath.Join(t.TempDir(), "mine.csv")
	b, err := os.ReadFile(*out.Submission)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(copied, b, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = submissions.Upload(t.Context(), refuser{t}, &submissions.Ledger{Path: filepath.Join(home, "ledger.jsonl")},
		submissions.Request{Competition: "digit-recognizer", Server: submissions.Kaggle, File: copied, Message: "m", Force: true})
	if err == nil {
		t.Error("a file made of sandbox data may go to Kaggle")
	}
}

type refuser struct{ t *testing.T }

func (r refuser) Upload(context.Context, string, string, string) (submissions.Receipt, error) {
	r.t.Error("the file was sent")
	return submissions.Receipt{}, nil
}

func (r refuser) Listed(context.Context, string) ([]submissions.Listed, error) { return nil, nil }
