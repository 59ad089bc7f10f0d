package kaggle_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// box is a sandbox behind a real HTTP server, and a client of it.
type box struct {
	*sandbox.Sandbox
	dir    string
	url    string
	client *kaggle.Client
}

// toy is a competition small enough to read at a glance: four hidden rows, of
// which the first two are public.
var toy = map[string]string{
	"competition.yaml": "version: 1\ntitle: Toy\nmetric: accuracy\npublic_share: 0.5\ndaily_limit: 2\nreal_board: false\norigin: test\n" +
		"deadline: 2030-01-01T00:00:00Z\n",
	"data/train.csv":             "x,label\n1,a\n2,b\n",
	"data/test.csv":              "x\n1\n2\n3\n4\n",
	"data/images/a b/one.bin":    "\x00\x01\x02",
	"data/sample_submission.csv": "Id,Label\n1,a\n2,a\n3,a\n4,a\n",
	"solution.csv":               "Id,Label,Usage\n1,a,Public\n2,b,Public\n3,a,Private\n4,b,Private\n",
	"leaderboard.csv": "team,public,private,date\nsynthetic: half,0.5,0.5,2026-01-01T00:00:00Z\n" +
		"synthetic: all,1,1,2026-01-02T00:00:00Z\n",
}

func writeTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// with is toy with some files replaced; an empty text leaves a file out.
func with(changes map[string]string) map[string]string {
	files := map[string]string{}
	for name, text := range toy {
		files[name] = text
	}
	for name, text := range changes {
		files[name] = text
		if text == "" {
			delete(files, name)
		}
	}
	return files
}

// newBox serves files as the competition "toy". wrap, if given, stands between
// client and sandbox.
func newBox(t *testing.T, files map[string]string, wrap func(http.Handler) http.Handler, opts ...sandbox.Option) *box {
	t.Helper()
	dir := t.TempDir()
	writeTree(t, filepath.Join(dir, "toy"), files)
	s, err := sandbox.Open(dir, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	h := s.Handler()
	if wrap != nil {
		h = wrap(h)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return &box{Sandbox: s, dir: dir, url: srv.URL, client: newClient(t, srv.URL)}
}

var quick = kaggle.Retry{Attempts: 4, Base: time.Millisecond, Max: 4 * time.Millisecond}

func newClient(t *testing.T, url string, opts ...kaggle.Option) *kaggle.Client {
	t.Helper()
	opts = append([]kaggle.Option{
		kaggle.WithBaseURL(url), kaggle.WithCredentials(kaggle.NewToken(sandbox.DevToken)), kaggle.WithRetry(quick),
	}, opts...)
	c, err := kaggle.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func submissionFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "submission.csv")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// scored polls until a submission is no longer pending.
func scored(t *testing.T, c *kaggle.Client, ref int64) kaggle.Submission {
	t.Helper()
	for {
		s, err := c.Submission(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		if s.Status != kaggle.StatusPending {
			return s
		}
		time.Sleep(2 * time.Millisecond)
	}
}

const right = "Id,Label\n1,a\n2,b\n3,a\n4,a\n" // public 1, private 0.5
