package ledger_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
	"github.com/seed-a5aa75a0/podium/submissions"
)

func read(t *testing.T, home string) ledger.Table {
	t.Helper()
	table, err := ledger.Read(home)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func add(t *testing.T, home string, records ...submissions.Record) {
	t.Helper()
	book := submissions.Ledger{Path: filepath.Join(home, "ledger.jsonl")}
	for _, r := range records {
		if err := book.Append(r); err != nil {
			t.Fatal(err)
		}
	}
}

func ptr[T any](v T) *T { return &v }

var unexported = cmpopts.IgnoreUnexported(ledger.Row{})

func TestReadNothing(t *testing.T) {
	t.Parallel()
	if table := read(t, t.TempDir()); len(table.Rows) != 0 {
		t.Errorf("got %+v", table)
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	run := madeRun(0)
	run.Scores = map[string]float64{"public": 0.8, "rank": 5, "teams": 10}
	writeRun(t, home, run)
	unsent := madeRun(1)
	unsent.Scores = nil
	writeRun(t, home, unsent)
	sent := submissions.Record{Event: submissions.Sent, Time: noon.Add(time.Hour), Competition: "digits-comp", Server: "sandbox", Digest: run.Digest,
		RunID: run.ID, Ref: 7, Message: "first", Late: true}
	scored := sent
	scored.Event, scored.Public, scored.Private, scored.Rank, scored.Teams = submissions.Scored, "0.81", "0.79", 4, 8
	// The file of a run, sent by hand: the digest tells.
	byHand := submissions.Record{Event: submissions.Sent, Time: noon.Add(2 * time.Hour), Competition: "dogs-comp", Server: "sandbox", Digest: unsent.Digest, Ref: 8, Message: "by hand"}
	byHandScored := byHand
	byHandScored.Event, byHandScored.Public = submissions.Scored, "0.5"
	// One that no run made, with bytes of its own.
	stray := submissions.Record{Event: submissions.Sent, Time: noon.Add(3 * time.Hour), Competition: "titanic", Server: "kaggle", Digest: "aa", Ref: 9, Message: "gender", CV: ptr(0.7)}
	failed := stray
	failed.Event, failed.Error = submissions.Scored, "row 3"
	add(t, home, sent, scored, byHand, byHandScored, stray, failed)

	want := []ledger.Row{
		{Competition: "titanic", Server: "kaggle", Status: ledger.StatusSent, Started: stray.Time, CV: ptr(0.7), Ref: 9, Message: "gender", Digest: "aa",
			Note: "the server could not score it: row 3", Folds: []float64{}, Changes: []pipelines.Change{}},
		{RunID: unsent.ID, Pipeline: "dogs", Competition: "dogs-comp", Server: "sandbox", Status: "ok", Started: unsent.Started, Seconds: 60,
			Metric: "logloss", Direction: "min", CV: ptr(0.901), Spread: ptr(0.001), Folds: []float64{0.9, 0.91, 0.92, 0.93, 0.94},
			Public: ptr(0.5), Gap: ptr(0.901 - 0.5), Ref: 8, Message: "by hand", Digest: unsent.Digest, Seed: 1, PeakMemory: 1 << 28, Tool: "v1.2.3", Precision: "fp32",
			Changes: unsent.Changes},
		{RunID: run.ID, Pipeline: "digits", Competition: "digits-comp", Server: "sandbox", Status: "ok", Started: run.Started, Seconds: 60,
			Metric: "accuracy", Direction: "max", CV: ptr(0.9), Spread: ptr(0.001), Folds: []float64{0.9, 0.91, 0.92, 0.93, 0.94},
			Public: ptr(0.81), Private: ptr(0.79), Gap: ptr(0.9 - 0.81), Rank: ptr(4), Teams: ptr(8), Percentile: ptr(50.), Late: true,
			Ref: 7, Message: "first", Digest: run.Digest, PeakMemory: 1 << 28, Tool: "v1.2.3", Precision: "fp32", Changes: run.Changes},
	}
	table := read(t, home)
	if d := cmp.Diff(want, table.Rows, unexported, cmpopts.EquateApprox(0, 1e-12)); d != "" || table.Torn != 0 {
		t.Errorf("torn %d (-want +got):\n%s", table.Torn, d)
	}
	// A reset makes the server forget; what the run had heard stays.
	add(t, home, submissions.Record{Event: submissions.Reset, Time: noon, Competition: "digits-comp", Server: "sandbox"})
	if got := read(t, home).Rows[2]; *got.Public != 0.8 || *got.Rank != 5 || got.Ref != 0 {
		t.Errorf("after a reset: %+v", got)
	}
}

// TestDamage: what is torn or gone costs its own row.
func TestDamage(t *testing.T) {
	t.Parallel()
	home := madeHome(t, 4)
	run := func(i int) string { return filepath.Join(home, "runs", madeRun(i).ID) }
	whole, err := os.ReadFile(filepath.Join(run(0), "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(run(0), "run.json"), whole[:len(whole)/2])
	if err := os.Remove(filepath.Join(run(1), "run.json")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(run(2), "run.json"), []byte(strings.Replace(string(whole), `"schema_version": 1`, `"schema_version": 99`, 1)))
	write(t, filepath.Join(home, "runs", "notes.txt"), nil)
	write(t, filepath.Join(home, "runs.arrow"), []byte("ARROW1 is what it is not"))
	book, err := os.OpenFile(filepath.Join(home, "ledger.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.WriteString(`{"event":"se`); err != nil {
		t.Fatal(err)
	}
	book.Close()
	table := read(t, home)
	if len(table.Rows) != 4 || table.Torn != 1 {
		t.Fatalf("%d rows, %d torn, want 4 and 1", len(table.Rows), table.Torn)
	}
	for i, note := range []string{"", "want schema_version 1, got 99", "no such file", "ends before its record does"} {
		r := table.Rows[i]
		if r.RunID != madeRun(3-i).ID || r.Started.IsZero() || (r.Status == ledger.StatusUnreadable) != (i > 0) || !strings.Contains(r.Note, note) {
			t.Errorf("row %d: %+v, want a note like %q", i, r, note)
		}
	}
}

// TestIndex: the second reading takes the rows out of the index, and sees whatever
// has changed since.
func TestIndex(t *testing.T) {
	t.Parallel()
	home := madeHome(t, 6)
	old := time.Now().Add(-time.Hour)
	age := func(i int) {
		t.Helper()
		if err := os.Chtimes(filepath.Join(home, "runs", madeRun(i).ID, "run.json"), old, old); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 6 {
		age(i)
	}
	first := read(t, home)
	again := read(t, home)
	if d := cmp.Diff(first, again, cmp.AllowUnexported(ledger.Row{}), cmpopts.EquateComparable()); d != "" {
		t.Errorf("out of the index (-files +index):\n%s", d)
	}
	// Proof that the index is what is read: a run.json with the old stamp is not looked at.
	path := filepath.Join(home, "runs", madeRun(3).ID, "run.json")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, []byte(strings.Replace(string(b), "v1.2.3", "v9.9.9", 1)))
	age(3)
	if got := read(t, home).Rows[2].Tool; got != "v1.2.3" {
		t.Fatalf("tool %s: the file was read again", got)
	}
	// A file of another time or size is read, as is one too young to tell.
	if err := os.Chtimes(path, old, old.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	changed := madeRun(4)
	changed.Tool = "v10.10.10"
	writeRun(t, home, changed)
	gone := madeRun(0)
	if err := os.RemoveAll(filepath.Join(home, "runs", gone.ID)); err != nil {
		t.Fatal(err)
	}
	add(t, home, submissions.Record{Event: submissions.Reset, Time: noon, Competition: gone.Competition, Server: gone.Server})
	writeRun(t, home, madeRun(8))
	for range 2 {
		table := read(t, home)
		var got []string
		for _, r := range table.Rows {
			got = append(got, r.RunID[16:]+" "+r.Tool)
		}
		if d := cmp.Diff([]string{"digits-0008 v1.2.3", "dogs-0005 v1.2.3", "digits-0004 v10.10.10", "dogs-0003 v9.9.9", "digits-0002 v1.2.3", "dogs-0001 v1.2.3"}, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

func TestDied(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	run := madeRun(0)
	run.Status = pipelines.RunRunning
	writeRun(t, home, run)
	if got := read(t, home).Rows[0].Status; got != ledger.StatusDied {
		t.Errorf("status %q", got)
	}
}
