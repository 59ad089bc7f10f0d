package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

func TestServe(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := s.Serve(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	taken := strings.TrimPrefix(srv.URL(), "http://")
	if _, err := s.Serve(ctx, taken); err == nil || !strings.Contains(fault.HintOf(err), "PODIUM_KAGGLE_URL=http://"+taken) {
		t.Errorf("port taken: %v, hint %q", err, fault.HintOf(err))
	}
	resp, err := http.Get(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || !strings.Contains(string(page), "not Kaggle") || !strings.Contains(string(page), "digit-recognizer") {
		t.Errorf("page: %s, %v", page, err)
	}
	cancel()
	if err := srv.Wait(); err != nil {
		t.Errorf("after cancel: %v", err)
	}
	if err := srv.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

// TestStorageSignatures: without a good, fresh signature there are no bytes.
func TestStorageSignatures(t *testing.T) {
	t.Parallel()
	now := time.Now()
	r := newRig(t, t.TempDir(), sandbox.WithClock(func() time.Time { return now }))
	signed := r.location(t, "test.csv")
	get := func(url string, headers ...string) (int, string, http.Header) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b), resp.Header
	}
	code, body, h := get(signed)
	if code != 200 || body != toy["data/test.csv"] || h.Get("Etag") == "" || !strings.HasPrefix(h.Get("X-Goog-Hash"), "crc32c=") || h.Get("Content-Type") != "text/csv" {
		t.Errorf("whole: HTTP %d, %q, %v", code, body, h)
	}
	etag := h.Get("Etag")
	if code, body, h := get(signed, "Range", "bytes=2-3", "If-Range", etag); code != 206 || body != "1\n" || h.Get("Content-Range") != "bytes 2-3/10" {
		t.Errorf("range: HTTP %d, %q, %v", code, body, h)
	}
	if code, _, _ := get(signed, "Range", "bytes=2-3", "If-Range", `"other"`); code != 200 {
		t.Errorf("range of another object: HTTP %d", code)
	}
	if code, _, h := get(signed, "Range", "bytes=99-"); code != 416 || h.Get("Content-Range") != "bytes */10" {
		t.Errorf("range beyond: HTTP %d, %v", code, h)
	}
	for name, url := range map[string]string{
		"none":        r.url + "/storage/toy/test.csv",
		"other file":  strings.Replace(signed, "test.csv", "../solution.csv", 1),
		"forged":      signed[:len(signed)-2] + "00",
		"later":       strings.Replace(signed, "Expires=", "Expires=9", 1),
		"solution":    r.url + "/storage/toy/..%2fsolution.csv",
		"environment": r.url + "/storage/toy/..%2f..%2fjournal.jsonl?Expires=1&Signature=",
	} {
		if code, body, _ := get(url); code != http.StatusForbidden || strings.Contains(body, "Public") {
			t.Errorf("%s: HTTP %d, %q", name, code, body)
		}
	}
	now = now.Add(11 * time.Minute)
	if code, body, _ := get(signed); code != http.StatusBadRequest || !strings.Contains(body, "ExpiredToken") {
		t.Errorf("expired: HTTP %d, %q", code, body)
	}
}

// location asks for a file and does not follow.
func (r *rig) location(t *testing.T, file string) string {
	t.Helper()
	body := `{"competitionName":"toy","fileName":"` + file + `"}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/v1/"+wire.CompetitionService+"/"+wire.DownloadDataFile, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+sandbox.DevToken)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusFound || resp.ContentLength != 0 {
		t.Fatalf("HTTP %d with %d bytes", resp.StatusCode, resp.ContentLength)
	}
	return resp.Header.Get("Location")
}

// TestUploadSessions is Google's resumable protocol, by hand.
func TestUploadSessions(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	var up wire.StartSubmissionUploadResponse
	r.call(t, sandbox.DevToken, wire.StartSubmissionUpload, wire.StartSubmissionUploadRequest{CompetitionName: "toy", FileName: `C:\a/b.csv`, ContentLength: 10}, &up)
	if got := put(t, up.CreateURL, "bytes */10", "", 308); got != "" {
		t.Errorf("nothing stored: Range %q", got)
	}
	if got := put(t, up.CreateURL, "bytes 0-3/10", "0123", 308); got != "bytes=0-3" {
		t.Errorf("Range %q", got)
	}
	if got := put(t, up.CreateURL, "bytes 7-9/10", "789", 308); got != "bytes=0-3" {
		t.Errorf("a gap was stored: Range %q", got)
	}
	put(t, up.CreateURL, "bytes 4-9/11", "456789", 400)
	put(t, up.CreateURL, "bytes 4-9/10", "456789too long", 400)
	var refused wire.NestedError
	create := wire.CreateSubmissionRequest{CompetitionName: "toy", BlobFileTokens: wire.OneString(up.Token)}
	if code := r.call(t, sandbox.DevToken, wire.CreateSubmission, create, &refused); code != 400 || refused.Error.Status != "INVALID_ARGUMENT" {
		t.Errorf("incomplete upload: HTTP %d, %+v", code, refused)
	}
	put(t, up.CreateURL, "bytes 4-9/10", "456789", 200)
	put(t, up.CreateURL, "bytes */10", "", 200)
	var made wire.CreateSubmissionResponse
	if code := r.call(t, sandbox.DevToken, wire.CreateSubmission, create, &made); code != 200 || made.Ref != 1 {
		t.Errorf("HTTP %d, %+v", code, made)
	}
	if s := r.scored(t, sandbox.DevToken, 1); s.FileName != "b.csv" || s.Status != wire.Failed {
		t.Errorf("%+v", s)
	}
	if code := r.call(t, sandbox.DevToken, wire.CreateSubmission, create, &refused); code != 400 {
		t.Errorf("the same token twice: HTTP %d", code)
	}
	put(t, up.CreateURL, "bytes */10", "", 404)
	left, err := os.ReadDir(filepath.Join(r.dir, ".uploads"))
	if err != nil || len(left) != 0 {
		t.Errorf("uploads left: %v, %v", left, err)
	}
}

// TestUploadDiskFull: the client is told of a full disk, so that it does not ask
// for ever where to go on.
func TestUploadDiskFull(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("SKIPPED: no /dev/full here")
	}
	r := newRig(t, t.TempDir())
	var up wire.StartSubmissionUploadResponse
	r.call(t, sandbox.DevToken, wire.StartSubmissionUpload, wire.StartSubmissionUploadRequest{CompetitionName: "toy", FileName: "a.csv", ContentLength: 4}, &up)
	file := filepath.Join(r.dir, ".uploads", path.Base(up.CreateURL))
	if err := errors.Join(os.Remove(file), os.Symlink("/dev/full", file)); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, up.CreateURL, strings.NewReader("0123"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusInsufficientStorage || !strings.Contains(string(body), "no space left") {
		t.Errorf("HTTP %d: %s, %v", resp.StatusCode, body, err)
	}
}

func TestRefusedCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	for _, c := range []struct {
		name, token, method string
		in                  any
		code                int
		status              string
	}{
		{"no token", "", wire.GetCompetition, wire.Named{CompetitionName: "toy"}, 401, "UNAUTHENTICATED"},
		{"unknown competition", sandbox.DevToken, wire.GetCompetition, wire.Named{CompetitionName: "titanic"}, 404, "NOT_FOUND"},
		{"a path", sandbox.DevToken, wire.GetCompetition, wire.Named{CompetitionName: "../toy"}, 404, "NOT_FOUND"},
		{"unknown method", sandbox.DevToken, "LaunchCompetition", wire.Named{}, 404, "NOT_FOUND"},
		{"no JSON of it", sandbox.DevToken, wire.GetCompetition, []int{1}, 400, "INVALID_ARGUMENT"},
		{"unknown file", sandbox.DevToken, wire.DownloadDataFile, wire.DownloadDataFileRequest{CompetitionName: "toy", FileName: "../solution.csv"}, 404, "NOT_FOUND"},
		{"unknown page", sandbox.DevToken, wire.ListDataFiles, wire.ListDataFilesRequest{CompetitionName: "toy", PageToken: "x"}, 400, "INVALID_ARGUMENT"},
		{"no size", sandbox.DevToken, wire.StartSubmissionUpload, wire.StartSubmissionUploadRequest{CompetitionName: "toy", FileName: "a"}, 400, "INVALID_ARGUMENT"},
		{"too large", sandbox.DevToken, wire.StartSubmissionUpload, wire.StartSubmissionUploadRequest{CompetitionName: "toy", FileName: "a", ContentLength: 1 << 40}, 400, "INVALID_ARGUMENT"},
		{"unknown upload", sandbox.DevToken, wire.CreateSubmission, wire.CreateSubmissionRequest{CompetitionName: "toy", BlobFileTokens: "x"}, 400, "INVALID_ARGUMENT"},
	} {
		var e wire.NestedError
		if code := r.call(t, c.token, c.method, c.in, &e); code != c.code || e.Error.Code != c.code || e.Error.Status != c.status || e.Error.Message == "" {
			t.Errorf("%s: HTTP %d, %+v", c.name, code, e)
		}
	}
}

func TestRulesMustBeAccepted(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	r.configure(t, "rules: accept\n")
	var e wire.NestedError
	if code := r.call(t, sandbox.DevToken, wire.GetSubmissionLimits, wire.Named{CompetitionName: "toy"}, &e); code != 403 || e.Error.Status != "PERMISSION_DENIED" {
		t.Errorf("HTTP %d, %+v", code, e)
	}
	page := r.url + "/competitions/toy/rules"
	for method, want := range map[string]string{http.MethodGet: "I understand and accept", http.MethodPost: "Accepted for sandbox."} {
		req, err := http.NewRequestWithContext(t.Context(), method, page, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || !strings.Contains(string(b), want) {
			t.Errorf("%s: HTTP %d, %s", method, resp.StatusCode, b)
		}
	}
	var l wire.SubmissionLimits
	if code := r.call(t, sandbox.DevToken, wire.GetSubmissionLimits, wire.Named{CompetitionName: "toy"}, &l); code != 200 {
		t.Errorf("after accepting: HTTP %d", code)
	}
}

func TestBadConfig(t *testing.T) {
	t.Parallel()
	for add, want := range map[string]string{
		"colour: red\n": "field colour not found", "rules: maybe\n": "rules: want auto or accept", "metric: nonsense\n": "nonsense",
		"deadline: soon\n": `line 1: want a date as 2030-01-01T00:00:00Z, got "soon"`, "public_share: 2\n": "public_share",
	} {
		dir := t.TempDir()
		r := newRig(t, dir)
		key, _, _ := strings.Cut(add, ":")
		text := add
		for line := range strings.Lines(toy["competition.yaml"]) {
			if !strings.HasPrefix(line, key+":") {
				text += line
			}
		}
		path := filepath.Join(dir, "toy", "competition.yaml")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := r.List(); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) || fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: %v", add, err)
		}
	}
}
