package kaggle_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/seed-a5aa75a0/podium/kaggle"
)

// canned answers every request alike, without a network.
type canned struct {
	status int
	typ    string
	body   []byte
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	h := http.Header{"Content-Type": {c.typ}}
	return &http.Response{StatusCode: c.status, Header: h, Body: io.NopCloser(bytes.NewReader(c.body)), ContentLength: int64(len(c.body)), Request: r}, nil
}

// reads are what the client asks of a server, by the message that answers.
var reads = []func(ctx context.Context, c *kaggle.Client, dir string) error{
	func(ctx context.Context, c *kaggle.Client, _ string) error {
		comp, err := c.Competition(ctx, "titanic")
		if slug, bad := kaggle.Slug(comp.Slug); err == nil && (bad != nil || slug != comp.Slug) {
			return errors.New("the slug is none: " + comp.Slug)
		}
		return err
	},
	func(ctx context.Context, c *kaggle.Client, _ string) error {
		_, err := c.Competitions(ctx, "")
		return err
	},
	func(ctx context.Context, c *kaggle.Client, _ string) error {
		_, err := c.Files(ctx, "titanic")
		return err
	},
	func(ctx context.Context, c *kaggle.Client, _ string) error {
		_, err := c.Submissions(ctx, "titanic")
		return err
	},
	func(ctx context.Context, c *kaggle.Client, _ string) error {
		_, err := c.Submission(ctx, 1)
		return err
	},
	func(ctx context.Context, c *kaggle.Client, _ string) error {
		_, err := c.Limits(ctx, "titanic")
		return err
	},
	func(ctx context.Context, c *kaggle.Client, _ string) error {
		_, err := c.Leaderboard(ctx, "titanic")
		return err
	},
	func(ctx context.Context, c *kaggle.Client, _ string) error {
		f, err := c.LeaderboardFile(ctx, "titanic")
		if err == nil && (filepath.Base(f.Name) != f.Name || strings.ContainsAny(f.Name, `:\/`)) {
			return errors.New("the name leads elsewhere: " + f.Name)
		}
		return err
	},
	func(ctx context.Context, c *kaggle.Client, _ string) error { _, err := c.WhoAmI(ctx); return err },
	func(ctx context.Context, c *kaggle.Client, dir string) error {
		l, err := c.StartLogin(ctx, false)
		if err == nil {
			_, err = l.Exchange(ctx, "code", dir)
		}
		return err
	},
}

// FuzzAnswers: whatever a server answers, each call gives a result or an
// *Error whose text is fit to print.
func FuzzAnswers(f *testing.F) {
	for i, body := range []string{
		`{"ref":"https://www.kaggle.com/competitions/titanic","deadline":"2030-01-01T00:00:00.1234567Z","userHasEntered":true}`,
		`{"competitions":[{"ref":"x"},{}],"nextPageToken":""}`, `{"files":[{"name":"a/b","totalBytes":5}],"nextPageToken":"same"}`,
		`{"submissions":[{"ref":1,"status":"COMPLETE","publicScore":"0.5"},{"status":"no such"}]}`, `{"ref":1,"date":"yesterday"}`,
		`{"numToday":1,"numAllowedNow":-5}`, `{"submissions":[{"teamId":1,"teamName":"\u001b[0m"}]}`, "PK\x03\x04", `{"active":true,"username":"u"}`,
		`{"accessToken":"a","refreshToken":"r","username":"u","expiresIn":9223372036854775807}`,
	} {
		f.Add(uint8(i), 200, true, []byte(body))
		f.Add(uint8(i), 403, true, []byte(`{"error":{"code":403,"message":"\u202ewords\n"}}`))
	}
	f.Add(uint8(3), 302, false, []byte("moved"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, which uint8, status int, isJSON bool, body []byte) {
		if status < 100 || status > 599 {
			t.Skip()
		}
		typ := "text/html"
		if isJSON {
			typ = "application/json; charset=utf-8"
		}
		c := newClient(t, "http://127.0.0.1:1", kaggle.WithTransport(canned{status, typ, body}), kaggle.WithRetry(kaggle.Retry{Attempts: 1}))
		err := reads[int(which)%len(reads)](t.Context(), c, dir)
		if err == nil {
			return
		}
		var e *kaggle.Error
		if !errors.As(err, &e) {
			t.Fatalf("%T: %v", err, err)
		}
		if text := e.Message + e.Hint; !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("not fit to print: %q", text)
		}
	})
}

// FuzzConfigFile: whatever is in kaggle.json, it is read or refused, by line.
func FuzzConfigFile(f *testing.F) {
	for _, s := range []string{`{"username":"u","key":"k"}`, "\ufeff{}", `{"username":7}`, "{\n\n", "", `{"key":"KGAT_x","username":"u","proxy":"http://p:1"}`, `{"proxy":"::"}`} {
		f.Add([]byte(s))
	}
	home := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		writeTree(t, home, map[string]string{".kaggle/kaggle.json": string(b)})
		none := func(string) string { return "" }
		cr, err := kaggle.FindCredentials(none, home)
		if (err == nil) == (cr.Kind == kaggle.Anonymous) {
			t.Errorf("%v, %v", cr, err)
		}
		if _, err := kaggle.FindNetwork(none, home); err != nil && !strings.Contains(err.Error(), "kaggle.json") {
			t.Errorf("%v does not name the file", err)
		}
	})
}
