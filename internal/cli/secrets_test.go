package cli

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// echoes are servers that quote everything that they were sent, in every shape
// of error that is known, and some that are none.
var echoes = map[string]func(w http.ResponseWriter, said string){
	"nested 400": func(w http.ResponseWriter, s string) {
		echoJSON(w, 400, `{"error":{"code":400,"message":%s,"status":%[1]s}}`, s)
	},
	"flat 401":   func(w http.ResponseWriter, s string) { echoJSON(w, 401, `{"code":401,"message":%s}`, s) },
	"nested 403": func(w http.ResponseWriter, s string) { echoJSON(w, 403, `{"error":{"message":%s}}`, s) },
	"rules": func(w http.ResponseWriter, s string) {
		echoJSON(w, 403, `{"message":%s}`, "competitions.participate "+s)
	},
	"words 404":      func(w http.ResponseWriter, s string) { echoJSON(w, 404, `{"error":%s}`, s) },
	"flat under 200": func(w http.ResponseWriter, s string) { echoJSON(w, 200, `{"code":404,"message":%s}`, s) },
	"429": func(w http.ResponseWriter, s string) {
		w.Header().Set("Retry-After", "3600") // no time to wait here
		echoJSON(w, 429, `{"code":429,"message":%s}`, s)
	},
	"plain 501": func(w http.ResponseWriter, s string) { http.Error(w, s, http.StatusNotImplemented) },
	"html 404": func(w http.ResponseWriter, s string) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(404)
		fmt.Fprintf(w, "<html><title>%s</title></html>", html.EscapeString(s))
	},
	"xml 400": func(w http.ResponseWriter, s string) {
		w.WriteHeader(400)
		fmt.Fprintf(w, "<Error><Code>X</Code><Message>%s</Message></Error>", html.EscapeString(s))
	},
	"garbage": func(w http.ResponseWriter, s string) { _, _ = io.WriteString(w, s) },
	"fields": func(w http.ResponseWriter, s string) {
		echoJSON(w, 200, `{"deadline":%s,"files":%[1]s,"createUrl":%[1]s,"token":%[1]s,"submissions":%[1]s,"ref":%[1]s}`, s)
	},
	"redirect": func(w http.ResponseWriter, s string) {
		w.Header().Set("Location", "http://127.0.0.1:1/?Signature="+url.QueryEscape(s))
		w.WriteHeader(302)
	},
	"request id": func(w http.ResponseWriter, s string) {
		w.Header().Set("X-Kaggle-RequestId", s)
		w.WriteHeader(400)
	},
}

func echoJSON(w http.ResponseWriter, status int, format, said string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, format, strconv.Quote(said))
}

// Two secrets, and the forms in which they might show.
const secretA, secretB = "KGAT_5ec7e7aaaaaaaaaaaaaaaaaaaaaaaa", "5ec7e7bbbbbbbbbbbbbbbbbbbbbbbbbb"

var shapesOfSecrets = []string{secretA, secretB, base64.StdEncoding.EncodeToString([]byte("ann:" + secretB))}

// wallet is one kind of credential.
type wallet struct {
	name       string
	env, files map[string]string
}

var wallets = []wallet{
	{name: "token", env: map[string]string{"KAGGLE_API_TOKEN": secretA}},
	{name: "pair", env: map[string]string{"KAGGLE_USERNAME": "ann", "KAGGLE_KEY": secretB}},
	{name: "login", files: map[string]string{".kaggle/credentials.json": fmt.Sprintf(
		`{"refresh_token":%q,"access_token":%q,"access_token_expiration":"2999-01-01T00:00:00+00:00","username":"ann"}`, secretB, secretA)}},
	{name: "old login", files: map[string]string{".kaggle/credentials.json": fmt.Sprintf(
		`{"refresh_token":%q,"access_token":%q,"access_token_expiration":"2001-01-01T00:00:00+00:00","username":"ann"}`, secretB, secretA)}},
	{name: "broken login", files: map[string]string{".kaggle/credentials.json": fmt.Sprintf(`{"refresh_token":%q %q`, secretB, secretA)}},
	{name: "broken pair", files: map[string]string{".kaggle/kaggle.json": fmt.Sprintf(`{"username":"ann","key":%s,%q}`, secretB, secretA)}},
}

// open makes the credentials those of the process, in a home of their own.
func (c wallet) open(t *testing.T, server string) (home string) {
	t.Helper()
	home = t.TempDir()
	for path, text := range c.files {
		path = filepath.Join(home, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR",
		"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} { // the last three: hundreds of certificates to read each time
		t.Setenv(name, c.env[name])
	}
	for name, value := range map[string]string{"HOME": home, "USERPROFILE": home, "PODIUM_HOME": home, "PODIUM_KAGGLE_URL": server} {
		t.Setenv(name, value)
	}
	return home
}

// TestSecretsAreNeverPrinted runs every command that talks to a server against
// one that quotes what it was sent, with every kind of credential. Not parallel,
// since the program reads its environment.
func TestSecretsAreNeverPrinted(t *testing.T) {
	commands := []string{
		"competitions", "files titanic", "download titanic -p data", "submit titanic s.csv -m x", "submit titanic s.csv -m x --no-check --force",
		"submissions titanic", "leaderboard titanic", "leaderboard titanic --download", "auth status", "auth status --check", "auth login --token",
		"auth login --no-browser", "auth logout", "doctor", "doctor titanic", "init titanic",
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("s.csv", []byte("a,b\n1,2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	round, quoted := 0, 0
	for name, echo := range echoes {
		round++
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			echo(w, strings.Join([]string{r.Header.Get("Authorization"), string(body), r.URL.String()}, " "))
		}))
		for i, command := range commands {
			kind := wallets[(i+round)%len(wallets)] // every command meets every kind, in both formats
			kind.open(t, server.URL)
			words := append([]string{"podium"}, strings.Fields(command)...)
			if (i+round/len(wallets))%2 == 0 {
				words = append(words, "--json")
			}
			var out bytes.Buffer
			Main(t.Context(), words, strings.NewReader(secretA+"\n"), &out, &out) // the code of a login is one too
			quoted += strings.Count(out.String(), "[secret]")
			for _, h := range shapesOfSecrets {
				if strings.Contains(out.String(), h) {
					t.Errorf("%s, %s: %s prints a secret: %s", name, kind.name, command, &out)
				}
			}
		}
		server.Close()
	}
	if quoted < 20 {
		t.Errorf("a server's quotes were shown %d times only: the test looks at nothing", quoted)
	}
}
