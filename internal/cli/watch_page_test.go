package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestRunsWatchServe: the page is there while the run is followed and afterwards, until
// somebody ends it. Not parallel, since the program reads its environment.
func TestRunsWatchServe(t *testing.T) {
	home := t.TempDir()
	t.Setenv("PODIUM_HOME", home)
	id := recorded(t, home, "good.yaml", nil).ID()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	read, write := io.Pipe()
	var talk bytes.Buffer
	ended := make(chan int)
	go func() {
		code := Main(ctx, strings.Fields("podium runs watch --serve --addr 127.0.0.1:0 --json"), strings.NewReader(""), write, &talk)
		write.Close()
		ended <- code
	}()
	lines := bufio.NewScanner(read)
	var serving struct{ Event, URL string }
	if lines.Scan(); json.Unmarshal(lines.Bytes(), &serving) != nil || serving.Event != "serving" {
		t.Fatalf("the first line is %s", lines.Text())
	}
	for lines.Scan() && !strings.Contains(lines.Text(), `"event":"ended"`) {
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, serving.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || !strings.Contains(string(page), id) || !strings.Contains(string(page), `class="status ok"`) {
		t.Errorf("%v\n%s", err, page)
	}
	cancel()
	if code := <-ended; code != 0 || talk.Len() > 0 {
		t.Errorf("exit %d: %s", code, &talk)
	}
}

func TestRunsWatchAddr(t *testing.T) {
	home := t.TempDir()
	t.Setenv("PODIUM_HOME", home)
	recorded(t, home, "good.yaml", nil)
	for words, want := range map[string]string{
		"--addr 127.0.0.1:0":              "podium: error: --addr: it is where --serve listens\npodium: hint: podium runs watch --serve --addr 127.0.0.1:0\n",
		"--serve --addr 0.0.0.0:80":       "podium: error: --addr: it serves this machine only, got the host \"0.0.0.0\"\npodium: hint: podium runs watch --serve --addr 127.0.0.1:80\n",
		"--serve --addr 127.0.0.1":        "podium: error: --addr: want HOST:PORT, got \"127.0.0.1\"\npodium: hint: podium runs watch --serve --addr 127.0.0.1:7788\n",
		"--serve --addr localhost:999999": "podium: error: --addr: want a port from 0 to 65535, got \"999999\"\npodium: hint: podium runs watch --serve --addr 127.0.0.1:0 takes a free port\n",
	} {
		var out, talk bytes.Buffer
		code := Main(context.WithoutCancel(t.Context()), strings.Fields("podium runs watch "+words), strings.NewReader(""), &out, &talk)
		if code != 2 || out.Len() > 0 || talk.String() != want {
			t.Errorf("%s: exit %d\ngot\n%s\nwant\n%s", words, code, &talk, want)
		}
	}
}
