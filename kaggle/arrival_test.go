package kaggle_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// discard is a ResponseWriter whose answer nobody sees.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// TestLostAnswer: whatever becomes of the answer, the call that makes the
// submission is sent once; then the list tells whether it arrived.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	const look = "look before you submit again: podium submissions toy"
	for _, c := range []struct {
		name   string
		taken  bool                        // the submission reaches the server
		answer func(w http.ResponseWriter) // to the call that makes it
		late   int64                       // so many looks do not show it yet
		list   func(w http.ResponseWriter) // instead of the list, once it was sent
		cancel bool                        // the caller stops waiting
		want   string                      // of the error, "" for none
		hint   string
	}{
		{name: "500, taken", taken: true, answer: status(500)},
		{name: "504, taken, listed late", taken: true, answer: status(504), late: 2},
		{name: "connection lost, taken", taken: true, answer: abort},
		{name: "no number in the answer", taken: true, answer: text(`{"message":"Successfully submitted"}`)},
		{name: "a login page", taken: true, answer: text("<html>")},
		{name: "500, not taken", answer: status(500), want: "the server does not list the submission", hint: look},
		{name: "connection lost, not taken", answer: abort, want: "the server does not list the submission", hint: look},
		{name: "no answer and no list", taken: true, answer: abort, list: status(403), want: "may have been taken", hint: look},
		{name: "interrupted", taken: true, answer: abort, cancel: true, want: "may have been taken", hint: look},
		{name: "refused", answer: status(400), want: "request refused"},
		{name: "too many requests", answer: status(429), want: "too many requests", hint: "wait a minute"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var armed atomic.Bool
			var sent, looks atomic.Int64
			wrap := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					list := strings.HasSuffix(r.URL.Path, "/ListSubmissions") && sent.Load() > 0
					switch {
					case !armed.Load():
						next.ServeHTTP(w, r)
					case strings.HasSuffix(r.URL.Path, "/CreateSubmission"):
						sent.Add(1)
						if c.taken {
							next.ServeHTTP(&discard{header: http.Header{}}, r)
						}
						if c.cancel {
							cancel()
						}
						c.answer(w)
					case list && c.list != nil:
						c.list(w)
					case list && looks.Add(1) <= c.late:
						text(`{"submissions":[],"nextPageToken":""}`)(w)
					default:
						next.ServeHTTP(w, r)
					}
				})
			}
			b := newBox(t, toy, wrap)
			file := submissionFile(t, right)
			if _, err := b.client.Submit(ctx, "toy", file, "the same file, earlier"); err != nil {
				t.Fatal(err)
			}
			armed.Store(true)
			res, err := b.client.Submit(ctx, "toy", file, "try")
			if sent.Load() != 1 {
				t.Errorf("sent %d times", sent.Load())
			}
			if c.want == "" {
				if err != nil || !res.Found || res.Ref != 2 {
					t.Errorf("%+v, %v; want submission 2, found in the list", res, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(fault.HintOf(err), c.hint) {
				t.Errorf("%v, hint %q; want %q, hint %q", err, fault.HintOf(err), c.want, c.hint)
			}
		})
	}
}

func status(code int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(code) }
}

func text(body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { _, _ = w.Write([]byte(body)) }
}

func abort(http.ResponseWriter) { panic(http.ErrAbortHandler) }

// TestNotSent: where the login could not be renewed for the call that makes the
// submission, nothing was sent, and nobody is told that something may have been.
func TestNotSent(t *testing.T) {
	t.Parallel()
	var armed atomic.Bool
	b := newBox(t, toy, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/CreateSubmission"):
				armed.Store(true)
				w.WriteHeader(http.StatusUnauthorized)
			case armed.Load() && strings.HasSuffix(r.URL.Path, "/GenerateAccessToken"):
				w.WriteHeader(http.StatusServiceUnavailable)
			default:
				next.ServeHTTP(w, r)
			}
		})
	})
	_, err := loggedIn(t, b, t.TempDir()).Submit(t.Context(), "toy", submissionFile(t, right), "m")
	if err == nil || !strings.Contains(err.Error(), "renew the login") || strings.Contains(err.Error(), "taken") || strings.Contains(err.Error(), "lost") {
		t.Errorf("got %v", err)
	}
}
