package sandbox

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Server is a Sandbox that listens.
type Server struct {
	url      string
	token    string
	http     *http.Server
	done     chan struct{} // closed when listening has ended
	serveErr error         // why, set before done is closed
	once     sync.Once
	closeErr error // set inside once
}

// Serve listens on addr ("" is 127.0.0.1:0, a free port of this machine only)
// and serves until ctx ends or Close is called. A port that is taken is a
// fault with a hint.
func (s *Sandbox) Serve(ctx context.Context, addr string) (*Server, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		hint := "choose another port (--addr 127.0.0.1:0 takes a free one), or use the server that is there: PODIUM_KAGGLE_URL=http://" + addr
		if errors.Is(err, fs.ErrPermission) {
			hint = "ports below 1024 take a right: podium help clients says how to give it"
		}
		return nil, fault.Wrap(err, fault.Failed, hint, "serve the sandbox")
	}
	srv := &Server{
		url: "http://" + l.Addr().String(), done: make(chan struct{}),
		http: &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute},
	}
	if len(s.users) > 0 {
		srv.token = s.users[0].Token
	}
	go func() {
		defer close(srv.done)
		if err := srv.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			srv.serveErr = err
		}
	}()
	context.AfterFunc(ctx, func() { _ = srv.Close() }) // its error is kept for the caller's own Close
	return srv, nil
}

// URL is the server's address for kaggle.WithBaseURL, as http://127.0.0.1:41234.
func (s *Server) URL() string { return s.url }

// Token is the first user's API token.
func (s *Server) Token() string { return s.token }

// Close lets running requests end, for at most five seconds, and stops. The
// Sandbox stays open.
func (s *Server) Close() error {
	s.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err := s.http.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = s.http.Close()
		}
		<-s.done
		s.closeErr = cmp.Or(s.serveErr, err)
	})
	return s.closeErr
}

// Wait returns when the server has stopped and its requests have ended.
func (s *Server) Wait() error {
	<-s.done
	return s.Close()
}
