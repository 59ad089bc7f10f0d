package kaggle_test

import (
	"bytes"
	"math/rand/v2"
	"net/http"
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
