package kaggle_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

// browse does what a person does with a login's page: opens it and presses the
// button of the user, "" being the one that denies. It gives the last page.
func browse(t *testing.T, page, user string) string {
	t.Helper()
	resp, err := http.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(text), "Allow as sandbox") {
		t.Fatalf("the page of the login: %d %s", resp.StatusCode, text)
	}
	resp, err = http.PostForm(page, url.Values{"user": {user}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ = io.ReadAll(resp.Body)
	return string(text)
}

// loggedIn makes a client of a fresh login in home.
func loggedIn(t *testing.T, b *box, home string, opts ...kaggle.Option) *kaggle.Client {
	t.Helper()
	c := newClient(t, b.url, append(opts, kaggle.WithCredentials(kaggle.Credentials{}))...)
	l, err := c.StartLogin(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	cr, err := l.Exchange(t.Context(), pasted(t, l.URL), home)
	if err != nil {
		t.Fatal(err)
	}
	return newClient(t, b.url, append(opts, kaggle.WithCredentials(cr))...)
}

// pasted is the code that the server's page shows.
func pasted(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`<pre>(\w+)</pre>`).FindStringSubmatch(browse(t, page, "sandbox"))
	if m == nil {
		t.Fatal("the page shows no code")
	}
	return m[1]
}

func TestLogin(t *testing.T) {
	t.Parallel()
	b := newBox(t, toy, nil)
	home, ctx := t.TempDir(), t.Context()
	l, err := newClient(t, b.url, kaggle.WithCredentials(kaggle.Credentials{})).StartLogin(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	u, err := url.Parse(l.URL)
	if err != nil {
		t.Fatal(err)
	}
	back := u.Query().Get("redirect_uri")
	if !regexp.MustCompile(`^http://localhost:(8\d\d\d|9000)$`).MatchString(back) || u.Query().Get("code_challenge_method") != "S256" {
		t.Errorf("the login's page: %s", l.URL)
	}
	// What does not know the state changes nothing.
	for _, q := range []string{"", "?code=planted", "?code=planted&state=guess", "favicon.ico?state=" + u.Query().Get("state")} {
		resp, err := http.Get(back + "/" + q)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: status %d", q, resp.StatusCode)
		}
	}
	if text := browse(t, l.URL, "sandbox"); !strings.Contains(text, "podium has what it needs") {
		t.Errorf("the browser's last page: %s", text)
	}
	code, err := l.Code(ctx)
	if err != nil || code == "planted" {
		t.Fatalf("%q, %v", code, err)
	}
	cr, err := l.Exchange(ctx, code, home)
	if err != nil || cr.Kind != kaggle.OAuth || cr.Username != "sandbox" {
		t.Fatalf("%v, %v", cr, err)
	}
	checkLoginFile(t, filepath.Join(home, ".kaggle", "credentials.json"))
	cr, err = kaggle.FindCredentials(func(string) string { return "" }, home)
	if err != nil || cr.Kind != kaggle.OAuth {
		t.Fatalf("%v, %v", cr, err)
	}
	if who, err := newClient(t, b.url, kaggle.WithCredentials(cr)).WhoAmI(ctx); err != nil || who != "sandbox" {
		t.Errorf("%q, %v", who, err)
	}
	if _, err := l.Exchange(ctx, code, home); !errors.Is(err, kaggle.ErrUnauthenticated) || fault.HintOf(err) != "podium auth login" {
		t.Errorf("the same code again: %v", err)
	}
}

// checkLoginFile: the official client reads it, and nobody but the owner.
func checkLoginFile(t *testing.T, path string) {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", st.Mode())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Refresh    string   `json:"refresh_token"`
		Access     string   `json:"access_token"`
		Expiration string   `json:"access_token_expiration"`
		Username   string   `json:"username"`
		Scopes     []string `json:"scopes"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	// datetime.fromisoformat of Python 3.7 reads this, and not an ending of "Z".
	isoformat := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$`)
	if file.Refresh == "" || file.Access == "" || !isoformat.MatchString(file.Expiration) || file.Username != "sandbox" || len(file.Scopes) != 1 {
		t.Errorf("%s", b)
	}
}

func TestLoginRefused(t *testing.T) {
	t.Parallel()
	b := newBox(t, toy, nil)
	anonymous := newClient(t, b.url, kaggle.WithCredentials(kaggle.Credentials{}))
	l, err := anonymous.StartLogin(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	browse(t, l.URL, "")
	if _, err := l.Code(t.Context()); !errors.Is(err, kaggle.ErrUnauthenticated) || !strings.Contains(err.Error(), "access_denied") {
		t.Errorf("denied: %v", err)
	}
	// A code is worth nothing without the verifier of the one who asked for it.
	mine, err := anonymous.StartLogin(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	thief, err := anonymous.StartLogin(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	if _, err := thief.Exchange(t.Context(), pasted(t, mine.URL), home); !errors.Is(err, kaggle.ErrUnauthenticated) {
		t.Errorf("a code with another verifier: %v", err)
	}
	if _, err := mine.Code(t.Context()); err == nil {
		t.Error("a login without a listener waited for a browser")
	}
	if entries, _ := os.ReadDir(home); len(entries) != 0 {
		t.Errorf("a refused login was saved: %v", entries)
	}
}

func TestLogout(t *testing.T) {
	t.Parallel()
	down := false
	wrap := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if down && strings.HasSuffix(r.URL.Path, "/ExpireApiToken") {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	b := newBox(t, toy, wrap)
	home, ctx := t.TempDir(), t.Context()
	path := filepath.Join(home, ".kaggle", "credentials.json")
	if _, err := kaggle.SavedLogin(home); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no login: %v", err)
	}
	c := loggedIn(t, b, home)
	copied, err := kaggle.SavedLogin(home)
	if err != nil {
		t.Fatal(err)
	}
	down = true
	if err := c.Logout(ctx); !errors.Is(err, kaggle.ErrServer) {
		t.Errorf("server down: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("a login that was not revoked was removed: %v", err)
	}
	down = false
	if err := c.Logout(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	// Nobody can use a copy, and logging it out as well does no harm.
	other := newClient(t, b.url, kaggle.WithCredentials(copied))
	if _, err := other.Competition(ctx, "toy"); !errors.Is(err, kaggle.ErrUnauthenticated) || fault.HintOf(err) != "podium auth login" {
		t.Errorf("after the logout: %v, hint %q", err, fault.HintOf(err))
	}
	if err := other.Logout(ctx); err != nil {
		t.Errorf("logged out twice: %v", err)
	}
	if err := b.client.Logout(ctx); fault.KindOf(err) != fault.Usage {
		t.Errorf("an API token is no login: %v", err)
	}
}
