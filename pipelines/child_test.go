package pipelines_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Tests of what outlives a process run the test binary again as a child with a
// role, one of these.
var roles = map[string]func(root string) error{
	"train": trainChild,
	"race":  raceChild,
}

func TestMain(m *testing.M) {
	if role, ok := os.LookupEnv("PODIUM_TEST_ROLE"); ok {
		if err := roles[role](os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is a command that plays role on the store at root.
func child(t *testing.T, role, root string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, root)
	cmd.Env = append(os.Environ(), "PODIUM_TEST_ROLE="+role)
	return cmd
}

// trainPlan trains for five epochs, a line a time, with a checkpoint after each.
// With stop it says so after the third and waits to be killed.
func trainPlan(stop bool) (*pipelines.Plan, error) {
	b := pipelines.NewBuilder("p")
	b.Add("train", op{name: "train", out: ports(port("weights", "weights")), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
		checkpoint := filepath.Join(env.Work, "checkpoint")
		weights, err := os.ReadFile(checkpoint)
		if err != nil && !os.IsNotExist(err) {
			return pipelines.Report{}, err
		}
		resumed := bytes.Count(weights, []byte("\n"))
		for epoch := resumed; epoch < 5; epoch++ {
			weights = fmt.Appendf(weights, "epoch %d seed %d\n", epoch, env.Seed)
			if err := write(checkpoint, string(weights)); err != nil {
				return pipelines.Report{}, err
			}
			if stop && epoch == 2 {
				if err := write(filepath.Join(env.Dir, "half"), "half"); err != nil {
					return pipelines.Report{}, err
				}
				fmt.Println("ready to be killed")
				select {}
			}
		}
		return pipelines.Report{Metrics: map[string]float64{"resumed_at": float64(resumed)}}, write(env.Path("weights"), string(weights))
	}}, 3)
	return b.Build()
}

func trainChild(root string) error {
	s, err := pipelines.Open(root)
	if err != nil {
		return err
	}
	p, err := trainPlan(true)
	if err != nil {
		return err
	}
	go func() { // select{} alone would be a deadlock to the runtime
		for {
			time.Sleep(time.Hour)
		}
	}()
	_, err = (&pipelines.Local{Store: s}).Run(context.Background(), p, pipelines.Options{})
	return err
}

func TestKillInTheMiddleOfAStep(t *testing.T) {
	t.Parallel()
	s := open(t)
	cmd := child(t, "train", s.Root())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready to be killed\n" {
		t.Fatalf("child said %q, %v", line, err)
	}
	tmp := func() int {
		found, _ := filepath.Glob(filepath.Join(s.Root(), "artifacts", ".tmp-*"))
		return len(found)
	}
	// while it lives nobody takes its folder away
	if _, err := pipelines.Open(s.Root()); err != nil || tmp() != 1 {
		t.Errorf("open beside a running process: %v, %d temporary folders", err, tmp())
	}
	if err := cmd.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the child was not killed")
	}
	if _, err := pipelines.Open(s.Root()); err != nil || tmp() != 0 {
		t.Errorf("open after the crash: %v, %d temporary folders", err, tmp())
	}

	p, err := trainPlan(false)
	if err != nil {
		t.Fatal(err)
	}
	resumed := run(t, s, p, pipelines.Options{}).Steps[0].Artifact
	if got := resumed.Manifest.Metrics["resumed_at"]; got != 3 {
		t.Errorf("resumed at epoch %v, want 3", got)
	}
	whole := run(t, open(t), p, pipelines.Options{}).Steps[0].Artifact
	if resumed.Key != whole.Key || resumed.Manifest.Content != whole.Manifest.Content {
		t.Errorf("resumed run made %+v, uninterrupted one %+v", resumed.Manifest, whole.Manifest)
	}
	if size, err := s.Size(); err != nil || size.Work != 0 || size.Artifacts != 1 {
		t.Errorf("store holds %+v, %v", size, err)
	}
}

// raceChild makes one artifact slowly and leaves a line for having made it.
func raceChild(root string) error {
	s, err := pipelines.Open(root)
	if err != nil {
		return err
	}
	b := pipelines.NewBuilder("p")
	b.Add("slow", op{name: "slow", out: ports(port("x", "k")), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
		if err := write(env.Path("x"), "half"); err != nil {
			return pipelines.Report{}, err
		}
		f, err := os.OpenFile(filepath.Join(root, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return pipelines.Report{}, err
		}
		defer f.Close()
		fmt.Fprintln(f, "made")
		time.Sleep(300 * time.Millisecond)
		return pipelines.Report{}, write(env.Path("x"), "whole")
	}}, 0)
	p, err := b.Build()
	if err != nil {
		return err
	}
	r, err := (&pipelines.Local{Store: s}).Run(context.Background(), p, pipelines.Options{})
	if err != nil {
		return err
	}
	path, _ := r.Output(p, pipelines.Ref{Step: "slow", Port: "x"})
	text, err := os.ReadFile(path)
	fmt.Printf("%s %s", r.Steps[0].State, text)
	return err
}

func TestProcessesThatMakeTheSame(t *testing.T) {
	t.Parallel()
	s := open(t)
	const n = 4
	var cmds [n]*exec.Cmd
	var outs, errs [n]bytes.Buffer
	for i := range cmds {
		cmds[i] = child(t, "race", s.Root())
		cmds[i].Stdout, cmds[i].Stderr = &outs[i], &errs[i]
		if err := cmds[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	done := 0
	for i, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %s", err, &errs[i])
		}
		switch outs[i].String() {
		case "done whole":
			done++
		case "cached whole":
		default:
			t.Errorf("child %d says %q", i, &outs[i])
		}
	}
	if log := readFile(t, filepath.Join(s.Root(), "log")); done != 1 || strings.Count(log, "made") != 1 {
		t.Errorf("%d processes were done, made %q: want one", done, log)
	}
	if locks, err := os.ReadDir(filepath.Join(s.Root(), "locks")); err != nil || len(locks) > 1 {
		t.Errorf("locks left: %v, %v", locks, err)
	}
}

// TestWaitForLockEndsWithContext: two stores in one process are as two processes.
func TestWaitForLockEndsWithContext(t *testing.T) {
	t.Parallel()
	s := open(t)
	started, release := make(chan struct{}), make(chan struct{})
	b := pipelines.NewBuilder("p")
	b.Add("slow", op{name: "slow", out: ports(port("x", "k")), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
		close(started)
		<-release
		return pipelines.Report{}, write(env.Path("x"), "")
	}}, 0)
	p := build(t, b)
	first := make(chan error)
	go func() {
		_, err := local(s).Run(context.Background(), p, pipelines.Options{})
		first <- err
	}()
	<-started
	ctx, cancel := context.WithCancel(t.Context())
	waited := false
	_, err := local(s).Run(ctx, p, pipelines.Options{OnEvent: func(e pipelines.Event) {
		if e.Event == pipelines.EventStepProgress && strings.Contains(e.Text, "waiting") {
			waited = true
			cancel()
		}
	}})
	if err == nil || !waited {
		t.Errorf("got %v, waited %v", err, waited)
	}
	// what is being made is left alone
	if freed, err := s.GC(time.Now().Add(time.Hour), nil); err != nil || freed != (pipelines.Freed{}) {
		t.Errorf("freed %+v, %v", freed, err)
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
}
