package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// faulty has the commands that follow talk to a server of the local
// competitions where these things go wrong: faulty 'api 503 at=1' ...
func faulty(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: faulty [FAULT...]")
	}
	var list []sandbox.Fault
	for _, line := range args {
		f, err := sandbox.ParseFault(line)
		ts.Check(err)
		list = append(list, f)
	}
	box, err := sandbox.Open(filepath.Join(ts.Getenv("PODIUM_HOME"), "sandbox"), sandbox.WithFaults(1, list...))
	ts.Check(err)
	srv, err := box.Serve(context.Background(), "")
	ts.Check(err)
	ts.Defer(func() {
		_ = srv.Close() // the story has ended
		_ = box.Close()
	})
	ts.Setenv("PODIUM_KAGGLE_URL", srv.URL())
	ts.Setenv("KAGGLE_API_TOKEN", srv.Token())
}

// portal has the commands that follow talk to a server that answers everything
// with the same web page, as the one of a hotel's network does.
func portal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: portal")
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><head><title>Welcome, guest</title></head></html>")) // the client has gone if this fails
	}))
	ts.Defer(srv.Close)
	ts.Setenv("PODIUM_KAGGLE_URL", srv.URL)
}
