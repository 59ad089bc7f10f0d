// Package chromium looks at pages in a real browser, for tests: headless Chromium,
// driven over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol)
// through a pair of pipes. It is linked into tests only. Without a Chromium on the
// machine, tests that begin with Start are skipped; Debian has it as the package
// chromium, and PODIUM_CHROMIUM names another.
package chromium

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// names are what the browser is called.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// flags let it do nothing by itself: no first-run pages, no updates, no synchronising.
var flags = []string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--disable-dev-shm-usage",
	"--hide-scrollbars", "--remote-debugging-pipe",
	"--proxy-server=http://127.0.0.1:9"} // where nobody listens: nothing that it asks of another machine leaves this one

// patience is how long the browser may take for one answer. It is no measure of speed:
// the machine may be at work on other things.
const patience = 60 * time.Second

// Browser is a Chromium with an empty profile. It may be used by several goroutines.
type Browser struct {
	tb testing.TB
	to io.Writer

	mu      sync.Mutex
	last    int // number of the last call
	waiting map[int]chan message
	pages   map[string]*Page // by session
}

// Start starts a browser that ends with the test.
func Start(tb testing.TB) *Browser {
	tb.Helper()
	path := find()
	if path == "" {
		tb.Skip("SKIPPED: no chromium on this machine (apt-get install chromium)")
	}
	down, to, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	from, up, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	args := append(append([]string{}, flags...), "--user-data-dir="+tb.TempDir(), "about:blank")
	c := exec.Command(path, args...)
	c.ExtraFiles = []*os.File{down, up} // 3, which it reads, and 4, which it writes
	c.WaitDelay = patience
	if err := c.Start(); err != nil {
		tb.Fatalf("start %s: %v", path, err)
	}
	down.Close()
	up.Close()
	b := &Browser{tb: tb, to: to, waiting: map[int]chan message{}, pages: map[string]*Page{}}
	read := make(chan struct{})
	go func() {
		defer close(read)
		b.read(from)
	}()
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := b.ask(ctx, "", "Browser.close", nil, nil); err != nil {
			_ = c.Process.Kill()
		}
		to.Close()
		_ = c.Wait() // its profile goes with the test's folder, when it has ended
		<-read
		from.Close()
	})
	return b
}

func find() string {
	for _, name := range append([]string{os.Getenv("PODIUM_CHROMIUM")}, names...) {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// message is one of the protocol: a call, its answer, or an event.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

var errGone = errors.New("the browser has ended")

// ask calls a method and waits for its answer. params and result may be nil.
func (b *Browser) ask(ctx context.Context, session, method string, params, result any) error {
	m := message{Session: session, Method: method}
	if params != nil {
		raw, err := json.Marshal(params)
		if err != nil {
			return err
		}
		m.Params = raw
	}
	answer := make(chan message, 1)
	b.mu.Lock()
	b.last++
	m.ID = b.last
	line, err := json.Marshal(m)
	if err == nil {
		b.waiting[m.ID] = answer
		_, err = b.to.Write(append(line, 0))
	}
	b.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case got, ok := <-answer:
		switch {
		case !ok:
			return fmt.Errorf("%s: %w", method, errGone)
		case got.Error != nil:
			return fmt.Errorf("%s: %s", method, got.Error.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(got.Result, result)
	}
}

// must is ask of a test.
func (b *Browser) must(session, method string, params, result any) {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.tb.Context(), patience)
	defer cancel()
	if err := b.ask(ctx, session, method, params, result); err != nil {
		b.tb.Fatalf("chromium: %v", err)
	}
}

// read gives answers to who waits for them, and events to their page, until the browser
// ends.
func (b *Browser) read(from io.Reader) {
	lines := bufio.NewReaderSize(from, 1<<20)
	for {
		line, err := lines.ReadBytes(0) // each message ends in a zero byte
		var m message
		if err == nil {
			err = json.Unmarshal(line[:len(line)-1], &m)
		}
		b.mu.Lock()
		if err != nil {
			for id, answer := range b.waiting {
				close(answer)
				delete(b.waiting, id)
			}
			b.mu.Unlock()
			return
		}
		answer, page := b.waiting[m.ID], b.pages[m.Session]
		delete(b.waiting, m.ID)
		b.mu.Unlock()
		switch {
		case answer != nil:
			answer <- m
		case page != nil:
			page.observe(m)
		}
	}
}
