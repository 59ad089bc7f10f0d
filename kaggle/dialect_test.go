package kaggle_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// front stands before a sandbox and hides one of its dialects, as servers that
// speak only the other would. It keeps what passed.
type front struct {
	hidden func(path string) bool
	hide   http.HandlerFunc // the answer to what is hidden
	pages  string           // page size that REST lists are cut to, "" leaves it

	mu   sync.Mutex
	seen []string // "VERB PATH" of API requests, hidden ones too
	leak []string // storage requests that carried Authorization
}

func isRPC(path string) bool { return strings.Contains(path, "Service/") }
func isREST(path string) bool {
	return strings.HasPrefix(path, "/api/v1/") && !isRPC(path)
}

func (f *front) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		switch {
		case isRPC(r.URL.Path) || isREST(r.URL.Path):
			f.seen = append(f.seen, r.Method+" "+r.URL.Path)
		case r.Header.Get("Authorization") != "":
			f.leak = append(f.leak, r.URL.Path)
		}
		f.mu.Unlock()
		if f.hidden != nil && f.hidden(r.URL.Path) {
			_, _ = io.Copy(io.Discard, r.Body)
			f.hide(w, r)
			return
		}
		if q := r.URL.Query(); f.pages != "" && q.Get("pageSize") != "" {
			q.Set("pageSize", f.pages)
			r.URL.RawQuery = q.Encode()
		}
		next.ServeHTTP(w, r)
	})
}

// asked counts the requests of a dialect.
func (f *front) asked(dialect func(path string) bool) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, one := range f.seen {
		if _, path, _ := strings.Cut(one, " "); dialect(path) {
			n++
		}
	}
	return n
}

func htmlPage(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprint(w, "<!doctype html><title>Kaggle</title><div id=root></div>")
	}
}

func noBody(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// oddFiles have names that must survive a path.
var oddFiles = map[string]string{
	"data/a b/100%.csv": "1", "data/a b/x+y&z=1.csv": "2", "data/ünïcode/#1?.csv": "3", "data/a%2Fb.csv": "4",
}

// all does everything that a client can do and gives the answers, without what
// differs between two runs.
func all(t *testing.T, ctx context.Context, c *kaggle.Client) map[string]any {
	t.Helper()
	out := map[string]any{}
	keep := func(name string, v any, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		out[name] = v
	}
	name, err := c.WhoAmI(ctx)
	keep("who", name, err)
	list, err := c.Competitions(ctx, "")
	for i := range list {
		list[i].URL = ""
	}
	keep("competitions", list, err)
	comp, err := c.Competition(ctx, "toy")
	comp.URL = ""
	keep("competition", comp, err)
	files, err := c.Files(ctx, "toy")
	for i := range files {
		files[i].Created = comp.Deadline
	}
	keep("files", files, err)
	dir := t.TempDir()
	got, err := c.DownloadAll(ctx, "toy", kaggle.DownloadOptions{Dir: dir})
	keep("downloaded", len(got), err)
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Name)))
		keep("file "+f.Name, string(text), err)
	}
	for _, text := range []string{right, "Id,Label\n1,b\n", "Id,Label\n1,b\n2,b\n3,b\n4,b\n"} {
		res, err := c.Submit(ctx, "toy", submissionFile(t, text), "d | /ü "+text[:8])
		res.URL = ""
		keep("submitted "+text, res, err)
		s := scored(t, c, res.Ref)
		s.Date = comp.Deadline
		keep("scored "+text, s, nil)
	}
	subs, err := c.Submissions(ctx, "toy")
	for i := range subs {
		subs[i].Date = comp.Deadline
	}
	keep("submissions", subs, err)
	limits, err := c.Limits(ctx, "toy")
	keep("limits", limits, err)
	board, err := c.Leaderboard(ctx, "toy")
	for i := range board {
		board[i].Date = comp.Deadline
	}
	keep("board", board, err)
	file, err := c.LeaderboardFile(ctx, "toy")
	for i := range file.Rows {
		file.Rows[i].Date = comp.Deadline
	}
	keep("board's file", file.Rows, err)
	latest, err := c.LatestSubmissions(ctx, "toy", 2)
	for i := range latest {
		latest[i].Date = comp.Deadline
	}
	keep("latest", latest, err)
	_, err = c.Competition(ctx, "nope")
	keep("unknown", errors.Is(err, kaggle.ErrNotFound), nil)
	_, err = c.Files(ctx, "closed")
	keep("files without rules", nil, err)
	_, err = c.Submit(ctx, "closed", submissionFile(t, right), "")
	keep("rules", errors.Is(err, kaggle.ErrRulesNotAccepted), nil)
	_, err = c.Download(ctx, "closed", "test.csv", filepath.Join(dir, "x"), nil)
	keep("download rules", fmt.Sprint(errors.Is(err, kaggle.ErrRulesNotAccepted), err), nil)
	return out
}

// Whatever dialect a server speaks, a client does all that it can do, and gets
// the same answers.
func TestDialects(t *testing.T) {
	t.Parallel()
	var want map[string]any
	for _, c := range []struct {
		name string
		f    *front
		rpc  int // requests of the RPC dialect, -1: not counted
		rest int
	}{
		{"both", &front{}, -1, 0},
		{"RPC only", &front{hidden: isREST, hide: htmlPage(404)}, -1, 0},
		{"REST only, 404 page", &front{hidden: isRPC, hide: htmlPage(404)}, 1, -1},
		{"REST only, 405", &front{hidden: isRPC, hide: noBody(405)}, 1, -1},
		{"REST only, 501", &front{hidden: isRPC, hide: noBody(501)}, 1, -1},
		{"REST only, a page for any path", &front{hidden: isRPC, hide: htmlPage(200)}, 1, -1},
		{"REST only, small pages", &front{hidden: isRPC, hide: noBody(404), pages: "1"}, 1, -1},
	} {
		files := with(oddFiles)
		files["competition.yaml"] = strings.Replace(files["competition.yaml"], "daily_limit: 2", "daily_limit: 9", 1)
		b := newBox(t, files, c.f.wrap)
		writeTree(t, filepath.Join(b.dir, "closed"), with(map[string]string{"competition.yaml": toy["competition.yaml"] + "rules: accept\n"}))
		got := all(t, t.Context(), b.client)
		if want == nil {
			want = got
		}
		for name := range want {
			if !reflect.DeepEqual(got[name], want[name]) {
				t.Errorf("%s: %s: got %+v, want %+v", c.name, name, got[name], want[name])
			}
		}
		if n := c.f.asked(isRPC); c.rpc >= 0 && n != c.rpc || n == 0 {
			t.Errorf("%s: %d RPC requests, want %d", c.name, n, c.rpc)
		}
		if n := c.f.asked(isREST); c.rest >= 0 && n != c.rest || c.rest < 0 && n == 0 {
			t.Errorf("%s: %d REST requests, want %d", c.name, n, c.rest)
		}
		if len(c.f.leak) > 0 {
			t.Errorf("%s: credentials went to storage: %v", c.name, c.f.leak)
		}
	}
	if len(want) < 20 || want["unknown"] != true || want["rules"] != true {
		t.Errorf("the runs do too little: %v", want)
	}
}

// A server of RPC that lacks one method is asked for that one by REST, and for
// all else by RPC.
func TestOneMethodMissing(t *testing.T) {
	t.Parallel()
	f := &front{hidden: func(path string) bool { return strings.HasSuffix(path, "/GetSubmissionLimits") }, hide: htmlPage(404)}
	b := newBox(t, toy, f.wrap)
	for range 2 {
		if _, err := b.client.Competition(t.Context(), "toy"); err != nil {
			t.Fatal(err)
		}
		if limits, err := b.client.Limits(t.Context(), "toy"); err != nil || limits.AllowedNow != 2 {
			t.Errorf("limits %+v, %v", limits, err)
		}
	}
	if rpc, rest := f.asked(isRPC), f.asked(isREST); rpc != 4 || rest != 2 {
		t.Errorf("%d by RPC, %d by REST", rpc, rest)
	}
}

// A submission that may have been taken is not sent once more in the other
// dialect; one that a server cannot have understood is.
func TestSubmitIsNotRepeatedInAnotherDialect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		rest   int
		ok     bool
	}{
		{"no such path", noBody(404), 1, true},
		{"no such path, a page", htmlPage(405), 1, true},
		{"bad gateway", htmlPage(502), 0, false},
		{"no answer that is one", htmlPage(200), 0, false},
		{"forbidden on the way", htmlPage(403), 0, false},
		{"lost", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &front{hidden: func(path string) bool { return strings.HasSuffix(path, "/CreateSubmission") }, hide: c.answer}
			b := newBox(t, toy, f.wrap)
			_, err := b.client.Submit(t.Context(), "toy", submissionFile(t, right), "")
			if (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
			sent := f.asked(func(path string) bool { return strings.HasSuffix(path, "/submissions/submit/toy") })
			if sent != c.rest {
				t.Errorf("sent %d times by REST, want %d", sent, c.rest)
			}
			subs, err := b.client.Submissions(t.Context(), "toy")
			if err != nil || len(subs) != c.rest {
				t.Errorf("%d submissions, %v", len(subs), err)
			}
		})
	}
}

// A server that is none is said to be none, whatever it answers to any path.
func TestNoDialect(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{"a page": htmlPage(200), "nothing": noBody(404)} {
		url, count := answering(t, answer)
		_, err := newClient(t, url).Files(t.Context(), "toy")
		if err == nil || count.Load() != 2 {
			t.Errorf("%s: %v after %d requests", name, err, count.Load())
		}
	}
}

// A list without a token ends at an empty page, or when a server that does not
// know numbers sends the same page again.
func TestBareListEnds(t *testing.T) {
	t.Parallel()
	f := &front{hidden: isRPC, hide: noBody(404)}
	url, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		f.wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `[{"ref":7,"status":"complete","hasPublicScore":true,"publicScore":"0.5","publicScoreNullable":"0.5"}]`)
		})).ServeHTTP(w, r)
	})
	subs, err := newClient(t, url).Submissions(t.Context(), "toy")
	if err != nil || len(subs) != 1 || subs[0].PublicScore != "0.5" || subs[0].Status != kaggle.StatusComplete {
		t.Errorf("got %+v, %v", subs, err)
	}
	if n := f.asked(isREST); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

// A page may be empty although another follows.
func TestEmptyPages(t *testing.T) {
	t.Parallel()
	b := newBox(t, toy, nil, sandbox.WithEmptyPages())
	files, err := b.client.Files(t.Context(), "toy")
	if err != nil || len(files) != 4 {
		t.Errorf("%d files, %v", len(files), err)
	}
	board, err := b.client.Leaderboard(t.Context(), "toy")
	if err != nil || len(board) != 2 {
		t.Errorf("%d rows, %v", len(board), err)
	}
	list, err := b.client.Competitions(t.Context(), "toy")
	if err != nil || len(list) != 1 {
		t.Errorf("%d competitions, %v", len(list), err)
	}
}

// roundTrip is a transport that answers without a network.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The two dialects are on two hosts at Kaggle, and beside each other elsewhere.
func TestWhereDialectsAre(t *testing.T) {
	t.Parallel()
	for base, want := range map[string][2]string{
		"":                                 {"https://api.kaggle.com/v1/", "https://www.kaggle.com/api/v1/"},
		"https://www.kaggle.com/api/v1":    {"https://www.kaggle.com/api/v1/", "https://www.kaggle.com/api/v1/"},
		"http://localhost:7777":            {"http://localhost:7777/v1/", "http://localhost:7777/api/v1/"},
		"http://localhost:7777/api/v1/":    {"http://localhost:7777/api/v1/", "http://localhost:7777/api/v1/"},
		"https://example.org/kaggle/v1":    {"https://example.org/kaggle/v1/", "https://example.org/kaggle/api/v1/"},
		"https://example.org/some/prefix/": {"https://example.org/some/prefix/", "https://example.org/some/prefix/"},
	} {
		var asked []string
		nothing := roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.Method+" "+r.URL.String())
			return &http.Response{StatusCode: 404, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
		})
		_, err := newClient(t, base, kaggle.WithTransport(nothing)).Download(t.Context(), "toy", "a b/c.csv", filepath.Join(t.TempDir(), "c"), nil)
		rpc, rest := "POST "+want[0]+"competitions.CompetitionApiService/DownloadDataFile", "GET "+want[1]+"competitions/data/download/toy/a%20b%2Fc.csv"
		if err == nil || len(asked) < 2 || asked[0] != rpc || asked[1] != rest {
			t.Errorf("%q: asked %v, want %s and %s", base, asked, rpc, rest)
		}
	}
}
