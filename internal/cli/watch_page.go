package cli

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines/live"
)

// watchPage is the page of a watched run on this machine; one that nobody asked for is
// fed like any other and serves nothing.
type watchPage struct {
	*live.Page
	p      *Printer
	server *http.Server // nil: it is not served
	url    string
}

// servePage serves a page at addr, none at "".
func servePage(ctx context.Context, p *Printer, addr string) (*watchPage, error) {
	w := &watchPage{Page: live.NewPage(time.Now), p: p}
	if addr == "" {
		return w, nil
	}
	if err := onThisMachine(addr, "podium runs watch --serve"); err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fault.Wrap(err, fault.Failed, "podium runs watch --serve --addr 127.0.0.1:0 takes a free port", "serve the run")
	}
	w.server = &http.Server{Handler: w.Page, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }} // which ends the streams of events, too
	w.url = "http://" + listener.Addr().String() + "/"
	go func() { _ = w.server.Serve(listener) }()
	if p.JSON() {
		return w, p.Line(map[string]string{"event": "serving", "url": w.url})
	}
	p.Say("the run is on %s", w.url)
	return w, nil
}

// stay waits, where the page is served, until nobody wants to see it any more.
func (w *watchPage) stay(ctx context.Context) {
	if w.server == nil {
		return
	}
	w.p.Say("how it ended stays on %s until Ctrl-C", w.url)
	<-ctx.Done()
}

func (w *watchPage) close() {
	if w.server != nil {
		_ = w.server.Close()
	}
}

// onThisMachine checks the --addr of a command that serves this machine only.
func onThisMachine(addr, command string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fault.New(fault.Usage, command+" --addr 127.0.0.1:7788", "--addr: want HOST:PORT, got %q", addr)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n > 65535 {
		return fault.New(fault.Usage, command+" --addr 127.0.0.1:0 takes a free port", "--addr: want a port from 0 to 65535, got %q", port)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fault.New(fault.Usage, command+" --addr 127.0.0.1:"+port, "--addr: it serves this machine only, got the host %q", host)
	}
	return nil
}
