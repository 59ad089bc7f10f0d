package sandbox_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// TestPendingSurvivesRestart: a submission that was taken and not graded when
// the process ended is graded by the next.
func TestPendingSurvivesRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := newRig(t, dir, sandbox.WithScoreDelay(time.Hour))
	ref := first.submit(t, sandbox.DevToken, right)
	var s wire.Submission
	first.call(t, sandbox.DevToken, wire.GetSubmission, wire.GetSubmissionRequest{Ref: ref}, &s)
	if s.Status != wire.Pending || s.PublicScore != "" {
		t.Errorf("before grading: %+v", s)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := newRig(t, dir)
	if s := second.scored(t, sandbox.DevToken, ref); s.PublicScore != "1.00000" || s.PrivateScore != "0.50000" {
		t.Errorf("after a restart: %+v", s)
	}
	if next := second.submit(t, sandbox.DevToken, right); next != ref+1 {
		t.Errorf("next ref %d, want %d", next, ref+1)
	}
}

// TestSweep: what a killed process left is removed after a day, nothing else.
func TestSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now, long := time.Now(), time.Now().Add(-48*time.Hour)
	folders := []struct {
		name  string
		used  time.Time
		stays bool
	}{
		{".new-digits-1", long, false}, {".new-digits-2", now, true}, {".uploads/OLD", long, false}, {"toy", long, true}, {"other", long, true},
	}
	for _, f := range folders {
		path := filepath.Join(dir, f.name)
		if err := errors.Join(os.MkdirAll(filepath.Join(path, "data"), 0o755), os.Chtimes(path, f.used, f.used)); err != nil {
			t.Fatal(err)
		}
	}
	newRig(t, dir)
	for _, f := range folders {
		if _, err := os.Stat(filepath.Join(dir, f.name)); (err == nil) != f.stays {
			t.Errorf("%s: want it to stay: %v, got %v", f.name, f.stays, err)
		}
	}
}

// TestTornJournal: a line that kill -9 left half written is as if it never was.
func TestTornJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := newRig(t, dir)
	ref := first.submit(t, sandbox.DevToken, right)
	first.scored(t, sandbox.DevToken, ref)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	journal := filepath.Join(dir, "journal.jsonl")
	whole, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	submitLine := whole[:strings.IndexByte(string(whole), '\n')+1]
	for cut := range len(submitLine) {
		b := append(slices.Clone(whole), strings.Replace(string(submitLine[:cut]), `"ref":1`, `"ref":9`, 1)...)
		if err := os.WriteFile(journal, b, 0o644); err != nil {
			t.Fatal(err)
		}
		again, err := sandbox.Open(dir)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		infos, err := again.List()
		if err != nil || infos[len(infos)-1].Submissions != 1 {
			t.Fatalf("cut at %d: %+v, %v", cut, infos, err)
		}
		again.Close()
	}
	torn := append(slices.Clone(whole), `{"kind":"submit","description":"`+strings.Repeat("x", 5000)...) // longer than the lines to come
	if err := os.WriteFile(journal, torn, 0o644); err != nil {
		t.Fatal(err)
	}
	second := newRig(t, dir)
	next := second.submit(t, sandbox.DevToken, right)
	second.scored(t, sandbox.DevToken, next)
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(journal)
	if err != nil || !strings.HasPrefix(string(after), string(whole)) || strings.Count(string(after), "\n") != 4 || next != ref+1 {
		t.Errorf("journal after a torn line (next ref %d, %v):\n%s", next, err, after)
	}
	if err := os.WriteFile(journal, []byte("{broken}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Open(dir); err == nil || !strings.Contains(err.Error(), "journal.jsonl: byte 0") || fault.HintOf(err) == "" {
		t.Errorf("a broken whole line: %v", err)
	}
}

// TestSharedFolder: several sandboxes on one folder (as processes have) lose
// nothing and give no number twice.
func TestSharedFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rigs := []*rig{newRig(t, dir), newRig(t, dir), newRig(t, dir)}
	var mu sync.Mutex
	var refs []int64
	var wg sync.WaitGroup
	for i := range 4 * len(rigs) {
		wg.Go(func() {
			ref := rigs[i%len(rigs)].submit(t, sandbox.DevToken, right)
			rigs[(i+1)%len(rigs)].scored(t, sandbox.DevToken, ref)
			mu.Lock()
			refs = append(refs, ref)
			mu.Unlock()
		})
	}
	wg.Wait()
	slices.Sort(refs)
	for i, ref := range refs {
		if ref != int64(i+1) {
			t.Fatalf("refs %v, want 1 to 12", refs)
		}
	}
	if board := rigs[2].board(t, sandbox.DevToken); len(board) != 1 || board[0] != "You 1.00000" {
		t.Errorf("board: %q", board)
	}
	if err := rigs[0].Reset("toy"); err != nil {
		t.Fatal(err)
	}
	if board := rigs[1].board(t, sandbox.DevToken); len(board) != 0 {
		t.Errorf("board after another's reset: %q", board)
	}
	if ref := rigs[1].submit(t, sandbox.DevToken, right); ref <= 12 {
		t.Errorf("ref %d was given before", ref)
	}
}

func TestBoard(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	a, b := sandbox.User{Name: "a", Team: "A", Token: "ta"}, sandbox.User{Name: "b", Team: "B", Token: "tb"}
	r := newRig(t, dir, sandbox.WithUsers(a, b), sandbox.WithClock(clock))
	path := filepath.Join(dir, "toy", "leaderboard.csv")
	if err := os.WriteFile(path, []byte("team,public,private,date\nseed,0.5,1,2026-07-01T00:00:00Z\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.configure(t, "deadline: 2026-07-01T00:00:00Z\n")
	for _, s := range []struct{ token, text string }{
		{"tb", "Id,Label\n1,a\n2,a\n3,a\n4,b\n"}, // 0.5, 1
		{"tb", "Id,Label\n1,a\n2,x\n3,x\n4,x\n"}, // 0.5, 0: no better
		{"ta", right},                            // 1, 0.5
		{"ta", "Id,Label\n1,x\n2,x\n3,a\n4,b\n"}, // 0, 1: not the best public one
	} {
		r.scored(t, s.token, r.submit(t, s.token, s.text))
		mu.Lock()
		now = now.Add(time.Hour)
		mu.Unlock()
	}
	if got, want := r.board(t, "ta"), []string{"A 1.00000", "B 0.50000", "seed 0.50000"}; !slices.Equal(got, want) {
		t.Errorf("public: %q, want %q", got, want)
	}
	mu.Lock()
	now = time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	mu.Unlock()
	r.scored(t, "ta", r.submit(t, "ta", "Id,Label\n1,a\n2,b\n3,a\n4,b\n")) // late: not ranked
	if got, want := r.board(t, "ta"), []string{"B 1.00000", "seed 1.00000", "A 0.50000"}; !slices.Equal(got, want) {
		t.Errorf("private: %q, want %q", got, want)
	}
	var pages []string
	in := wire.GetLeaderboardRequest{CompetitionName: "toy", PageSize: 2, OverridePublic: true}
	for {
		var page wire.GetLeaderboardResponse
		r.call(t, "ta", wire.GetLeaderboard, in, &page)
		for _, row := range page.Submissions {
			pages = append(pages, row.TeamName)
		}
		if in.PageToken = page.NextPageToken; in.PageToken == "" {
			break
		}
	}
	if fmt.Sprint(pages) != "[A B seed]" {
		t.Errorf("public board in pages: %q", pages)
	}
	var other wire.NestedError
	if code := r.call(t, "tb", wire.GetSubmission, wire.GetSubmissionRequest{Ref: 3}, &other); code != http.StatusNotFound {
		t.Errorf("another's submission: HTTP %d", code)
	}
}
