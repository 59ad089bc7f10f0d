package submissions_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/submissions"
)

func at(minute int) time.Time { return time.Date(2026, 3, 1, 10, minute, 0, 0, time.UTC) }

func newLedger(t *testing.T) *submissions.Ledger {
	t.Helper()
	return &submissions.Ledger{Path: filepath.Join(t.TempDir(), "state", "ledger.jsonl")}
}

func add(t *testing.T, l *submissions.Ledger, records ...submissions.Record) {
	t.Helper()
	for _, r := range records {
		if err := l.Append(r); err != nil {
			t.Fatal(err)
		}
	}
}

func refs(t *testing.T, l *submissions.Ledger, f submissions.Filter) []int64 {
	t.Helper()
	sent, err := l.Submissions(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []int64
	for _, r := range sent {
		out = append(out, r.Ref)
	}
	return out
}

func TestLedger(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	if got := refs(t, l, submissions.Filter{}); got != nil {
		t.Fatalf("a ledger that is not there lists %v", got)
	}
	cv := 0.995
	sent := func(ref int64, comp, server, digest, run string, minute int) submissions.Record {
		return submissions.Record{Event: submissions.Sent, Time: at(minute), Competition: comp, Server: server, Digest: digest, RunID: run, Ref: ref, CV: &cv}
	}
	add(t, l,
		sent(1, "digits", submissions.Sandbox, "aa", "r1", 0),
		sent(1, "digits", submissions.Kaggle, "bb", "r2", 1), // refs of two servers may be equal
		submissions.Record{Event: submissions.Scored, Time: at(2), Competition: "digits", Server: submissions.Kaggle, Ref: 1, Public: "0.99", Rank: 3, Teams: 9},
		sent(2, "titanic", submissions.Kaggle, "cc", "r3", 3),
		submissions.Record{Event: submissions.Scored, Time: at(4), Competition: "digits", Server: submissions.Kaggle, Ref: 1, Public: "0.99", Private: "0.98"},
	)
	for _, c := range []struct {
		f    submissions.Filter
		want []int64
	}{
		{submissions.Filter{}, []int64{2, 1, 1}},
		{submissions.Filter{Competition: "digits"}, []int64{1, 1}},
		{submissions.Filter{Server: submissions.Kaggle}, []int64{2, 1}},
		{submissions.Filter{Digest: "cc"}, []int64{2}},
		{submissions.Filter{RunID: "r1"}, []int64{1}},
		{submissions.Filter{RunID: "r1", Server: submissions.Kaggle}, nil},
	} {
		if got := refs(t, l, c.f); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.f, got, c.want)
		}
	}
	got, err := l.Submissions(submissions.Filter{Digest: "bb"})
	if err != nil || len(got) != 1 || got[0].Public != "0.99" || got[0].Private != "0.98" || got[0].Rank != 3 || *got[0].CV != cv || !got[0].Time.Equal(at(1)) {
		t.Errorf("scored record: %+v, %v", got, err)
	}
	if got, _ := l.Submissions(submissions.Filter{Digest: "aa"}); got[0].Public != "" {
		t.Errorf("the other server's record took over the score: %+v", got)
	}
	add(t, l, submissions.Record{Event: submissions.Reset, Time: at(5), Competition: "digits", Server: submissions.Sandbox})
	if got := refs(t, l, submissions.Filter{Competition: "digits"}); !slices.Equal(got, []int64{1}) {
		t.Errorf("after the reset: %v", got)
	}
}

// TestLedgerTorn: a crash leaves half a line; nothing before or after is lost.
func TestLedgerTorn(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	add(t, l, submissions.Record{Event: submissions.Sent, Time: at(0), Competition: "c", Ref: 1})
	whole, err := os.ReadFile(l.Path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut < len(whole); cut++ {
		if err := os.WriteFile(l.Path, append(slices.Clone(whole), whole[:cut]...), 0o644); err != nil {
			t.Fatal(err)
		}
		add(t, l, submissions.Record{Event: submissions.Sent, Time: at(1), Competition: "c", Ref: 2})
		got := refs(t, l, submissions.Filter{})
		// The last byte of the line is its newline: cut there, the line is whole.
		want := []int64{2, 1}
		if cut == len(whole)-1 {
			want = []int64{2, 1, 1}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("cut at %d: %v, want %v", cut, got, want)
		}
		if _, torn, _ := l.Lines(); (torn == 1) != (cut < len(whole)-1) {
			t.Fatalf("cut at %d: %d torn lines", cut, torn)
		}
	}
}

func TestLedgerRefuses(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	for _, r := range []submissions.Record{
		{Event: submissions.Sent, Competition: "c"}, {Time: at(0), Competition: "c"}, {Event: submissions.Sent, Time: at(0)},
	} {
		wantError(t, l.Append(r), "a record needs an event, a time and a competition")
	}
	if _, err := os.Stat(l.Path); err == nil {
		t.Error("a refused record made the file")
	}
	blocked := &submissions.Ledger{Path: filepath.Join(t.TempDir(), "folder")}
	if err := os.Mkdir(blocked.Path, 0o755); err != nil {
		t.Fatal(err)
	}
	wantError(t, blocked.Append(submissions.Record{Event: submissions.Sent, Time: at(0), Competition: "c"}), "ledger: ", "folder")
	if _, err := blocked.Submissions(submissions.Filter{}); err == nil {
		t.Error("a folder was read as a ledger")
	}
}

func TestLedgerConcurrent(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			r := submissions.Record{Event: submissions.Sent, Time: at(0), Competition: "c", Ref: int64(i), Message: strings.Repeat("m", 500)}
			if err := l.Append(r); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	got := refs(t, l, submissions.Filter{})
	slices.Sort(got)
	if len(slices.Compact(got)) != 20 {
		t.Errorf("%d of 20 records: %v", len(got), got)
	}
}

func ExampleLedger() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ledger := &submissions.Ledger{Path: filepath.Join(dir, "ledger.jsonl")}
	sent := submissions.Record{Event: submissions.Sent, Time: at(0), Competition: "digit-recognizer", Server: submissions.Sandbox, Ref: 1}
	scored := submissions.Record{Event: submissions.Scored, Time: at(1), Competition: "digit-recognizer", Server: submissions.Sandbox, Ref: 1, Public: "0.98900"}
	for _, r := range []submissions.Record{sent, scored} {
		if err := ledger.Append(r); err != nil {
			panic(err)
		}
	}
	list, err := ledger.Submissions(submissions.Filter{Competition: "digit-recognizer"})
	fmt.Println(len(list), list[0].Public, err)
	// Output: 1 0.98900 <nil>
}

// What is blended of a file that podium made descends from what that file does.
func TestLedgerInherit(t *testing.T) {
	t.Parallel()
	l := &submissions.Ledger{Path: filepath.Join(t.TempDir(), "ledger.jsonl")}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	made := submissions.Record{Event: submissions.Made, Time: now, Competition: "digits", Digest: "a", Origins: []string{"sandbox:digits", "mnist"}}
	if err := l.Append(made); err != nil {
		t.Fatal(err)
	}
	if got, err := l.Inherit(now, "c", []string{"x", "y"}); err != nil || got != nil {
		t.Errorf("of unknown files: %v, %v", got, err)
	}
	got, err := l.Inherit(now, "b", []string{"x", "a"})
	if err != nil || !slices.Equal(got, made.Origins) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err = l.Origins("b"); err != nil || !slices.Equal(got, made.Origins) {
		t.Errorf("the blend descends from %v, %v", got, err)
	}
	lines, _, err := l.Lines()
	if err != nil || len(lines) != 2 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}
