package kaggle_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

// answering is a server that gives one answer to everything and counts.
func answering(t *testing.T, f http.HandlerFunc) (url string, count *atomic.Int64) {
	t.Helper()
	count = new(atomic.Int64)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count.Add(1)
		f(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, count
}

// TestErrorBodies has every shape of error body that is known of Kaggle. Where
// it does not say that the path is known, the other dialect is tried.
func TestErrorBodies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		status  int
		typ     string
		body    string
		want    error
		kind    fault.Kind
		message string
		calls   int64
	}{
		{"nested", 404, "application/json", `{"error":{"code":404,"message":"no such thing","status":"NOT_FOUND"}}`, kaggle.ErrNotFound, fault.Failed, "no such thing", 1},
		{"flat", 401, "application/json", `{"code":401,"message":"Unauthorized"}`, kaggle.ErrUnauthenticated, fault.Auth, "Unauthorized", 1},
		{"flat under status 200", 200, "application/json", `{"code":404,"message":"NotFound"}`, kaggle.ErrNotFound, fault.Failed, "NotFound", 1},
		{"code as text", 400, "application/json", `{"code":"400","message":"bad"}`, kaggle.ErrRefused, fault.Failed, "bad", 1},
		{"empty", 403, "", "", kaggle.ErrForbidden, fault.Failed, "", 1},
		{"html", 403, "text/html", "<html><head><title>Just a\nmoment</title></head></html>", kaggle.ErrForbidden, fault.Failed, "Just a moment", 1},
		{"xml", 403, "application/xml", "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>no way</Message></Error>", kaggle.ErrForbidden, fault.Failed, "no way", 1},
		{"rules, in REST's words", 403, "application/json", `{"code":403,"message":"You must accept this competition's rules before you'll be able to download files."}`, kaggle.ErrRulesNotAccepted, fault.Auth, "accept this competition's rules", 1},
		{"get permission", 403, "application/json", `{"error":{"code":403,"message":"Required permission 'competitions.get' was not satisfied"}}`, kaggle.ErrNotFound, fault.Failed, "competitions.get", 1},
		{"rate limit", 429, "application/json", `{"error":{"code":429,"message":"Too many requests","status":"RESOURCE_EXHAUSTED"}}`, kaggle.ErrRateLimited, fault.Network, "Too many requests", 4},
		{"server fault", 500, "application/json", `{"code":500,"message":"Internal error"}`, kaggle.ErrServer, fault.Network, "Internal error", 4},
		{"no such method", 501, "", "", kaggle.ErrServer, fault.Network, "", 2},
		{"deadline", 400, "application/json", `{"code":400,"message":"The submission deadline has passed"}`, kaggle.ErrClosed, fault.Failed, "deadline has passed", 1},
		{"escape codes", 404, "text/plain", "\x1b[31mred\x1b[0m\x00 alert", kaggle.ErrNotFound, fault.Failed, "[31mred[0m alert", 2},
		{"no JSON", 200, "text/html", "<html>login</html>", kaggle.ErrUnreadable, fault.Failed, "", 2},
		{"null", 200, "application/json", "[]", kaggle.ErrUnreadable, fault.Failed, "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url, count := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				if c.typ != "" {
					w.Header().Set("Content-Type", c.typ)
				}
				w.Header().Set("X-Kaggle-RequestId", "req-1")
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			})
			_, err := newClient(t, url).Submission(t.Context(), 1)
			var e *kaggle.Error
			if !errors.Is(err, c.want) || !errors.As(err, &e) || fault.KindOf(err) != c.kind {
				t.Fatalf("got %v (kind %v), want %v", err, fault.KindOf(err), c.want)
			}
			if !strings.Contains(e.Message, c.message) || e.Op != "get submission" {
				t.Errorf("%+v, want message %q", e, c.message)
			}
			if c.status >= 400 && e.RequestID != "req-1" {
				t.Errorf("request id %q", e.RequestID)
			}
			if count.Load() != c.calls {
				t.Errorf("%d calls, want %d", count.Load(), c.calls)
			}
			if strings.ContainsAny(err.Error(), "\x00\x1b\n") {
				t.Errorf("error has control characters: %q", err)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	url, count := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 1 {
			w.Header().Set("Retry-After", "0.03")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_, _ = w.Write([]byte(`{"ref":"https://www.kaggle.com/competitions/titanic","title":"T"}`))
	})
	start := time.Now()
	comp, err := newClient(t, url).Competition(t.Context(), "titanic")
	if err != nil || comp.Slug != "titanic" || count.Load() != 2 {
		t.Fatalf("%+v, %v after %d calls", comp, err, count.Load())
	}
	if waited := time.Since(start); waited < 30*time.Millisecond { // never less than was asked for, whatever the load
		t.Errorf("waited %v, want at least 30ms", waited)
	}
	// a wait beyond patience goes to the caller
	url, count = answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	_, err = newClient(t, url).Competition(t.Context(), "titanic")
	var e *kaggle.Error
	if !errors.As(err, &e) || e.RetryAfter != time.Hour || count.Load() != 1 {
		t.Errorf("%v after %d calls", err, count.Load())
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	url := srv.URL
	srv.Close()
	_, err := newClient(t, url).Competition(t.Context(), "titanic")
	if !errors.Is(err, kaggle.ErrNetwork) || fault.KindOf(err) != fault.Network || fault.HintOf(err) != "start the server: podium sandbox serve" {
		t.Errorf("%v, hint %q", err, fault.HintOf(err))
	}
	if strings.Contains(err.Error(), "http://") {
		t.Errorf("the URL is in the error: %v", err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	b := newBox(t, toy, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.client.Competition(ctx, "toy"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := b.client.Submit(ctx, "toy", submissionFile(t, right), ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := b.client.DownloadAll(ctx, "toy", kaggle.DownloadOptions{Dir: t.TempDir()}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestServerQuotesTheSecret: a server that quotes what it was sent does not
// make us print it.
func TestServerQuotesTheSecret(t *testing.T) {
	t.Parallel()
	url, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "bad header "+r.Header.Get("Authorization"), http.StatusBadRequest)
	})
	for _, cr := range []kaggle.Credentials{kaggle.NewToken("KGAT_verysecret"), kaggle.NewLegacy("u", "verysecret")} {
		_, err := newClient(t, url, kaggle.WithCredentials(cr)).Competition(t.Context(), "titanic")
		if err == nil || !strings.HasSuffix(err.Error(), " [secret] (HTTP 400)") {
			t.Errorf("%v: got %v", cr, err)
		}
	}
}

func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	b := newBox(t, toy, nil)
	for name, cr := range map[string]kaggle.Credentials{
		"none": {}, "token": kaggle.NewToken("KGAT_wrong"), "key": kaggle.NewLegacy("sandbox", "wrong"),
		"token as key": kaggle.NewLegacy("sandbox", "KGAT_sandbox0000000000000000000000"),
	} {
		hint := "podium auth status"
		if name == "none" {
			hint = "podium auth login"
		}
		c := newClient(t, b.url, kaggle.WithCredentials(cr))
		_, err := c.Competition(t.Context(), "toy")
		if !errors.Is(err, kaggle.ErrUnauthenticated) || fault.KindOf(err) != fault.Auth || fault.HintOf(err) != hint {
			t.Errorf("%s: %v, hint %q", name, err, fault.HintOf(err))
		}
		if _, err := c.WhoAmI(t.Context()); !errors.Is(err, kaggle.ErrUnauthenticated) {
			t.Errorf("%s: WhoAmI: %v", name, err)
		}
		if _, err := c.Download(t.Context(), "toy", "train.csv", filepath.Join(t.TempDir(), "x"), nil); !errors.Is(err, kaggle.ErrUnauthenticated) {
			t.Errorf("%s: Download: %v", name, err)
		}
	}
	for name, cr := range map[string]kaggle.Credentials{
		"token": kaggle.NewToken("KGAT_sandbox0000000000000000000000"), "key": kaggle.NewLegacy("sandbox", "5a17d00b5a17d00b5a17d00b5a17d00b"),
	} {
		who, err := newClient(t, b.url, kaggle.WithCredentials(cr)).WhoAmI(t.Context())
		if err != nil || who != "sandbox" {
			t.Errorf("%s: %q, %v", name, who, err)
		}
	}
}

// TestPages: an empty page with a token is not the end, and pages that lead
// back to themselves are.
func TestPages(t *testing.T) {
	t.Parallel()
	url, count := answering(t, func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 1000)
		n, _ := r.Body.Read(body)
		answer := `{"files":[{"name":"a"}],"nextPageToken":"p2"}`
		switch {
		case strings.Contains(string(body[:n]), `"p2"`):
			answer = `{"files":[],"nextPageToken":"p3"}`
		case strings.Contains(string(body[:n]), `"p3"`):
			answer = `{"files":[{"ref":"b"}],"nextPageToken":null}`
		}
		_, _ = w.Write([]byte(answer))
	})
	files, err := newClient(t, url).Files(t.Context(), "x")
	if err != nil || len(files) != 2 || files[1].Name != "b" || count.Load() != 3 {
		t.Errorf("%+v, %v after %d calls", files, err, count.Load())
	}
	url, _ = answering(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"submissions":[{"teamName":"a"}],"nextPageToken":"again"}`))
	})
	if _, err := newClient(t, url).Leaderboard(t.Context(), "x"); !errors.Is(err, kaggle.ErrUnreadable) {
		t.Errorf("endless pages: %v", err)
	}
}

// TestUntrustedSlug: nor with a competition's name.
func TestUntrustedSlug(t *testing.T) {
	t.Parallel()
	url, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"ref":"https://www.kaggle.com/competitions/..","competitions":[{"ref":".."},{"ref":"https://x/competitions/fine"}]}`))
	})
	c := newClient(t, url)
	if comp, err := c.Competition(t.Context(), "titanic"); err != nil || comp.Slug != "titanic" {
		t.Errorf("%+v, %v", comp, err)
	}
	if all, err := c.Competitions(t.Context(), ""); err != nil || len(all) != 2 || all[0].Slug != "" || all[1].Slug != "fine" {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestUntrustedNames: a server cannot make the client write outside the folder.
func TestUntrustedNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{`../x`, `/etc/x`, `a/../../x`, `a\\b`, `C:x`, `a//b`, `.`, ``, `a\u0000b`, `x/.y.part`} {
		url, count := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"files":[{"name":"fine.csv"},{"name":"` + name + `"}]}`))
		})
		_, err := newClient(t, url).DownloadAll(t.Context(), "x", kaggle.DownloadOptions{Dir: t.TempDir()})
		reserved := err != nil && strings.Contains(err.Error(), "one of podium's own") && strings.HasSuffix(name, ".part")
		if err == nil || !strings.Contains(err.Error(), "leads out of the folder") && !reserved || count.Load() != 1 {
			t.Errorf("%s: %v after %d calls", name, err, count.Load())
		}
	}
}
