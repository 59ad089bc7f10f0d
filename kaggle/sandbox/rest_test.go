package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// rest does one call of the REST dialect as the built-in user and gives status
// and body. A form, if not nil, is sent as multipart.
func (r *rig) rest(t *testing.T, verb, path string, form map[string]string) (int, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, text := range form {
		if err := w.WriteField(name, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), verb, r.url+"/api/v1"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Body, req.ContentLength = io.NopCloser(&body), int64(body.Len())
		req.Header.Set("Content-Type", w.FormDataContentType())
	}
	req.SetBasicAuth(sandbox.DefaultUser.Name, sandbox.DefaultUser.Key)
	resp, err := http.DefaultTransport.RoundTrip(req) // no redirects
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text) + resp.Header.Get("Location")
}

// The REST dialect's own shapes, written out once; what they mean is tested by
// package kaggle's client in both dialects.
func TestREST(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	for _, c := range []struct {
		verb, path string
		form       map[string]string
		status     int
		want       string
	}{
		{"GET", "/competitions/list?group=&category=&sortBy=&page=1&search=toy", nil, 200, `[{"id":`},
		{"GET", "/competitions/list?page=2", nil, 200, `[]`},
		{"GET", "/competitions/get/toy", nil, 200, `"title":"Toy","hasTitle":true,"titleNullable":"Toy"`},
		{"GET", "/competitions/data/list/toy?pageSize=20", nil, 200, `{"files":[{"ref":"test.csv",`},
		{"GET", "/competitions/data/list/toy?pageSize=many", nil, 400, `{"code":400,"message":"pageSize: want a whole number, got \"many\""}`},
		{"GET", "/competitions/data/download/toy/test%2Ecsv", nil, 302, "/storage/toy/test.csv?"},
		{"GET", "/competitions/data/download/toy/no%2Fsuch", nil, 404, `{"code":404,"message":"File \"no/such\" not found"}`},
		{"GET", "/competitions/data/download/toy/no/such", nil, 404, `no/such`},
		{"GET", "/competitions/get/nope", nil, 404, `{"code":404,`},
		{"GET", "/competitions/toy/leaderboard/view", nil, 200, `{"submissions":[]`},
		{"GET", "/competitions/submissions/list/toy?page=1", nil, 200, `[]`},
		{"POST", "/competitions/submissions/list/toy", map[string]string{}, 404, `"code":404`},
		{"GET", "/competitions/toy/submissions/limits", nil, 200, `"numToday":0,`},
		{"POST", "/competitions/submission-url", map[string]string{"competitionName": "toy", "contentLength": "3", "fileName": "a.csv"}, 200, `"createUrl":"http`},
		{"POST", "/competitions/toy/submissions/url/3/1780000000", map[string]string{"fileName": "a.csv"}, 200, `"createUrl":"http`},
		{"POST", "/competitions/submissions/submit/toy", map[string]string{"blobFileTokens": "x"}, 400, `no such upload`},
		{"POST", "/oauth2/introspect", map[string]string{"token": sandbox.DevToken}, 200, `"active":true`},
		{"GET", "/nothing", nil, 404, `{"code":404,`},
	} {
		status, body := r.rest(t, c.verb, c.path, c.form)
		if status != c.status || !strings.Contains(body, c.want) || strings.Contains(body, "isComplete") {
			t.Errorf("%s %s: HTTP %d %s; want %d with %s", c.verb, c.path, status, body, c.status, c.want)
		}
	}
}

// A body of a kind that no client sends is refused, not guessed at.
func TestRESTBodies(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	for _, c := range []struct {
		kind, body string
		status     int
		want       string
	}{
		{"application/json", `{"contentLength":3,"fileName":"a.csv","competitionName":"toy"}`, 200, "createUrl"},
		{"application/json; charset=utf-8", `{"contentLength":"3","fileName":"a.csv","competitionName":"toy","x":null}`, 200, "createUrl"},
		{"application/json", `{"fileName":["a.csv"]}`, 400, "fileName: want a text"},
		{"application/json", `[]`, 400, "request body"},
		{"application/x-www-form-urlencoded", "contentLength=3&fileName=a.csv&competitionName=toy", 200, "createUrl"},
		{"multipart/form-data; boundary=x", "--x\r\nno header", 400, "request body"},
		{"text/csv", "a,b", 400, "want a form or JSON"},
		{"", "x", 400, "Content-Type"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/api/v1/competitions/submission-url", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header["Content-Type"] = []string{c.kind}
		req.Header.Set("Authorization", "Bearer "+sandbox.DevToken)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != c.status || !strings.Contains(string(body), c.want) {
			t.Errorf("%s %s: HTTP %d %s; want %d with %s", c.kind, c.body, resp.StatusCode, body, c.status, c.want)
		}
	}
}

// The official client shows an error's words only if they are flat.
func TestFlatErrors(t *testing.T) {
	t.Parallel()
	for flat, want := range map[bool]string{
		false: `{"error":{"code":404,"message":"Competition \"nope\" not found","status":"NOT_FOUND"}}`,
		true:  `{"code":404,"message":"Competition \"nope\" not found"}`,
	} {
		opts := []sandbox.Option{}
		if flat {
			opts = append(opts, sandbox.WithFlatErrors())
		}
		r := newRig(t, t.TempDir(), opts...)
		var got json.RawMessage
		status := r.call(t, sandbox.DevToken, wire.GetCompetition, wire.Named{CompetitionName: "nope"}, &got)
		if status != http.StatusNotFound || string(got) != want {
			t.Errorf("flat %v: HTTP %d %s, want %s", flat, status, got, want)
		}
	}
}

// Whatever is asked in the REST dialect, the answer is one of the API.
func FuzzREST(f *testing.F) {
	form := "--b\r\nContent-Disposition: form-data; name=\"fileName\"\r\n\r\na.csv\r\n--b--\r\n"
	f.Add("GET", "/competitions/list?pageSize=-1&page=9999999999", "", "")
	f.Add("GET", "/competitions/data/download/toy/..%2F..%2Fjournal.jsonl", "", "")
	f.Add("GET", "/competitions/data/list/toy?pageToken=%00", "", "")
	f.Add("POST", "/competitions/toy/submissions/url/9/9", "multipart/form-data; boundary=b", form)
	f.Add("POST", "/competitions/submission-url", "application/json", `{"contentLength":1e3}`)
	f.Add("POST", "/competitions/submissions/get/1", "application/x-www-form-urlencoded", "ref=%zz")
	h := newRig(f, f.TempDir()).Handler()
	f.Fuzz(func(t *testing.T, verb, path, kind, body string) {
		target, err := url.Parse("http://sandbox/api/v1" + path)
		if err != nil || (verb != http.MethodGet && verb != http.MethodPost) {
			t.Skip()
		}
		req := httptest.NewRequest(verb, "/", strings.NewReader(body))
		req.URL = target
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Authorization", "Bearer "+sandbox.DevToken)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		answer := w.Body.Bytes()
		if w.Code >= 500 || w.Code == http.StatusOK && strings.Contains(w.Header().Get("Content-Type"), "json") && !json.Valid(answer) {
			t.Errorf("HTTP %d %s", w.Code, answer)
		}
	})
}

// Whatever is asked in the RPC dialect, the answer is one of the API.
func FuzzRPC(f *testing.F) {
	f.Add(wire.ListCompetitions, `{"pageSize":-1,"page":99999999999,"sortBy":"x"}`)
	f.Add(wire.ListDataFiles, `{"competitionName":"toy","pageToken":"-1"}`)
	f.Add(wire.DownloadDataFile, `{"competitionName":"toy","fileName":"../solution.csv"}`)
	f.Add(wire.StartSubmissionUpload, `{"competitionName":"toy","fileName":"a.csv","contentLength":9223372036854775807}`)
	f.Add(wire.CreateSubmission, `{"competitionName":"toy","blobFileTokens":["x"]}`)
	f.Add(wire.ListDataTreeFiles, `{"competitionName":"toy","path":"//"}`)
	f.Add(wire.GetLeaderboard, `{"competitionName":"toy","overridePublic":true`)
	f.Add(wire.ListTeamPublicSubmissions, `{"teamId":1e3}`)
	h := newRig(f, f.TempDir()).Handler()
	f.Fuzz(func(t *testing.T, method, body string) {
		req := httptest.NewRequest(http.MethodPost, "/v1/", strings.NewReader(body))
		req.URL.Path = "/v1/" + wire.CompetitionService + "/" + method
		req.Header.Set("Authorization", "Bearer "+sandbox.DevToken)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		isJSON := strings.Contains(w.Header().Get("Content-Type"), "json")
		if w.Code >= 500 || isJSON && !json.Valid(w.Body.Bytes()) || w.Code >= 400 && !wire.IsAPIError(w.Body.Bytes()) {
			t.Errorf("HTTP %d %s", w.Code, w.Body)
		}
	})
}

// Every method of the table is served, in each dialect that has it.
func TestEveryMethodIsServed(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	ask := func(verb, path string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), verb, r.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+sandbox.DevToken)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode >= 500 || strings.Contains(string(body), "no method") {
			t.Errorf("%s %s: HTTP %d %s", verb, path, resp.StatusCode, body)
		}
	}
	fill := strings.NewReplacer("{competitionName}", "toy", "{fileName...}", "test.csv", "{ref}", "1", "{submissionId}", "1",
		"{teamId}", "1", "{contentLength}", "1", "{lastModifiedEpochSeconds}", "1")
	for _, m := range wire.Methods {
		ask(http.MethodPost, "/v1/"+m.Service+"/"+m.Name)
		ask(http.MethodPost, "/api/v1/"+m.Service+"/"+m.Name)
		for _, path := range []string{m.Path, m.Older} {
			if path != "" {
				ask(m.Verb, "/api/v1"+fill.Replace(path))
			}
		}
	}
	if len(wire.Methods) < 20 {
		t.Errorf("%d methods", len(wire.Methods))
	}
}
