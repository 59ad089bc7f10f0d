package pipelines_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

func init() { roles["events"] = eventsChild }

// names are what events tell, in short.
func names(events []pipelines.Event) (list []string) {
	for _, e := range events {
		list = append(list, strings.TrimSpace(e.Event+" "+e.Step+" "+e.Text))
	}
	return list
}

// follow gives all that Follow hands out.
func follow(t *testing.T, root, id string) ([]pipelines.Event, pipelines.Run, error) {
	t.Helper()
	var events []pipelines.Event
	run, err := pipelines.Follow(t.Context(), root, id, func(e pipelines.Event) { events = append(events, e) })
	return events, run, err
}

// TestEventsFile: every event is a line, of a step's progress one a second; torn lines
// and those of another version are passed over.
func TestEventsFile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	r := startRun(t, root, "my.yaml", noon)
	if !pipelines.RunLives(root, r.ID()) {
		t.Error("a run under way does not live")
	}
	if id, err := pipelines.NewestLive(root); id != r.ID() || err != nil {
		t.Errorf("newest: %q, %v", id, err)
	}
	half := 0.5
	at := func(ms int, e pipelines.Event) {
		e.SchemaVersion, e.Time, e.RunID = pipelines.EventVersion, noon.Add(time.Duration(ms)*time.Millisecond), r.ID()
		r.Observe(e)
	}
	at(0, pipelines.Event{Event: pipelines.EventPlanReady, Steps: []pipelines.PlannedStep{{ID: "a", Op: "x", Status: pipelines.StatusRun}}})
	at(1, pipelines.Event{Event: pipelines.EventStepStarted, Step: "a"})
	for ms := 100; ms < 2500; ms += 100 {
		at(ms, pipelines.Event{Event: pipelines.EventStepProgress, Step: "a", Text: fmt.Sprint(ms), Fraction: &half, Fields: map[string]any{"loss": 0.25}})
	}
	at(150, pipelines.Event{Event: pipelines.EventStepProgress, Step: "b", Text: "another"})
	file := filepath.Join(r.Dir(), "events.jsonl")
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, `{"schema_version":1,"event":"step_do`+"\n"+`{"schema_version":99,"event":"of the future"}`+"\n\n[1]\n")
	f.Close()
	at(2600, pipelines.Event{Event: pipelines.EventStepDone, Step: "a"})
	at(2700, pipelines.Event{Event: pipelines.EventRunFinished, Status: pipelines.RunOK})
	if err := r.Finish(nil, noon.Add(3*time.Second)); err != nil {
		t.Fatal(err)
	}
	events, run, err := follow(t, root, r.ID())
	if err != nil || run.Status != pipelines.RunOK {
		t.Errorf("got %+v, %v", run, err)
	}
	want := []string{"plan_ready", "step_started a", "step_progress a 100", "step_progress a 1100", "step_progress a 2100", "step_progress b another",
		"step_done a", "run_finished"}
	if d := cmp.Diff(want, names(events)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	first := events[2]
	if first.Fields["loss"] != 0.25 || *first.Fraction != 0.5 || !first.Time.Equal(noon.Add(100*time.Millisecond)) || len(events[0].Steps) != 1 {
		t.Errorf("an event came back as %+v", first)
	}
	if id, err := pipelines.NewestLive(root); id != "" || err != nil || pipelines.RunLives(root, r.ID()) {
		t.Errorf("a run that has ended lives: %q, %v", id, err)
	}
}

// TestFollowAsItComes: who follows a run is told of what happens after they came.
func TestFollowAsItComes(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	r := startRun(t, root, "my.yaml", noon)
	tell := func(name string) { r.Observe(pipelines.Event{SchemaVersion: 1, Event: name}) }
	tell("one")
	var got []string
	run, err := pipelines.Follow(t.Context(), root, r.ID(), func(e pipelines.Event) {
		got = append(got, e.Event)
		switch e.Event {
		case "one":
			tell("two")
		case "two":
			tell("three")
			if err := r.Finish(errors.New("oh no"), noon); err != nil {
				t.Error(err)
			}
		}
	})
	if d := cmp.Diff([]string{"one", "two", "three"}, got); d != "" || err != nil || run.Error != "oh no" {
		t.Errorf("%+v, %v (-want +got):\n%s", run, err, d)
	}
}

func TestFollowNothing(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	r := startRun(t, root, "my.yaml", noon)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(io.ErrNoProgress)
	if _, err := pipelines.Follow(ctx, root, r.ID(), func(pipelines.Event) {}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("cancelled: %v", err)
	}
	if err := os.Remove(filepath.Join(r.Dir(), "events.jsonl")); err != nil {
		t.Fatal(err)
	}
	if _, err := pipelines.Follow(t.Context(), root, r.ID(), func(pipelines.Event) {}); err == nil || err.Error() != "run "+r.ID()+" has no events.jsonl to follow" {
		t.Errorf("without a file: %v", err)
	}
}

// eventsChild makes a run that tells of one step until it is killed.
func eventsChild(root string) error {
	spec, err := pipelines.Decode("my.yaml", []byte(small))
	if err != nil {
		return err
	}
	r, err := pipelines.StartRun(root, spec, noon)
	if err != nil {
		return err
	}
	r.Observe(pipelines.Event{SchemaVersion: 1, Event: pipelines.EventStepStarted, Step: "train"})
	fmt.Println(r.ID())
	for i := 1; ; i++ { // a line each time: its clock goes by minutes
		r.Observe(pipelines.Event{SchemaVersion: 1, Time: noon.Add(time.Duration(i) * time.Minute), Event: pipelines.EventStepProgress, Step: "train", Text: fmt.Sprint(i)})
		fmt.Println(i)
	}
}

// TestKilledRunLosesNothing: of a process that is killed at any moment, every line that
// it had written is there, in order, and who follows it is told that it died.
func TestKilledRunLosesNothing(t *testing.T) {
	t.Parallel()
	root := open(t).Root()
	cmd := child(t, "events", root)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	said.Scan()
	id, told := said.Text(), 0
	for told < 300 && said.Scan() {
		fmt.Sscan(said.Text(), &told)
	}
	if !pipelines.RunLives(root, id) {
		t.Error("a run at work does not live")
	}
	if err := cmd.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	for said.Scan() { // what it said before
		fmt.Sscan(said.Text(), &told)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the child was not killed")
	}
	events, run, err := follow(t, root, id)
	if !errors.Is(err, pipelines.ErrRunDied) || run.Status != pipelines.RunRunning {
		t.Errorf("got %v, %s", err, run.Status)
	}
	if n := len(events) - 1; n < told || n > told+1 {
		t.Errorf("%d lines of progress, the process said %d", n, told)
	}
	for i, e := range events[1:] {
		if e.Text != fmt.Sprint(i+1) {
			t.Fatalf("line %d says %q", i+1, e.Text)
		}
	}
}

// A run is followed from its first event on, also when it is over.
func ExampleFollow() {
	root, err := os.MkdirTemp("", "podium")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(root)
	spec, err := pipelines.Decode("my.yaml", []byte(small))
	if err != nil {
		fmt.Println(err)
		return
	}
	record, err := pipelines.StartRun(root, spec, noon)
	if err != nil {
		fmt.Println(err)
		return
	}
	record.Observe(pipelines.Event{SchemaVersion: pipelines.EventVersion, Event: pipelines.EventStepDone, Step: "folds"})
	if err := record.Finish(nil, noon.Add(time.Minute)); err != nil {
		fmt.Println(err)
	}
	run, err := pipelines.Follow(context.Background(), root, record.ID(), func(e pipelines.Event) { fmt.Println(e.Event, e.Step) })
	fmt.Println(run.Status, err)
	// Output:
	// step_done folds
	// ok <nil>
}

// FuzzEvents: whatever is in a run's file, what is handed out are the lines that are
// whole events, and following it ends.
func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"schema_version":1,"time":"2026-11-23T12:45:01Z","event":"step_done","metrics":{"cv":0.5}}` + "\n"))
	f.Add([]byte(`{"schema_version":1,"event":"a"}` + "\n" + `{"schema_version":1,"ev`))
	f.Add([]byte("\n\x00{}\n[]\nnull\n{\"schema_version\":2}\n"))
	root := f.TempDir()
	r := startRun(f, root, "my.yaml", noon)
	if err := r.Finish(nil, noon); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(filepath.Join(r.Dir(), "events.jsonl"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		events, _, err := follow(t, root, r.ID())
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for line := range bytes.Lines(b) {
			var e pipelines.Event
			if bytes.HasSuffix(line, []byte("\n")) && json.Unmarshal(line, &e) == nil && e.SchemaVersion == 1 {
				want++
			}
		}
		if len(events) != want {
			t.Errorf("%d events of %d", len(events), want)
		}
	})
}
