package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

var toy = map[string]string{
	"competition.yaml": "version: 1\ntitle: Toy\nmetric: accuracy\npublic_share: 0.5\ndaily_limit: 0\nreal_board: false\norigin: test\n" +
		"reveal_private: true\n",
	"data/test.csv": "x\n1\n2\n3\n4\n",
	"solution.csv":  "Id,Label,Usage\n1,a,Public\n2,b,Public\n3,a,Private\n4,b,Private\n",
}

const right = "Id,Label\n1,a\n2,b\n3,a\n4,a\n" // public 1, private 0.5

// rig is an opened sandbox with the competition "toy", behind HTTP.
type rig struct {
	*sandbox.Sandbox
	dir string
	url string
}

func newRig(t testing.TB, dir string, opts ...sandbox.Option) *rig {
	t.Helper()
	for name, text := range toy {
		path := filepath.Join(dir, "toy", filepath.FromSlash(name))
		if _, err := os.Stat(path); err == nil {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sandbox.Open(dir, opts...)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		srv.Close()
		_ = s.Close() // some tests close it themselves
	})
	return &rig{Sandbox: s, dir: dir, url: srv.URL}
}

// configure adds lines to the competition's configuration.
func (r *rig) configure(t *testing.T, lines string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, "toy", "competition.yaml"), []byte(toy["competition.yaml"]+lines), 0o644); err != nil {
		t.Fatal(err)
	}
}

// call does one RPC as the given token's user and decodes the answer.
func (r *rig) call(t *testing.T, token, method string, in, out any) int {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/api/v1/"+wire.CompetitionService+"/"+method, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return resp.StatusCode
}

func (r *rig) submit(t *testing.T, token, text string) int64 {
	t.Helper()
	return r.submitTo(t, "toy", token, text)
}

func (r *rig) submitTo(t *testing.T, competition, token, text string) int64 {
	t.Helper()
	var up wire.StartSubmissionUploadResponse
	in := wire.StartSubmissionUploadRequest{CompetitionName: competition, FileName: "s.csv", ContentLength: int64(len(text))}
	if code := r.call(t, token, wire.StartSubmissionUpload, in, &up); code != http.StatusOK {
		t.Fatalf("start: HTTP %d", code)
	}
	put(t, up.CreateURL, "", text, http.StatusOK)
	var made wire.CreateSubmissionResponse
	if code := r.call(t, token, wire.CreateSubmission, wire.CreateSubmissionRequest{CompetitionName: competition, BlobFileTokens: wire.OneString(up.Token)}, &made); code != http.StatusOK {
		t.Fatalf("create: HTTP %d", code)
	}
	return made.Ref
}

// put sends a body to an upload session and gives the answer's Range header.
func put(t *testing.T, url, span, body string, want int) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	if span != "" {
		req.Header.Set("Content-Range", span)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != want {
		t.Errorf("PUT %q: HTTP %d, want %d", span, resp.StatusCode, want)
	}
	return resp.Header.Get("Range")
}

func (r *rig) scored(t *testing.T, token string, ref int64) wire.Submission {
	t.Helper()
	for {
		var s wire.Submission
		if code := r.call(t, token, wire.GetSubmission, wire.GetSubmissionRequest{Ref: ref}, &s); code != http.StatusOK {
			t.Fatalf("get submission %d: HTTP %d", ref, code)
		}
		if s.Status != wire.Pending {
			return s
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (r *rig) board(t *testing.T, token string) []string {
	t.Helper()
	var b wire.GetLeaderboardResponse
	if code := r.call(t, token, wire.GetLeaderboard, wire.GetLeaderboardRequest{CompetitionName: "toy", PageSize: 200}, &b); code != http.StatusOK {
		t.Fatalf("board: HTTP %d", code)
	}
	rows := []string{}
	for _, row := range b.Submissions {
		rows = append(rows, fmt.Sprint(row.TeamName, " ", row.Score))
	}
	return rows
}
