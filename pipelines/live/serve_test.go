package live_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/live"
)

// pageOf is a page of a run with two folds, of which the first is at work.
func pageOf() *live.Page {
	p := live.NewPage(func() time.Time { return noon.Add(10 * time.Second) })
	tell(p, pipelines.Event{Event: pipelines.EventPlanReady, Pipeline: "<digits>", RunID: "id&", Steps: []pipelines.PlannedStep{
		{ID: "folds", Op: "folds"}, {ID: "train.cnn.fold0", Op: "train"}, {ID: "train.cnn.fold1", Op: "train"}, {ID: "blend", Op: "blend"}}},
		pipelines.Event{Event: pipelines.EventStepCached, Step: "folds", Metrics: map[string]float64{"classes": 10}},
		pipelines.Event{Event: pipelines.EventStepStarted, Step: "train.cnn.fold0"})
	for _, loss := range []float64{2, 1, 0.5} {
		tell(p, at("train.cnn.fold0", 1-loss/2.5, map[string]any{"loss": loss, "images_per_second": 1840.0}))
	}
	return p
}

func tell(p *live.Page, events ...pipelines.Event) {
	for _, e := range events {
		e.Time = noon.Add(8 * time.Second)
		p.Observe(e)
	}
}

// theEnd ends the run: a second net with a bad name of an error, and the run.
var theEnd = []pipelines.Event{
	{Event: pipelines.EventStepDone, Step: "train.cnn.fold0", Seconds: 7.25, Metrics: map[string]float64{"loss": 0.25}},
	{Event: pipelines.EventStepFailed, Step: "train.cnn.fold1", Error: "<script>alert(1)</script>\r\ndata: x"},
	{Event: pipelines.EventRunFinished, Status: pipelines.RunFailed, Error: "oh no", Hint: "mend it"},
}

func get(t *testing.T, url, host string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		req.Host = host
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
}

// TestPage: the page is whole without a script, and all that it loads is its own.
func TestPage(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(pageOf())
	defer s.Close()
	resp, text := get(t, s.URL, "")
	has(t, text, "<h1>&lt;digits&gt;</h1>", "id&amp;", ">running</span>", "1 of 4 steps · 2s", "10 classes", `<li class="running">`, "fold1",
		"loss 0.5000", "1840 images/s", `<polyline points="0.0,2.0 60.0,13.0 120.0,24.0"/>`, `value="0.8000"`)
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'self';") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	for path, kind := range map[string]string{"page.css": "text/css", "page.js": "text/javascript"} {
		resp, text := get(t, s.URL+"/"+path, "")
		if resp.StatusCode != http.StatusOK || text == "" || !strings.HasPrefix(resp.Header.Get("Content-Type"), kind) {
			t.Errorf("%s: %s, %s", path, resp.Status, resp.Header.Get("Content-Type"))
		}
	}
	for _, path := range []string{"/page.html", "/other"} {
		if resp, _ := get(t, s.URL+path, ""); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	for host, want := range map[string]int{"localhost": 200, "localhost:80": 200, "[::1]:80": 200, "127.0.0.1": 200, "evil.example": 403, "10.0.0.1:80": 403, "": 200} {
		if resp, _ := get(t, s.URL, host); resp.StatusCode != want {
			t.Errorf("host %q: %s", host, resp.Status)
		}
	}
}

// TestEvents: a browser is told how it stands and what comes, escaped and in one event
// each, and when it is over.
func TestEvents(t *testing.T) {
	t.Parallel()
	p := pageOf()
	s := httptest.NewServer(p)
	defer s.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("content type %q", kind)
	}
	lines, data, all := bufio.NewScanner(resp.Body), "", []string{}
	for lines.Scan() {
		switch text, ok := strings.CutPrefix(lines.Text(), "data: "); {
		case ok:
			data += text + "\n"
		case lines.Text() == "" && data != "":
			if all = append(all, data); len(all) == 1 {
				tell(p, theEnd...)
			}
			data = ""
		default:
			data += lines.Text()
		}
	}
	if len(all) != 4 || all[0] != "retry: 1000" || all[3] != "event: overdata:" {
		t.Fatalf("got %d events: %q", len(all), all)
	}
	has(t, all[1], "loss 0.5000")
	has(t, all[2], `class="status failed"`, "7.2s", "loss 0.2500", "&lt;script&gt;alert(1)&lt;/script&gt; \ndata: x", "oh no", "mend it")
	if strings.Contains(all[2], "<script") || strings.Count(all[2], "alert") != 1 {
		t.Error("an error is not escaped, or said twice")
	}
}

// TestEventsEnd: a browser that goes away is let go, and of a run that died is told so.
func TestEventsEnd(t *testing.T) {
	t.Parallel()
	p := pageOf()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/events", nil))
	if strings.Contains(w.Body.String(), "event: over") {
		t.Errorf("over: %s", w.Body)
	}
	p.Died()
	w = httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/events", nil))
	has(t, w.Body.String(), `class="status died"`, "its process ended", "event: over")
}

// TestBrowser: a real browser takes in what comes after it has the page, asks for
// nothing but the page's own files, and has nothing to complain of.
func TestBrowser(t *testing.T) {
	t.Parallel()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("SKIPPED: no chromium here; apt-get install chromium brings it")
	}
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	var asked sync.Map
	p := pageOf()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.Path, true)
		if r.URL.Path == "/events" { // the browser has the page
			tell(p, theEnd...)
		}
		p.ServeHTTP(w, r)
	}))
	defer s.Close()
	profile, err := os.MkdirTemp("", "podium-browser")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(profile) // some of the browser's processes outlive it for a moment, and write there
	cmd := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--v=0",
		"--user-data-dir="+profile, "--virtual-time-budget=5000", "--dump-dom", s.URL)
	var talk strings.Builder
	cmd.Stderr = &talk
	dom, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, &talk)
	}
	has(t, string(dom), `class="status failed"`, "loss 0.2500", "mend it", "7.2s")
	if strings.Contains(talk.String(), "CONSOLE") {
		t.Errorf("the browser complains:\n%s", &talk)
	}
	asked.Range(func(path, _ any) bool {
		if !strings.Contains(" / /page.css /page.js /events ", fmt.Sprintf(" %s ", path)) {
			t.Errorf("the browser asked for %s", path)
		}
		return true
	})
}
