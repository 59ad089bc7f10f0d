package kaggle_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

func TestSubmitAndScore(t *testing.T) {
	t.Parallel()
	b := newBox(t, toy, nil)
	ctx := t.Context()
	res, err := b.client.Submit(ctx, "toy", submissionFile(t, right), "first | try / ü")
	if err != nil || res.Message != "Successfully submitted to Toy" {
		t.Fatalf("%+v, %v", res, err)
	}
	s := scored(t, b.client, res.Ref)
	if s.Status != kaggle.StatusComplete || s.PublicScore != "1.00000" || s.PrivateScore != "" {
		t.Errorf("scored: %+v, want public 1.00000 and the private score hidden until the deadline", s)
	}
	if s.FileName != "submission.csv" || s.Description != "first | try / ü" || s.Bytes != int64(len(right)) || s.Team != "You" {
		t.Errorf("scored: %+v", s)
	}
	all, err := b.client.Submissions(ctx, "toy")
	if err != nil || len(all) != 1 || all[0] != s {
		t.Errorf("list: %+v, %v, want %+v", all, err, s)
	}
	board, err := b.client.Leaderboard(ctx, "toy")
	if err != nil || len(board) != 3 || board[0].Team != "synthetic: all" || board[1].Team != "You" {
		t.Errorf("board: %+v, %v; of equal scores the earlier comes first", board, err)
	}
}

// TestSubmissionErrors: a broken file is taken and then failed, with the line.
func TestSubmissionErrors(t *testing.T) {
	t.Parallel()
	b := newBox(t, with(map[string]string{"competition.yaml": strings.Replace(toy["competition.yaml"], "daily_limit: 2", "daily_limit: 1", 1)}), nil)
	for text, want := range map[string]string{
		"Id,Label\n1,a\n2,b,c\n":                "line 3: want 2 columns, got 3",
		"Id,Label\n1,a\n2,b\n":                  `want 4 rows, got 2: Id "3" is missing`,
		"Id,Label\n1,a\n2,b\n2,b\n4,a\n":        `line 4: Id "2" appears twice`,
		"Id,Label\n1,a\n2,b\n9,b\n4,a\n":        `line 4: Id "9" is not one of the test rows`,
		"id,label\n1,a\n":                       `line 1: want columns "Id,Label", got "id,label"`,
		"Id,Label\n1,a\n2,\n3,a\n4,a\n":         `line 3: column "Label": want a label, got nothing`,
		"\xef\xbb\xbfId,Label\n1,\"a\n2,b\n3,a": `line 4: extraneous or missing " in quoted-field`,
	} {
		res, err := b.client.Submit(t.Context(), "toy", submissionFile(t, text), "")
		if err != nil {
			t.Fatalf("%q: %v; a failed submission must not use up the day", text, err)
		}
		if s := scored(t, b.client, res.Ref); s.Status != kaggle.StatusError || s.Error != want || s.PublicScore != "" {
			t.Errorf("%q: %+v\nwant error %q", text, s, want)
		}
	}
}

func TestSubmitRefusals(t *testing.T) {
	t.Parallel()
	yaml := toy["competition.yaml"]
	after := func() time.Time { return time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name string
		yaml string
		now  func() time.Time
		want error
		kind fault.Kind
		hint string
	}{
		{"rules", yaml + "rules: accept\n", time.Now, kaggle.ErrRulesNotAccepted, fault.Auth, "/competitions/toy/rules"},
		{"rules, too late", yaml + "rules: accept\n", after, kaggle.ErrClosed, fault.Failed, "/competitions/toy"},
		{"code only", yaml + "code_only: true\n", time.Now, kaggle.ErrCodeOnly, fault.Failed, "/code"},
		{"disabled", yaml + "submissions_disabled: true\n", time.Now, kaggle.ErrClosed, fault.Failed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var uploads atomic.Int64
			wrap := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.Contains(r.URL.Path, "Upload") || r.Method == http.MethodPut {
						uploads.Add(1)
					}
					next.ServeHTTP(w, r)
				})
			}
			b := newBox(t, with(map[string]string{"competition.yaml": c.yaml}), wrap, sandbox.WithClock(c.now))
			_, err := newClient(t, b.url, kaggle.WithClock(c.now)).Submit(t.Context(), "toy", submissionFile(t, right), "")
			if !errors.Is(err, c.want) || fault.KindOf(err) != c.kind || !strings.Contains(fault.HintOf(err), c.hint) {
				t.Errorf("got %v (kind %v, hint %q), want %v", err, fault.KindOf(err), fault.HintOf(err), c.want)
			}
			if uploads.Load() != 0 {
				t.Error("an upload was begun")
			}
		})
	}
	b := newBox(t, toy, nil)
	for name, path := range map[string]string{"no file": filepath.Join(t.TempDir(), "x.csv"), "folder": t.TempDir(), "empty": submissionFile(t, "")} {
		if _, err := b.client.Submit(t.Context(), "toy", path, ""); fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDailyLimit counts UTC days, in the client before the upload and in the
// server for those who do not ask.
func TestDailyLimit(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	clock := func() time.Time { return time.Unix(now.Load(), 0) }
	now.Store(time.Date(2026, 5, 1, 23, 59, 0, 0, time.UTC).Unix())
	b := newBox(t, toy, nil, sandbox.WithClock(clock))
	ctx, file := t.Context(), submissionFile(t, right)
	for range 2 {
		res, err := b.client.Submit(ctx, "toy", file, "")
		if err != nil {
			t.Fatal(err)
		}
		scored(t, b.client, res.Ref)
	}
	_, err := b.client.Submit(ctx, "toy", file, "")
	if !errors.Is(err, kaggle.ErrDailyLimit) || !strings.Contains(err.Error(), "2 of 2 made today") {
		t.Errorf("third of the day: %v", err)
	}
	now.Add(120) // past midnight UTC
	if l, err := b.client.Limits(ctx, "toy"); err != nil || l != (kaggle.Limits{Today: 0, Total: 2, AllowedNow: 2}) {
		t.Errorf("next day: %+v, %v", l, err)
	}
	if _, err := b.client.Submit(ctx, "toy", file, ""); err != nil {
		t.Errorf("next day: %v", err)
	}
}

func TestServerSideDailyLimit(t *testing.T) {
	t.Parallel()
	wrap := func(next http.Handler) http.Handler { // an old server without limits to ask for
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/GetSubmissionLimits") || strings.HasSuffix(r.URL.Path, "/submissions/limits") {
				w.WriteHeader(http.StatusNotImplemented)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	b := newBox(t, toy, wrap)
	file := submissionFile(t, right)
	for range 2 {
		if _, err := b.client.Submit(t.Context(), "toy", file, ""); err != nil {
			t.Fatal(err)
		}
	}
	_, err := b.client.Submit(t.Context(), "toy", file, "")
	if !errors.Is(err, kaggle.ErrDailyLimit) || !strings.Contains(err.Error(), "daily Submission allowance (2)") {
		t.Errorf("got %v, want the server's words", err)
	}
}

func TestLateSubmission(t *testing.T) {
	t.Parallel()
	after := func() time.Time { return time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC) }
	b := newBox(t, toy, nil, sandbox.WithClock(after))
	res, err := newClient(t, b.url, kaggle.WithClock(after)).Submit(t.Context(), "toy", submissionFile(t, right), "")
	if err != nil || !res.Late {
		t.Fatalf("%+v, %v", res, err)
	}
	if s := scored(t, b.client, res.Ref); s.PublicScore != "1.00000" || s.PrivateScore != "0.50000" {
		t.Errorf("after the deadline both scores are shown: %+v", s)
	}
	board, err := b.client.Leaderboard(t.Context(), "toy")
	if err != nil || len(board) != 2 {
		t.Errorf("a late submission is not ranked: %+v, %v", board, err)
	}
}
