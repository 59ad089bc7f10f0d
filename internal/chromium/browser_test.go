package chromium

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// The browser tells what a page does that it should not.
func TestTells(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<!doctype html><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>x</title>
			<style>body { background: rgb(1, 2, 3) } @media (prefers-color-scheme: dark) { body { background: rgb(4, 5, 6) } }</style>
			<button onclick="document.title += '!'">click</button><img src="http://elsewhere.example/a.png">
			<script>console.error("one"); setTimeout(() => { throw new Error("two") })</script>`)
	}))
	defer srv.Close()
	p := Start(t).Open(srv.URL, 390, 800, true)
	p.Click("button")
	var got string
	if p.Eval("document.title + innerWidth + getComputedStyle(document.body).backgroundColor", &got); got != "x!390rgb(4, 5, 6)" {
		t.Errorf("got %s", got)
	}
	if p.Screen(800, 600, false); len(p.Screenshot(true)) < 100 {
		t.Error("no screenshot")
	}
	if p.Eval("innerWidth + getComputedStyle(document.body).backgroundColor", &got); got != "800rgb(1, 2, 3)" {
		t.Errorf("got %s", got)
	}
	if want := []string{srv.URL + "/", "http://elsewhere.example/a.png"}; !slices.Equal(p.Requests(), want) {
		t.Errorf("want requests %v, got %v", want, p.Requests())
	}
	all := strings.Join(p.Problems(), "\n")
	for _, want := range []string{"error: ", "one", "two", "ERR_PROXY_CONNECTION_FAILED"} {
		if !strings.Contains(all, want) {
			t.Errorf("no word of %q: %s", want, all)
		}
	}
}
