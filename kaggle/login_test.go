package kaggle_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// renewals is a box with a clock that both sides share, and a count of the
// renewals, which fail with the status where one is set.
type renewals struct {
	*box
	clock  atomic.Int64 // Unix seconds
	count  atomic.Int64
	status atomic.Int64
}

func newRenewals(t *testing.T) *renewals {
	r := &renewals{}
	r.clock.Store(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Unix())
	r.box = newBox(t, toy, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if strings.HasSuffix(req.URL.Path, "/GenerateAccessToken") {
				r.count.Add(1)
				if s := r.status.Load(); s != 0 {
					w.WriteHeader(int(s))
					return
				}
			}
			next.ServeHTTP(w, req)
		})
	}, sandbox.WithClock(r.now))
	return r
}

func (r *renewals) now() time.Time { return time.Unix(r.clock.Load(), 0) }

// TestRenewal: the access token is renewed before its end, by one for all, and
// saved.
func TestRenewal(t *testing.T) {
	t.Parallel()
	r := newRenewals(t)
	home, ctx := t.TempDir(), t.Context()
	path := filepath.Join(home, ".kaggle", "credentials.json")
	c := loggedIn(t, r.box, home, kaggle.WithClock(r.now))
	before := keep(t, path, `"of_a_later_version": 1,`)
	r.clock.Add(12*3600 - 6*60)
	if _, err := c.Competition(ctx, "toy"); err != nil || r.count.Load() != 0 {
		t.Errorf("6 minutes before the end: %v, %d renewals", err, r.count.Load())
	}
	r.clock.Add(2 * 60)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := c.Competition(ctx, "toy"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if r.count.Load() != 1 {
		t.Errorf("%d renewals for 20 calls, want 1", r.count.Load())
	}
	checkLoginFile(t, path)
	b, err := os.ReadFile(path)
	if err != nil || string(b) == before || !strings.Contains(string(b), `"of_a_later_version": 1`) ||
		!strings.Contains(string(b), `"access_token_expiration": "2026-11-01T23:56:00.000000+00:00"`) {
		t.Errorf("%v, saved: %s", err, b)
	}
	// Another process uses what was saved.
	cr, err := kaggle.FindCredentials(func(string) string { return "" }, home)
	if err != nil || !cr.Expires.Equal(r.now().Add(12*time.Hour)) {
		t.Fatalf("%v, %v, expires %v", cr, err, cr.Expires)
	}
	if _, err := newClient(t, r.url, kaggle.WithCredentials(cr), kaggle.WithClock(r.now)).Competition(ctx, "toy"); err != nil || r.count.Load() != 1 {
		t.Errorf("%v, %d renewals", err, r.count.Load())
	}
}

// keep adds a line to a JSON file and gives the file's text.
func keep(t *testing.T, path, line string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(b), "{", "{\n"+line, 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return text
}

// TestRenewalByAnother: what another process saved is taken instead of asking.
func TestRenewalByAnother(t *testing.T) {
	t.Parallel()
	r := newRenewals(t)
	home, ctx := t.TempDir(), t.Context()
	first := loggedIn(t, r.box, home, kaggle.WithClock(r.now))
	cr, err := kaggle.SavedLogin(home)
	if err != nil {
		t.Fatal(err)
	}
	second := newClient(t, r.url, kaggle.WithCredentials(cr), kaggle.WithClock(r.now))
	r.clock.Add(13 * 3600)
	for _, c := range []*kaggle.Client{first, second} {
		if who, err := c.WhoAmI(ctx); err != nil || who != "sandbox" {
			t.Errorf("%q, %v", who, err)
		}
	}
	if r.count.Load() != 1 {
		t.Errorf("%d renewals of two processes, want 1", r.count.Load())
	}
}

// TestTokenRejected: one that the server does not take before its time (it was
// withdrawn, or this machine's clock is wrong) is renewed once.
func TestTokenRejected(t *testing.T) {
	t.Parallel()
	r := newRenewals(t)
	c := loggedIn(t, r.box, t.TempDir(), kaggle.WithClock(func() time.Time { return time.Unix(0, 0) }))
	r.clock.Add(24 * 3600)
	if _, err := c.Competition(t.Context(), "toy"); err != nil || r.count.Load() != 1 {
		t.Errorf("%v, %d renewals", err, r.count.Load())
	}
}

// TestRenewalRefused: the login is over; the file stays for its owner to see.
func TestRenewalRefused(t *testing.T) {
	t.Parallel()
	r := newRenewals(t)
	home := t.TempDir()
	c := loggedIn(t, r.box, home, kaggle.WithClock(r.now))
	r.clock.Add(13 * 3600)
	for _, status := range []int64{400, 401, 403} {
		r.status.Store(status)
		_, err := c.Competition(t.Context(), "toy")
		if !errors.Is(err, kaggle.ErrUnauthenticated) || fault.KindOf(err) != fault.Auth || fault.HintOf(err) != "podium auth login" {
			t.Errorf("%d: %v, hint %q", status, err, fault.HintOf(err))
		}
	}
	if _, err := os.Stat(filepath.Join(home, ".kaggle", "credentials.json")); err != nil {
		t.Errorf("the file is gone: %v", err)
	}
}

// TestRenewalFails: while the old token works, a server that cannot renew it
// harms nobody; then the call fails as calls do, after a few tries.
func TestRenewalFails(t *testing.T) {
	t.Parallel()
	r := newRenewals(t)
	c := loggedIn(t, r.box, t.TempDir(), kaggle.WithClock(r.now))
	r.status.Store(http.StatusServiceUnavailable)
	r.clock.Add(12*3600 - 60)
	if _, err := c.Competition(t.Context(), "toy"); err != nil {
		t.Errorf("a minute before the end: %v", err)
	}
	tries := r.count.Load()
	r.clock.Add(120)
	if _, err := c.Competition(t.Context(), "toy"); !errors.Is(err, kaggle.ErrServer) {
		t.Errorf("after the end: %v", err)
	}
	if got := r.count.Load() - tries; got != int64(quick.Attempts) {
		t.Errorf("%d tries, want %d", got, quick.Attempts)
	}
}

// FuzzLoginFile: whatever is in credentials.json, it is read or refused.
func FuzzLoginFile(f *testing.F) {
	for _, s := range []string{
		`{"refresh_token":"r","access_token":"a","access_token_expiration":"2999-01-01T00:00:00.123456+00:00","username":"u","scopes":["s"]}`,
		`{"access_token":"a","access_token_expiration":"2999-01-01T00:00:00"}`, `{"refresh_token":7}`, `{"scopes":null}`, "[]", "", "\ufeff{}", `{"access_token_expiration":"tomorrow"}`,
	} {
		f.Add([]byte(s))
	}
	home := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		writeTree(t, home, map[string]string{".kaggle/credentials.json": string(b)})
		cr, err := kaggle.FindCredentials(func(string) string { return "" }, home)
		if (err == nil) != (cr.Kind == kaggle.OAuth) {
			t.Errorf("%v, %v", cr, err)
		}
	})
}
