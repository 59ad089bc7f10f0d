package kaggle_test

import (
	"bytes"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// storageFault stands in the way of storage's answers: it is called with the
// number of the request, from 1, and answers itself if it returns true.
func storageFault(f func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) bool) (func(http.Handler) http.Handler, *atomic.Int64) {
	var count atomic.Int64
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/storage/") || !f(int(count.Add(1)), w, r, next) {
				next.ServeHTTP(w, r)
			}
		})
	}, &count
}

// cutter ends the connection after n bytes of body.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(b []byte) (int, error) {
	if len(b) <= c.left {
		c.left -= len(b)
		return c.ResponseWriter.Write(b)
	}
	_, _ = c.ResponseWriter.Write(b[:c.left])
	_ = http.NewResponseController(c.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// noise is n bytes that compress badly and differ everywhere.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

func fileIs(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
	} else if string(got) != want {
		t.Errorf("%s: %d bytes that differ from the %d wanted", path, len(got), len(want))
	}
}

// onlyFile checks that a folder holds nothing but the file: no litter.
func onlyFile(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("folder holds %v (%v), want only %s", entries, err, name)
	}
}

// flipper spoils the first byte of a body.
type flipper struct {
	http.ResponseWriter
	on bool
}

func (f *flipper) Write(b []byte) (int, error) {
	if f.on && len(b) > 0 {
		b = bytes.Clone(b)
		b[0] ^= 1
		f.on = false
	}
	return f.ResponseWriter.Write(b)
}

// metered breaks every line when left is used up, and counts what was sent.
type metered struct {
	http.ResponseWriter
	left, sent *atomic.Int64
}

func (m *metered) Write(b []byte) (int, error) {
	if m.left.Add(-int64(len(b))) < 0 {
		panic(http.ErrAbortHandler)
	}
	n, err := m.ResponseWriter.Write(b)
	m.sent.Add(int64(n))
	return n, err
}

// altered gives a header this value, "" leaves it out.
type altered struct {
	http.ResponseWriter
	header, value string
}

func (a *altered) WriteHeader(status int) {
	a.Header().Set(a.header, a.value)
	if a.value == "" {
		a.Header().Del(a.header)
	}
	a.ResponseWriter.WriteHeader(status)
}

// between is a server before the one at url, through which all goes.
func between(t *testing.T, to string, f func(w http.ResponseWriter, r *http.Request, next http.Handler)) string {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	next := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Host = r.In.Host // signed URLs lead here again
		},
		ErrorLog: log.New(io.Discard, "", 0),
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f(w, r, next) }))
	t.Cleanup(srv.Close)
	return srv.URL
}

// spoil changes one byte of a file, cut shortens it, remove removes it.
func spoil(t *testing.T, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 0x55
	if _, err := f.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}

func cut(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// soaking says whether the long runs of make soak are wanted.
func soaking() bool { return os.Getenv("PODIUM_SOAK") != "" }
