package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// faultyRig is a rig where these things go wrong.
func faultyRig(t *testing.T, lines ...string) *rig {
	t.Helper()
	var list []sandbox.Fault
	for _, line := range lines {
		f, err := sandbox.ParseFault(line)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, f)
	}
	return newRig(t, t.TempDir(), sandbox.WithFaults(1, list...))
}

// answer is what came back of one exchange.
type answer struct {
	status int
	head   http.Header
	body   string
	err    error // of the exchange or of reading the body
}

// exchange sends one request, to a path or URL, without following redirects.
func (r *rig) exchange(ctx context.Context, t *testing.T, method, url, body string, headers ...string) answer {
	t.Helper()
	if strings.HasPrefix(url, "/") {
		url = r.url + url
	}
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+sandbox.DevToken)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(b), err}
}

const limitsPath = "/v1/" + wire.CompetitionService + "/" + wire.GetSubmissionLimits

// TestFaultStatus has every shape of error body.
func TestFaultStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, typ, body string }{
		{"api 429", "application/json", `{"error":{"code":429,"message":"Too Many Requests","status":"RESOURCE_EXHAUSTED"}}`},
		{"GetSubmissionLimits 500 body=flat message=Internal error", "application/json", `{"code":500,"message":"Internal error"}`},
		{"api 503 body=flat200", "application/json", `{"code":503,"message":"Service Unavailable"}`},
		{"any 502 body=html", "text/html; charset=utf-8", "<!doctype html><html><head><title>502 Bad Gateway</title></head><body><hr></body></html>\n"},
		{"api 403 body=xml", "application/xml; charset=UTF-8", "<Error><Code>Forbidden</Code><Message>Forbidden</Message></Error>"},
		{"api 403 body=empty", "", ""},
	} {
		r := faultyRig(t, c.line+"", "storage hang", "CreateSubmission hang")
		got := r.exchange(t.Context(), t, http.MethodPost, limitsPath, `{"competitionName":"toy"}`)
		f, _ := sandbox.ParseFault(c.line)
		want := f.Status
		if f.Body == "flat200" {
			want = 200
		}
		if got.status != want || got.head.Get("Content-Type") != c.typ || got.body != c.body || got.err != nil {
			t.Errorf("%s: %+v", c.line, got)
		}
	}
	rest := faultyRig(t, "ListSubmissions 429")
	if got := rest.exchange(t.Context(), t, http.MethodGet, "/api/v1/competitions/submissions/list/toy", ""); got.body != `{"code":429,"message":"Too Many Requests"}` {
		t.Errorf("%+v", got)
	}
	r := faultyRig(t, "api 429 retry-after=7", "storage 503")
	if got := r.exchange(t.Context(), t, http.MethodPost, limitsPath, ""); got.head.Get("Retry-After") != "7" {
		t.Errorf("%+v", got)
	}
	if got := r.exchange(t.Context(), t, http.MethodGet, "/storage/toy/x", ""); got.status != 503 || !strings.Contains(got.body, "<Code>ServiceUnavailable</Code>") {
		t.Errorf("%+v", got)
	}
}

// TestFaultTurns: which requests a fault takes.
func TestFaultTurns(t *testing.T) {
	t.Parallel()
	turns := func(line string) string {
		r := faultyRig(t, line)
		var b strings.Builder
		for range 12 {
			r.exchange(t.Context(), t, http.MethodGet, "/storage/toy/other", "") // counts for storage only
			switch r.exchange(t.Context(), t, http.MethodPost, limitsPath, `{"competitionName":"toy"}`).status {
			case 200:
				b.WriteByte('.')
			case 503:
				b.WriteByte('x')
			}
		}
		return b.String()
	}
	for line, want := range map[string]string{
		"api 503": "xxxxxxxxxxxx", "api 503 at=3": "..x.........", "GetSubmissionLimits 503 at=2-4": ".xxx........",
		"api 503 at=11-": "..........xx", "CreateSubmission 503": "............", "api 503 share=1": "xxxxxxxxxxxx",
	} {
		if got := turns(line); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
	some := turns("api 503 share=0.5")
	if n := strings.Count(some, "x"); n == 0 || n == 12 || some != turns("api 503 share=0.5") {
		t.Errorf("half of them, twice: %s", some)
	}
}

// TestFaultDownloads is what can befall storage's answers. The file is
// "x\n1\n2\n3\n4\n", ten bytes.
func TestFaultDownloads(t *testing.T) {
	t.Parallel()
	whole := toy["data/test.csv"]
	get := func(r *rig, headers ...string) answer {
		return r.exchange(t.Context(), t, http.MethodGet, r.location(t, "test.csv"), "", headers...)
	}
	for line, want := range map[string]string{"storage cut=4": whole[:4], "storage cut=-1": whole[:9], "storage cut=1": whole[:1]} {
		if got := get(faultyRig(t, line)); got.body != want || !errors.Is(got.err, io.ErrUnexpectedEOF) || got.status != 200 {
			t.Errorf("%s: %+v", line, got)
		}
	}
	if got := get(faultyRig(t, "storage cut=0")); got.err == nil || got.status != 0 {
		t.Errorf("cut=0: %+v", got)
	}
	if got := get(faultyRig(t, "storage cut=10")); got.body != whole || got.err != nil {
		t.Errorf("cut behind the end: %+v", got)
	}
	if got := get(faultyRig(t, "storage flip=-1")); got.body != whole[:9]+"*" || got.err != nil {
		t.Errorf("flip: %+v", got)
	}
	plain := faultyRig(t, "storage slow=1000000")
	right := get(plain)
	if right.body != whole || right.err != nil {
		t.Errorf("slow: %+v", right)
	}
	etag, hash := right.head.Get("ETag"), right.head.Get("X-Goog-Hash")
	if got := get(faultyRig(t, "storage hash")); got.body != whole || got.head.Get("X-Goog-Hash") == hash || len(got.head.Get("X-Goog-Hash")) != len(hash) {
		t.Errorf("hash: %+v", got)
	}
	if got := get(faultyRig(t, "storage no-range"), "Range", "bytes=2-", "If-Range", etag); got.status != 200 || got.body != whole {
		t.Errorf("no-range: %+v", got)
	}
	other := get(faultyRig(t, "storage changed"), "Range", "bytes=2-", "If-Range", etag)
	if other.status != 200 || other.body[0] != ^whole[0] || len(other.body) != 10 || other.head.Get("ETag") == etag || other.head.Get("X-Goog-Hash") != "" {
		t.Errorf("changed: %+v", other)
	}
	if got := get(faultyRig(t, "storage expired")); got.status != 400 || !strings.Contains(got.body, "ExpiredToken") {
		t.Errorf("expired: %+v", got)
	}
	if got := get(faultyRig(t, "storage cut=5", "storage changed")); got.body != other.body[:5] || got.err == nil {
		t.Errorf("changed and cut: %+v", got)
	}
}

// TestFaultUploads: a cut upload keeps what came, an expired one nothing.
func TestFaultUploads(t *testing.T) {
	t.Parallel()
	begin := func(r *rig) string {
		var up wire.StartSubmissionUploadResponse
		r.call(t, sandbox.DevToken, wire.StartSubmissionUpload, wire.StartSubmissionUploadRequest{CompetitionName: "toy", FileName: "a.csv", ContentLength: 10}, &up)
		return up.CreateURL
	}
	r := faultyRig(t, "upload cut=4 at=1", "upload slow=1000000")
	url := begin(r)
	if got := r.exchange(t.Context(), t, http.MethodPut, url, "0123456789"); got.err == nil {
		t.Errorf("cut: %+v", got)
	}
	if span := put(t, url, "bytes */10", "", 308); span != "bytes=0-3" {
		t.Errorf("after a cut: Range %q", span)
	}
	put(t, url, "bytes 4-9/10", "456789", 200)

	r = faultyRig(t, "upload expired at=2", "upload 503 at=4")
	url = begin(r)
	put(t, url, "bytes 0-3/10", "0123", 308)
	put(t, url, "bytes 4-9/10", "456789", 404)
	put(t, url, "bytes */10", "", 404)
	put(t, begin(r), "", "0123456789", 503)
}

// TestFaultHang: the client's patience ends it, nothing else.
func TestFaultHang(t *testing.T) {
	t.Parallel()
	r := faultyRig(t, "api hang")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if got := r.exchange(ctx, t, http.MethodPost, limitsPath, "{}"); !errors.Is(got.err, context.DeadlineExceeded) {
		t.Errorf("%+v", got)
	}
}

// TestLostAnswer: an answer that is cut was made; the submission is there.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	r := faultyRig(t, "CreateSubmission cut=0")
	var up wire.StartSubmissionUploadResponse
	r.call(t, sandbox.DevToken, wire.StartSubmissionUpload, wire.StartSubmissionUploadRequest{CompetitionName: "toy", FileName: "a.csv", ContentLength: 4}, &up)
	put(t, up.CreateURL, "", "0123", 200)
	in, err := json.Marshal(wire.CreateSubmissionRequest{CompetitionName: "toy", BlobFileTokens: wire.OneString(up.Token)})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.exchange(t.Context(), t, http.MethodPost, "/v1/"+wire.CompetitionService+"/"+wire.CreateSubmission, string(in)); got.err == nil {
		t.Errorf("%+v", got)
	}
	if got, err := os.ReadFile(filepath.Join(r.dir, "toy", "submissions", "1.csv")); err != nil || string(got) != "0123" {
		t.Errorf("submission 1: %q, %v", got, err)
	}
}

// TestFaultsInLog: the log tells what was done on purpose, of cut answers too.
func TestFaultsInLog(t *testing.T) {
	t.Parallel()
	log := make(chan sandbox.Access, 3)
	cut, _ := sandbox.ParseFault("storage cut=4 at=1")
	r := newRig(t, t.TempDir(), sandbox.WithFaults(0, cut), sandbox.WithAccessLog(func(a sandbox.Access) { log <- a }))
	url := r.location(t, "test.csv")
	r.exchange(t.Context(), t, http.MethodGet, url, "")
	r.exchange(t.Context(), t, http.MethodGet, url, "")
	asked, torn, whole := <-log, <-log, <-log
	if len(asked.Faults)+len(whole.Faults) != 0 || len(torn.Faults) != 1 || torn.Faults[0] != "storage cut=4 at=1" || torn.Bytes != 4 {
		t.Errorf("%+v\n%+v\n%+v", asked, torn, whole)
	}
}
