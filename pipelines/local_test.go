package pipelines_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

func TestRunThenCached(t *testing.T) {
	t.Parallel()
	var c chain
	s := open(t)
	p := c.plan(t, rates{0.002, 3}, 7)
	r := run(t, s, p, pipelines.Options{})
	if got, want := states(r), "table done, train.fold0 done, train.fold1 done, blend done"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	path, ok := r.Output(p, pipelines.Ref{Step: "blend", Port: "mean"})
	if !ok || filepath.Base(path) != "mean.txt" {
		t.Fatalf("output is %q, %v", path, ok)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const want = `mean v1 <nil> seed 0
parts train.fold0/proba: train v1 {{0.002 3} 0} seed 7
  images table/rows: csv v1 <nil> seed 0
    
  
parts train.fold1/proba: train v1 {{0.002 3} 1} seed 7
  images table/rows: csv v1 <nil> seed 0
    
  
`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("blend (-want +got):\n%s", d)
	}

	again := run(t, s, p, pipelines.Options{})
	if got, want := states(again), "table cached, train.fold0 cached, train.fold1 cached, blend cached"; got != want {
		t.Errorf("second run: %s, want %s", got, want)
	}
	if c.table.Load() != 1 || c.train.Load() != 2 || c.blend.Load() != 1 {
		t.Errorf("steps ran %d, %d, %d times, want 1, 2, 1", c.table.Load(), c.train.Load(), c.blend.Load())
	}

	// another rate: the table stays
	third := run(t, s, c.plan(t, rates{0.003, 3}, 7), pipelines.Options{})
	if got, want := states(third), "table cached, train.fold0 done, train.fold1 done, blend done"; got != want {
		t.Errorf("other rate: %s, want %s", got, want)
	}
	if got, want := third.Steps[1].Why, "lr 0.002 -> 0.003"; got != want {
		t.Errorf("why: %q, want %q", got, want)
	}
	if got, want := third.Steps[3].Why, "new input parts"; got != want {
		t.Errorf("why: %q, want %q", got, want)
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	s := open(t)
	b := pipelines.NewBuilder("p")
	a := b.Add("get", op{name: "get", out: ports(port("f", "k")), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
		return pipelines.Report{Origins: []string{"sandbox:x"}}, write(env.Path("f"), "abc")
	}}, 0)
	b.Add("use", op{name: "use", version: 2, params: rates{0.1, 2}, in: ports(port("f", "k")), out: ports(port("g", "k")),
		run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			return pipelines.Report{Metrics: map[string]float64{"cv": 0.5}, Notes: map[string]string{"a": "b"}, Origins: []string{"external:y"}},
				errors.Join(write(filepath.Join(env.Path("g"), "two"), "2"), write(filepath.Join(env.Path("g"), "sub", "one"), "1"))
		}}, 9, a.Out("f").To("f"))
	r := run(t, s, build(t, b), pipelines.Options{})
	got := r.Steps[1].Artifact.Manifest
	if got.PeakMemory < 1<<20 {
		t.Errorf("peak memory is %d", got.PeakMemory)
	}
	// sha256sum of the letters
	files := []pipelines.FileRecord{
		{Name: "g/sub/one", Size: 1, SHA256: "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"},
		{Name: "g/two", Size: 1, SHA256: "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35"},
	}
	want := pipelines.Manifest{
		SchemaVersion: 1, Key: r.Steps[1].Key, Step: "use", Op: "use", OpVersion: 2, Params: json.RawMessage(`{"epochs":2,"lr":0.1}`), Seed: 9,
		Inputs:  []pipelines.InputRecord{{To: "f", Step: "get", Port: "f", Key: r.Steps[0].Key}},
		Started: got.Started, Seconds: 1, PeakMemory: got.PeakMemory, PeakAnonymous: got.PeakAnonymous, Tool: "test", Files: files, Content: got.Content,
		Metrics: map[string]float64{"cv": 0.5}, Notes: map[string]string{"a": "b"}, Origins: []string{"external:y", "sandbox:x"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	stored, err := s.Lookup(r.Steps[1].Key)
	if err != nil || stored == nil {
		t.Fatal(stored, err)
	}
	stored.Manifest.Params = want.Params // indented on disk
	if d := cmp.Diff(want, stored.Manifest); d != "" {
		t.Errorf("on disk (-want +got):\n%s", d)
	}
	if k := key(t, op{name: "use", version: 2, params: rates{0.1, 2}}, 9, got.Inputs...); k != got.Key {
		t.Errorf("key is %s, the manifest gives %s", got.Key, k)
	}
}

func TestFailure(t *testing.T) {
	t.Parallel()
	boom := fault.New(fault.Network, "try again", "boom")
	plan := func() *pipelines.Plan {
		b := pipelines.NewBuilder("p")
		bad := b.Add("bad", op{name: "bad", out: ports(port("x", "k")), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			return pipelines.Report{}, errors.Join(write(env.Path("x"), "half"), boom)
		}}, 0)
		b.Add("after", op{name: "after", in: ports(port("x", "k")), out: ports(port("y", "k"))}, 0, bad.Out("x").To("x"))
		b.Add("other", op{name: "other", out: ports(port("y", "k"))}, 0)
		return build(t, b)
	}
	for _, c := range []struct {
		keep bool
		want string
		why  string
	}{
		{false, "bad failed, after skipped, other skipped", "the run stopped when bad failed"},
		{true, "bad failed, after skipped, other done", "never made"},
	} {
		s := open(t)
		r, err := local(s).Run(t.Context(), plan(), pipelines.Options{KeepGoing: c.keep})
		if got := states(r); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
		if r.Steps[1].Why != "needs bad, which failed" || r.Steps[2].Why != c.why {
			t.Errorf("why: %q, %q", r.Steps[1].Why, r.Steps[2].Why)
		}
		var se *pipelines.StepError
		if !errors.As(err, &se) || err.Error() != "step bad: boom" || !errors.Is(err, boom) || fault.KindOf(err) != fault.Network || fault.HintOf(err) != "try again" {
			t.Errorf("got %v", err)
		}
		if left, _ := filepath.Glob(filepath.Join(s.Root(), "artifacts", ".tmp-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestStepMistakes(t *testing.T) {
	t.Parallel()
	type fn = func(context.Context, pipelines.Env, pipelines.Inputs) (pipelines.Report, error)
	for _, c := range []struct {
		name, want string
		stack      bool
		run        fn
	}{
		{"panic", "step s: panic: oh no", true, func(context.Context, pipelines.Env, pipelines.Inputs) (pipelines.Report, error) { panic("oh no") }},
		{"panic with error", "step s: panic: runtime error: index out of range [3] with length 0", true, func(context.Context, pipelines.Env, pipelines.Inputs) (pipelines.Report, error) {
			var none []int
			return pipelines.Report{}, fmt.Errorf("%d", none[len("abc")])
		}},
		{"unknown port", "step s: panic: pipelines: step s has no output nope", true, func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			return pipelines.Report{}, write(env.Path("nope"), "")
		}},
		{"unknown input", "step s: panic: pipelines: no single input nope", true, func(_ context.Context, _ pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			return pipelines.Report{}, write(in.Path("nope"), "")
		}},
		{"goexit", "step s: the step ended its goroutine", false, func(context.Context, pipelines.Env, pipelines.Inputs) (pipelines.Report, error) {
			runtime.Goexit()
			return pipelines.Report{}, nil
		}},
		{"NaN", "step s: metric loss: want a finite number, got NaN", false, func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			return pipelines.Report{Metrics: map[string]float64{"loss": math.NaN()}}, write(env.Path("x"), "")
		}},
		{"no output", "step s: output x was not made: stat ", false, func(context.Context, pipelines.Env, pipelines.Inputs) (pipelines.Report, error) {
			return pipelines.Report{}, nil
		}},
		{"link", "step s: seal artifact: ", false, func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			return pipelines.Report{}, os.Symlink(".", env.Path("x"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := pipelines.NewBuilder("p")
			b.Add("s", op{name: "s", out: ports(port("x", "k")), run: c.run}, 0)
			s := open(t)
			var last pipelines.Event
			_, err := local(s).Run(t.Context(), build(t, b), pipelines.Options{OnEvent: func(e pipelines.Event) {
				if e.Event == pipelines.EventStepFailed {
					last = e
				}
			}})
			var se *pipelines.StepError
			if !errors.As(err, &se) || !strings.HasPrefix(err.Error(), c.want) {
				t.Fatalf("got  %v\nwant %s", err, c.want)
			}
			if hasStack := strings.Contains(string(se.Stack), "_test.go"); hasStack != c.stack || last.Stack != string(se.Stack) {
				t.Errorf("stack: %q", se.Stack)
			}
			if size, err := s.Size(); err != nil || size.Artifacts != 0 {
				t.Errorf("store holds %+v, %v", size, err)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	s := open(t)
	plan := func(block bool, cancel func()) *pipelines.Plan {
		b := pipelines.NewBuilder("p")
		a := b.Add("long", op{name: "long", out: ports(port("x", "k")), run: func(ctx context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			before, _ := os.ReadFile(filepath.Join(env.Work, "checkpoint"))
			if !block {
				return pipelines.Report{}, write(env.Path("x"), string(before)+" and on")
			}
			if err := errors.Join(write(filepath.Join(env.Work, "checkpoint"), "epoch 1"), write(env.Path("x"), "half")); err != nil {
				return pipelines.Report{}, err
			}
			cancel()
			<-ctx.Done()
			return pipelines.Report{}, fmt.Errorf("train: %w", ctx.Err())
		}}, 0)
		b.Add("after", op{name: "after", in: ports(port("x", "k")), out: ports(port("y", "k"))}, 0, a.Out("x").To("x"))
		return build(t, b)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var end pipelines.Event
	r, err := local(s).Run(ctx, plan(true, cancel), pipelines.Options{OnEvent: func(e pipelines.Event) { end = e }})
	if !errors.Is(err, context.Canceled) || states(r) != "long failed, after skipped" {
		t.Errorf("got %v; %s", err, states(r))
	}
	if end.Event != pipelines.EventRunFinished || end.Status != pipelines.RunInterrupted {
		t.Errorf("last event is %+v", end)
	}
	size, err := s.Size()
	if err != nil || size.Artifacts != 0 || size.Bytes != 0 || size.Work != 1 || size.WorkBytes != 7 {
		t.Errorf("store holds %+v, %v", size, err)
	}
	// the next run finds the checkpoint, and takes it away with the work folder
	p := plan(false, nil)
	r = run(t, s, p, pipelines.Options{})
	path, _ := r.Output(p, pipelines.Ref{Step: "long", Port: "x"})
	if b, err := os.ReadFile(path); err != nil || string(b) != "epoch 1 and on" {
		t.Errorf("got %q, %v", b, err)
	}
	if size, err = s.Size(); err != nil || size.Work != 0 || size.Artifacts != 2 {
		t.Errorf("store holds %+v, %v", size, err)
	}
	// a context that is over before the start
	if r, err := local(open(t)).Run(ctx, p, pipelines.Options{}); !errors.Is(err, context.Canceled) || states(r) != "long skipped, after skipped" {
		t.Errorf("got %v; %s", err, states(r))
	}
}

func TestWorkersRunAtTheSameTime(t *testing.T) {
	t.Parallel()
	const n = 4
	var now, most atomic.Int64
	meet, once := make(chan struct{}), sync.Once{}
	b := pipelines.NewBuilder("p")
	for i := range 2 * n {
		b.Add(fmt.Sprintf("s%d", i), op{name: "s", params: i, out: ports(port("x", "k")), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			if now.Add(1) == n {
				once.Do(func() { close(meet) }) // without n at a time the test would hang
			}
			<-meet
			most.Store(max(most.Load(), now.Load()))
			now.Add(-1)
			return pipelines.Report{}, write(env.Path("x"), "x")
		}}, 0)
	}
	var order sync.Mutex // never contended: events come one at a time
	l := local(open(t))
	l.Workers = n
	if _, err := l.Run(t.Context(), build(t, b), pipelines.Options{OnEvent: func(pipelines.Event) {
		if !order.TryLock() {
			t.Error("two events at a time")
		}
		order.Unlock()
	}}); err != nil {
		t.Fatal(err)
	}
	if most.Load() > n {
		t.Errorf("%d steps at a time, want at most %d", most.Load(), n)
	}
}

func TestForce(t *testing.T) {
	t.Parallel()
	var c chain
	s := open(t)
	p := c.plan(t, rates{0.1, 1}, 1)
	run(t, s, p, pipelines.Options{})
	// the same bytes again: what follows stays
	if got, want := states(run(t, s, p, pipelines.Options{Force: []string{"train.*"}})), "table cached, train.fold0 done, train.fold1 done, blend cached"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	_, err := local(s).Run(t.Context(), p, pipelines.Options{Force: []string{"blent"}})
	if err == nil || err.Error() != `no step "blent", did you mean "blend"?` || fault.KindOf(err) != fault.Usage {
		t.Errorf("got %v", err)
	}

	// other bytes: what follows is stale
	var n atomic.Int64
	b := pipelines.NewBuilder("p")
	a := b.Add("a", op{name: "a", out: ports(port("x", "k")), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
		return pipelines.Report{}, write(env.Path("x"), fmt.Sprint(n.Add(1)))
	}}, 0)
	b.Add("b", op{name: "b", in: ports(port("x", "k")), out: ports(port("y", "k"))}, 0, a.Out("x").To("x"))
	q := build(t, b)
	run(t, s, q, pipelines.Options{})
	r := run(t, s, q, pipelines.Options{Force: []string{"a"}})
	if states(r) != "a done, b done" || r.Steps[0].Why != "forced" || r.Steps[1].Why != "a was made again and is not the same" {
		t.Errorf("got %s: %q, %q", states(r), r.Steps[0].Why, r.Steps[1].Why)
	}
	path, _ := r.Output(q, pipelines.Ref{Step: "b", Port: "y"})
	if text, _ := os.ReadFile(path); !strings.Contains(string(text), "a/x: 2") {
		t.Errorf("b holds %q", text)
	}
}

// TestLastSeconds: a plan says of what must be made how long one like it took, the
// likest and latest; of what is there, and of what never was, nothing.
func TestLastSeconds(t *testing.T) {
	t.Parallel()
	s := open(t)
	clock := noon
	l := &pipelines.Local{Store: s, Now: func() time.Time { return clock }}
	planned := func(params, seconds int) (last float64) {
		b := pipelines.NewBuilder("p")
		b.Add("train", op{name: "train", params: map[string]int{"lr": params % 10, "epochs": params / 10}, out: ports(port("x", "k")),
			run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
				clock = clock.Add(time.Duration(seconds) * time.Second)
				return pipelines.Report{}, write(env.Path("x"), "")
			}}, 0)
		_, err := l.Run(t.Context(), build(t, b), pipelines.Options{OnEvent: func(e pipelines.Event) {
			if e.Event == pipelines.EventPlanReady {
				last = e.Steps[0].LastSeconds
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		return last
	}
	for _, c := range []struct {
		params, seconds int
		want            float64
	}{{11, 5, 0}, {11, 5, 0}, {12, 7, 5}, {13, 1, 7}, {99, 1, 1}, {91, 1, 1}, {14, 1, 1}} {
		if got := planned(c.params, c.seconds); got != c.want {
			t.Errorf("params %d: %v, want %v", c.params, got, c.want)
		}
	}
}
