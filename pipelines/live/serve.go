package live

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Page shows a run to browsers: a page, and its changes as server-sent events. It is an
// http.Handler, and its methods may be called from any goroutine. It answers requests
// to this machine's own names only, so that no page of elsewhere can read it.
type Page struct {
	mu  sync.Mutex
	run *Run
	now func() time.Time
	mux *http.ServeMux
}

// refresh is the time between two looks at whether a browser is to be told something.
const refresh = 500 * time.Millisecond

// NewPage is the page of a run of which nothing is known yet. now is the clock.
func NewPage(now func() time.Time) *Page {
	p := &Page{run: New(), now: now, mux: http.NewServeMux()}
	p.mux.HandleFunc("GET /{$}", p.page)
	p.mux.HandleFunc("GET /events", p.events)
	p.mux.Handle("GET /page.css", http.FileServerFS(files))
	p.mux.Handle("GET /page.js", http.FileServerFS(files))
	return p
}

// Observe takes in an event.
func (p *Page) Observe(e pipelines.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run.Observe(e)
}

// Died says that the run's process ended before the run did.
func (p *Page) Died() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run.Died()
}

func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		http.Error(w, "want an address of this machine, such as 127.0.0.1", http.StatusForbidden)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	p.mux.ServeHTTP(w, r)
}

// render gives the template called name, and whether nothing more is to come.
func (p *Page) render(name string) (text []byte, over bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b bytes.Buffer
	err = p.run.write(&b, name, p.now())
	return b.Bytes(), p.run.Over(), err
}

func (p *Page) page(w http.ResponseWriter, _ *http.Request) {
	text, _, err := p.render("page.html")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(text)
}

// lines keeps a text of several lines one event.
var lines = strings.NewReplacer("\r", " ", "\n", "\ndata: ")

// events sends the part of the page that changes, whenever it has, until the run is over
// or the browser is gone.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	fmt.Fprint(w, "retry: 1000\n\n")
	for last := []byte(nil); ; {
		text, over, err := p.render("run")
		if err != nil {
			return
		}
		if !bytes.Equal(text, last) {
			fmt.Fprintf(w, "data: %s\n\n", lines.Replace(string(text)))
			last = text
		}
		if over {
			fmt.Fprint(w, "event: over\ndata:\n\n")
		}
		if out.Flush() != nil || over {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}
