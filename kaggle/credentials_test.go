package kaggle_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

const secretText = "5ec7e75ec7e75ec7e75ec7e75ec7e700"

// TestFindCredentials walks Kaggle's order: each case has all later sources
// too, so that only the order decides.
func TestFindCredentials(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		env    map[string]string // HOME in a value is the home folder
		files  map[string]string
		kind   kaggle.CredentialKind
		user   string
		source string // "HOME/..." likewise
	}{
		{"notebook", map[string]string{"KAGGLE_KERNEL_RUN_TYPE": "Batch", "KAGGLE_DATA_PROXY_URL": "x", "KAGGLE_API_V1_TOKEN": "HOME/tok", "KAGGLE_API_TOKEN": "other"},
			map[string]string{"tok": secretText}, kaggle.Token, "", "KAGGLE_API_V1_TOKEN (HOME/tok)"},
		{"token", map[string]string{"KAGGLE_API_TOKEN": secretText, "KAGGLE_API_V1_TOKEN": "HOME/tok"},
			map[string]string{".kaggle/access_token": "other"}, kaggle.Token, "", "KAGGLE_API_TOKEN"},
		{"token in a file", map[string]string{"KAGGLE_API_TOKEN": "HOME/tok"},
			map[string]string{"tok": " " + secretText + "\r\n"}, kaggle.Token, "", "KAGGLE_API_TOKEN (HOME/tok)"},
		{"access_token", map[string]string{"KAGGLE_USERNAME": "u", "KAGGLE_KEY": "other"},
			map[string]string{".kaggle/access_token": secretText + "\n", ".kaggle/access_token.txt": "other"}, kaggle.Token, "", "HOME/.kaggle/access_token"},
		{"access_token.txt", map[string]string{"KAGGLE_CONFIG_DIR": "HOME/elsewhere"},
			map[string]string{".kaggle/access_token": " \n", ".kaggle/access_token.txt": "\ufeff" + secretText}, kaggle.Token, "", "HOME/.kaggle/access_token.txt"},
		{"variables", map[string]string{"KAGGLE_USERNAME": "u", "KAGGLE_KEY": secretText},
			map[string]string{".kaggle/kaggle.json": "{broken"}, kaggle.Legacy, "u", "KAGGLE_USERNAME and KAGGLE_KEY"},
		{"kaggle.json", nil,
			map[string]string{".kaggle/kaggle.json": `{"username":"u","key":"` + secretText + `"}`, ".kaggle/credentials.json": `{"access_token":"other"}`}, kaggle.Legacy, "u", "HOME/.kaggle/kaggle.json"},
		{"kaggle.json elsewhere", map[string]string{"KAGGLE_CONFIG_DIR": "HOME/conf"},
			map[string]string{".kaggle/kaggle.json": `{}`, "conf/kaggle.json": `{"username":"u","key":"` + secretText + `"}`}, kaggle.Legacy, "u", "HOME/conf/kaggle.json"},
		{"mixed", map[string]string{"KAGGLE_USERNAME": "other"},
			map[string]string{".kaggle/kaggle.json": `{"username":"u","key":"` + secretText + `"}`}, kaggle.Legacy, "other", "HOME/.kaggle/kaggle.json with KAGGLE_USERNAME"},
		{"notebook without its file", map[string]string{"KAGGLE_KERNEL_RUN_TYPE": "Batch", "KAGGLE_DATA_PROXY_URL": "x", "KAGGLE_API_V1_TOKEN": "HOME/gone", "KAGGLE_API_TOKEN": secretText},
			nil, kaggle.Token, "", "KAGGLE_API_TOKEN"},
		{"half a notebook", map[string]string{"KAGGLE_KERNEL_RUN_TYPE": "Batch", "KAGGLE_API_V1_TOKEN": "HOME/tok", "KAGGLE_API_TOKEN": secretText},
			map[string]string{"tok": "other"}, kaggle.Token, "", "KAGGLE_API_TOKEN"},
		{"token variable with the path of no file", map[string]string{"KAGGLE_API_TOKEN": "HOME/gone"},
			map[string]string{".kaggle/access_token": secretText}, kaggle.Token, "", "HOME/.kaggle/access_token"},
		{"token variable with an empty file", map[string]string{"KAGGLE_API_TOKEN": "HOME/tok"},
			map[string]string{"tok": "\n", ".kaggle/access_token": secretText}, kaggle.Token, "", "HOME/.kaggle/access_token"},
		{"access_token is in ~/.kaggle wherever the rest is", map[string]string{"KAGGLE_CONFIG_DIR": "HOME/conf"},
			map[string]string{"conf/access_token": "other", ".kaggle/access_token": secretText}, kaggle.Token, "", "HOME/.kaggle/access_token"},
		{"mixed the other way", map[string]string{"KAGGLE_KEY": secretText},
			map[string]string{".kaggle/kaggle.json": `{"username":"u","key":"other"}`}, kaggle.Legacy, "u", "HOME/.kaggle/kaggle.json with KAGGLE_KEY"},
		{"half in the file, half in the environment", map[string]string{"KAGGLE_KEY": secretText},
			map[string]string{".kaggle/kaggle.json": `{"username":"u"}`}, kaggle.Legacy, "u", "HOME/.kaggle/kaggle.json with KAGGLE_KEY"},
		{"byte order mark", nil,
			map[string]string{".kaggle/kaggle.json": "\ufeff" + `{"username":"u","key":"` + secretText + `"}`}, kaggle.Legacy, "u", "HOME/.kaggle/kaggle.json"},
		{"token in the key's place", nil,
			map[string]string{".kaggle/kaggle.json": `{"username":"u","key":"KGAT_` + secretText + `"}`}, kaggle.Token, "u", "HOME/.kaggle/kaggle.json"},
		{"oauth is in ~/.kaggle wherever the rest is", map[string]string{"KAGGLE_CONFIG_DIR": "HOME/conf"},
			map[string]string{"conf/credentials.json": `{"refresh_token":"other"}`, ".kaggle/credentials.json": `{"refresh_token":"` + secretText + `","username":"u"}`},
			kaggle.OAuth, "u", "HOME/.kaggle/credentials.json"},
		{"oauth that can be renewed", nil,
			map[string]string{".kaggle/credentials.json": `{"access_token":"other","refresh_token":"` + secretText + `","username":"u","access_token_expiration":"2001-01-01T00:00:00+00:00"}`},
			kaggle.OAuth, "u", "HOME/.kaggle/credentials.json"},
		{"oauth", nil,
			map[string]string{".kaggle/credentials.json": `{"access_token":"` + secretText + `","username":"u","access_token_expiration":"2999-01-01T00:00:00.123456+00:00"}`}, kaggle.OAuth, "u", "HOME/.kaggle/credentials.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			writeTree(t, home, c.files)
			in := func(s string) string { return filepath.FromSlash(strings.ReplaceAll(s, "HOME", home)) }
			cr, err := kaggle.FindCredentials(func(k string) string { return in(c.env[k]) }, home)
			if err != nil {
				t.Fatal(err)
			}
			if cr.Kind != c.kind || cr.Username != c.user || cr.Source != in(c.source) {
				t.Errorf("got %v (kind %v, user %q, source %q)", cr, cr.Kind, cr.Username, cr.Source)
			}
			won := 0
			for _, a := range cr.Tried {
				switch {
				case a.Won:
					won++
					if a.Source != cr.Source {
						t.Errorf("%s won, and %s is used", a.Source, cr.Source)
					}
				case a.Why == "":
					t.Errorf("no word why %s lost", a.Source)
				}
			}
			if won != 1 {
				t.Errorf("tried: %+v", cr.Tried)
			}
			if fromFile := strings.Contains(cr.Source, home); runtime.GOOS != "windows" && fromFile != (len(cr.Warnings) > 0 && strings.Contains(cr.Warnings[len(cr.Warnings)-1], "chmod 600")) {
				t.Errorf("warnings about mode 0644: %q", cr.Warnings)
			}
			noSecret(t, cr)
		})
	}
}

// noSecret prints in every way there is.
func noSecret(t *testing.T, cr kaggle.Credentials) {
	t.Helper()
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "cr", cr, "p", &cr)
	b, err := json.Marshal(map[string]any{"cr": cr, "p": &cr})
	if err != nil {
		t.Fatal(err)
	}
	text := log.String() + string(b)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		text += fmt.Sprintf(verb, cr) + fmt.Sprintf(verb, &cr) + fmt.Sprintf(verb, struct{ C kaggle.Credentials }{cr}) + fmt.Sprintf(verb, []any{cr})
	}
	if strings.Contains(text, secretText[:8]) || strings.Contains(text, fmt.Sprintf("%x", secretText[:8])) {
		t.Errorf("the secret is printed: %s", text)
	}
}

// TestConfigFolder: where kaggle.json is looked for.
func TestConfigFolder(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has the XDG folder")
	}
	const file = `{"username":"u","key":"` + secretText + `"}`
	for _, c := range []struct {
		name  string
		env   map[string]string
		files map[string]string
		want  string // "": not found
	}{
		{"XDG", map[string]string{"XDG_CONFIG_HOME": "HOME/xdg"}, map[string]string{"xdg/kaggle/kaggle.json": file}, "xdg/kaggle/kaggle.json"},
		{"XDG's default", nil, map[string]string{".config/kaggle/kaggle.json": file}, ".config/kaggle/kaggle.json"},
		{"~/.kaggle, even an empty one, hides XDG", nil, map[string]string{".config/kaggle/kaggle.json": file, ".kaggle/other": ""}, ""},
		{"KAGGLE_CONFIG_DIR hides both", map[string]string{"KAGGLE_CONFIG_DIR": "HOME/conf"},
			map[string]string{"conf/other": "", ".config/kaggle/kaggle.json": file, ".kaggle/kaggle.json": file}, ""},
	} {
		home := t.TempDir()
		writeTree(t, home, c.files)
		cr, err := kaggle.FindCredentials(func(k string) string { return strings.ReplaceAll(c.env[k], "HOME", home) }, home)
		if c.want == "" && !errors.Is(err, kaggle.ErrUnauthenticated) || c.want != "" && (err != nil || cr.Source != filepath.Join(home, c.want)) {
			t.Errorf("%s: %v, %v", c.name, cr, err)
		}
	}
}

// TestWhyOthersLost: every source is told of, also those behind the winner.
func TestWhyOthersLost(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	writeTree(t, home, map[string]string{".kaggle/access_token": secretText, ".kaggle/kaggle.json": "{broken", ".kaggle/credentials.json": `{"refresh_token":"other"}`})
	cr, err := kaggle.FindCredentials(func(string) string { return "" }, home)
	if err != nil {
		t.Fatal(err)
	}
	first := filepath.Join(home, ".kaggle", "access_token")
	want := []string{"not set", "access token", "no such file", "line 1: invalid character 'b'", "OAuth login, but " + first + " comes first"}
	if len(cr.Tried) != len(want) {
		t.Fatalf("%+v", cr.Tried)
	}
	for i, a := range cr.Tried {
		if !strings.Contains(a.Why, want[i]) || a.Won != (i == 1) {
			t.Errorf("%s: %q, want %q", a.Source, a.Why, want[i])
		}
	}
}

func TestNoCredentials(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	writeTree(t, home, map[string]string{
		".kaggle/credentials.json": `{"access_token":"x","access_token_expiration":"2001-01-01T00:00:00+00:00"}`,
		".kaggle/kaggle.json":      `{"username":"u"}`,
	})
	cr, err := kaggle.FindCredentials(func(string) string { return "" }, home)
	if !errors.Is(err, kaggle.ErrUnauthenticated) || fault.KindOf(err) != fault.Auth || !strings.Contains(fault.HintOf(err), "KAGGLE_API_TOKEN") {
		t.Errorf("%v, hint %q", err, fault.HintOf(err))
	}
	var whys []string
	for _, a := range cr.Tried {
		whys = append(whys, a.Why)
	}
	want := []string{"not set", "no such file", "no such file", "not set", "want both username and key, got only username", "its access token expired at 2001-01-01T00:00:00Z, and it has no refresh token"}
	if fmt.Sprint(whys) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", whys, want)
	}
}

func TestBrokenConfigFile(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{\"username\":\"u\",\n \"key\": " + secretText + "}": "line 2: invalid character",
		"{\"username\":\"u\",\n\n \"key\": 7}":                `line 3: field "key": want a text, got a number`,
		"":                                                    "line 1: unexpected end of JSON input",
	} {
		home := t.TempDir()
		writeTree(t, home, map[string]string{".kaggle/kaggle.json": text})
		_, err := kaggle.FindCredentials(func(string) string { return "" }, home)
		if err == nil || !strings.Contains(err.Error(), filepath.Join(home, ".kaggle", "kaggle.json")+": "+want) || fault.HintOf(err) == "" {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), secretText[:8]) {
			t.Errorf("the secret is in the error: %v", err)
		}
	}
}

func TestNewChecksTheServer(t *testing.T) {
	t.Parallel()
	token := kaggle.WithCredentials(kaggle.NewToken("x"))
	for url, ok := range map[string]bool{
		"": true, "https://example.org": true, "http://127.0.0.1:1": true, "http://localhost:7777/api/v1": true, "http://[::1]:80/": true,
		"http://example.org": false, "ftp://example.org": false, "example.org": false, "https://u:p@example.org": false, "https://example.org?a=b": false, "://": false,
	} {
		_, err := kaggle.New(kaggle.WithBaseURL(url), token)
		if (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
		if err != nil && (fault.KindOf(err) != fault.Usage || strings.Contains(err.Error(), "u:p@")) {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := kaggle.New(kaggle.WithBaseURL("http://example.org")); err != nil {
		t.Errorf("without credentials: %v", err)
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		podium, environment, want string
		fails                     bool
	}{
		{"", "", "", false},
		{"", "PROD", "", false},
		{"", "TEST", "http://localhost:7777/api/v1", false},
		{"", "LOCALHOST", "http://localhost/api/v1", false},
		{"http://127.0.0.1:9", "TEST", "http://127.0.0.1:9", false},
		{"", "MARS", "", true},
	} {
		got, err := kaggle.BaseURL(func(k string) string {
			return map[string]string{kaggle.EnvURL: c.podium, kaggle.EnvEnvironment: c.environment}[k]
		})
		if got != c.want || (err != nil) != c.fails {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"titanic": "titanic", " titanic\n": "titanic", "digit-recognizer": "digit-recognizer",
		"https://www.kaggle.com/competitions/titanic/overview": "titanic",
		"https://www.kaggle.com/competitions/titanic?a=b#c":    "titanic",
		"http://kaggle.com/c/dogs-vs-cats-redux/data":          "dogs-vs-cats-redux",
		"www.kaggle.com/competitions/titanic":                  "titanic",
		"kaggle.com/c/titanic?tab=x":                           "titanic",
		"http://127.0.0.1:4000/competitions/toy":               "toy",
		"":                                                     "", "..": "", "../titanic": "", "a b": "", "-f": "", "https://www.kaggle.com/": "",
		"https://www.kaggle.com/competitions/": "", "https://www.kaggle.com/competitions/..": "",
	} {
		got, err := kaggle.Slug(in)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("Slug(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestPrintingHidesSecrets(t *testing.T) {
	t.Parallel()
	noSecret(t, kaggle.NewToken(secretText))
	noSecret(t, kaggle.NewLegacy("u", secretText))
	c, err := kaggle.New(kaggle.WithCredentials(kaggle.NewToken(secretText)))
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%+v %#v", c, c); strings.Contains(text, secretText[:8]) {
		t.Errorf("printing the client prints the secret: %s", text)
	}
}
