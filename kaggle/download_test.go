package kaggle_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

func TestDownloadCutConnections(t *testing.T) {
	t.Parallel()
	const size = 1<<20 + 17
	data := noise(size)
	for _, at := range []int{0, 1, size / 2, size - 1} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var ranges []string
			wrap, _ := storageFault(func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
				mu.Lock()
				ranges = append(ranges, r.Header.Get("Range"))
				mu.Unlock()
				if (r.Header.Get("Range") == "") != (r.Header.Get("If-Range") == "") {
					t.Errorf("Range %q with If-Range %q", r.Header.Get("Range"), r.Header.Get("If-Range"))
				}
				if n == 1 {
					next.ServeHTTP(&cutter{w, at}, r)
				}
				return n == 1
			})
			b := newBox(t, with(map[string]string{"data/big.bin": data}), wrap)
			dest := filepath.Join(t.TempDir(), "big.bin")
			got, err := b.client.Download(t.Context(), "toy", "big.bin", dest, nil)
			if err != nil || !got.Fetched || !got.Verified || got.Bytes != size {
				t.Fatalf("%+v, %v", got, err)
			}
			fileIs(t, dest, data)
			onlyFile(t, filepath.Dir(dest), "big.bin")
			want := []string{"", fmt.Sprintf("bytes=%d-%d", at, size-1)}
			if !slices.Equal(ranges, want) {
				t.Errorf("ranges asked for: %q, want %q", ranges, want)
			}
		})
	}
}

// TestDownloadCutOften gets a file over a line that never lasts: attempts that
// make progress are not counted.
func TestDownloadCutOften(t *testing.T) {
	t.Parallel()
	data := noise(600_000)
	wrap, count := storageFault(func(_ int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		next.ServeHTTP(&cutter{w, 40_000}, r)
		return true
	})
	b := newBox(t, with(map[string]string{"data/big.bin": data}), wrap)
	dest := filepath.Join(t.TempDir(), "big.bin")
	if _, err := b.client.Download(t.Context(), "toy", "big.bin", dest, nil); err != nil {
		t.Fatal(err)
	}
	fileIs(t, dest, data)
	if count.Load() < 15 {
		t.Errorf("%d requests: the line was not cut", count.Load())
	}
}

// TestDownloadResumesLater is what happens after kill -9: another process
// finds the part.
func TestDownloadResumesLater(t *testing.T) {
	t.Parallel()
	data := noise(300_000)
	var down atomic.Bool
	down.Store(true)
	var asked atomic.Value
	wrap, _ := storageFault(func(_ int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if !down.Load() {
			asked.Store(r.Header.Get("Range"))
			return false
		}
		if r.Header.Get("Range") != "" {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(&cutter{w, 100_000}, r)
		return true
	})
	b := newBox(t, with(map[string]string{"data/big.bin": data}), wrap)
	dest := filepath.Join(t.TempDir(), "big.bin")
	_, err := b.client.Download(t.Context(), "toy", "big.bin", dest, nil)
	if !errors.Is(err, kaggle.ErrNetwork) || fault.KindOf(err) != fault.Network {
		t.Fatalf("got %v, want a network error", err)
	}
	if _, err := os.Stat(dest); err == nil {
		t.Error("half a file stands under the whole file's name")
	}
	down.Store(false)
	if _, err := newClient(t, b.url).Download(t.Context(), "toy", "big.bin", dest, nil); err != nil {
		t.Fatal(err)
	}
	fileIs(t, dest, data)
	if asked.Load() != "bytes=100000-299999" {
		t.Errorf("asked for %v, want bytes=100000-299999", asked.Load())
	}
}

func TestDownloadObjectChanged(t *testing.T) {
	t.Parallel()
	old, fresh := noise(200_000), strings.ToUpper(noise(150_000))
	var b *box
	wrap, _ := storageFault(func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if n > 1 {
			return false
		}
		defer writeTree(t, filepath.Join(b.dir, "toy"), map[string]string{"data/big.bin": fresh})
		next.ServeHTTP(&cutter{w, 120_000}, r)
		return true
	})
	b = newBox(t, with(map[string]string{"data/big.bin": old}), wrap)
	dest := filepath.Join(t.TempDir(), "big.bin")
	if _, err := b.client.Download(t.Context(), "toy", "big.bin", dest, nil); err != nil {
		t.Fatal(err)
	}
	fileIs(t, dest, fresh)
	onlyFile(t, filepath.Dir(dest), "big.bin")
}

// TestDownloadBadStorage: whatever storage does, there is no wrong file.
func TestDownloadBadStorage(t *testing.T) {
	t.Parallel()
	data := noise(100_000)
	for _, c := range []struct {
		name  string
		fault func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) bool
		want  error // nil: it gets there
	}{
		{"range ignored", func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			r.Header.Del("Range")
			if n == 1 {
				w = &cutter{w, 70_000}
			}
			next.ServeHTTP(w, r)
			return true
		}, nil},
		{"another range", func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			if n == 1 {
				w = &cutter{w, 70_000}
			} else if r.Header.Get("Range") != "" {
				r.Header.Set("Range", "bytes=5-")
			}
			next.ServeHTTP(w, r)
			return true
		}, nil},
		{"wrong bytes once", func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			next.ServeHTTP(&flipper{w, n == 1}, r)
			return true
		}, nil},
		{"wrong bytes always", func(_ int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			next.ServeHTTP(&flipper{w, true}, r)
			return true
		}, kaggle.ErrCorrupt},
		{"503 twice", func(n int, w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
			if n <= 2 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			return n <= 2
		}, nil},
		{"503 for ever", func(_ int, w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}, kaggle.ErrServer},
		{"URL expired once", func(n int, w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
			if n == 1 {
				http.Error(w, "<Error><Code>ExpiredToken</Code><Message>too late</Message></Error>", http.StatusBadRequest)
			}
			return n == 1
		}, nil},
		{"a page with status 200", func(_ int, w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
			_, _ = w.Write([]byte("<html>We will be right back"))
			return true
		}, kaggle.ErrServer},
		{"a page of no length", func(_ int, w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
			_ = http.NewResponseController(w).Flush()
			_, _ = w.Write([]byte("<html>We will be right back"))
			return true
		}, kaggle.ErrServer},
		{"a page with status 200 once", func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			switch {
			case n == 1:
				next.ServeHTTP(&cutter{w, 70_000}, r)
			case n == 2:
				_, _ = w.Write([]byte("<html>We will be right back"))
			case n > 2 && r.Header.Get("Range") != "bytes=70000-99999":
				t.Errorf("a page cost the part: asked for %q", r.Header.Get("Range"))
			}
			return n <= 2
		}, nil},
		{"kept compressed by storage", func(_ int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			w.Header().Set("X-Goog-Stored-Content-Encoding", "gzip")
			next.ServeHTTP(&altered{w, "X-Goog-Hash", "crc32c=AAAAAA=="}, r) // of other bytes than it gives
			return true
		}, nil},
		{"gone", func(_ int, w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
			http.Error(w, "no", http.StatusNotFound)
			return true
		}, kaggle.ErrNotFound},
		{"redirects for ever", func(_ int, w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			http.Redirect(w, r, r.URL.String(), http.StatusFound)
			return true
		}, kaggle.ErrUnreadable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wrap, _ := storageFault(c.fault)
			b := newBox(t, with(map[string]string{"data/big.bin": data}), wrap)
			dest := filepath.Join(t.TempDir(), "big.bin")
			_, err := b.client.Download(t.Context(), "toy", "big.bin", dest, nil)
			if c.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				fileIs(t, dest, data)
				onlyFile(t, filepath.Dir(dest), "big.bin")
				return
			}
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if strings.Contains(err.Error(), "Signature=") {
				t.Errorf("the signed URL is in the error: %v", err)
			}
			if _, err := os.Stat(dest); err == nil {
				t.Error("a file is there although it failed")
			}
		})
	}
}

// TestStorageSeesNoSecrets: storage gets neither credentials nor a way to them.
func TestStorageSeesNoSecrets(t *testing.T) {
	t.Parallel()
	var leaked atomic.Bool
	var seen atomic.Int64
	wrap := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/v1/") {
				seen.Add(1)
				leaked.Store(leaked.Load() || r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "")
			}
			if !strings.HasPrefix(r.UserAgent(), "podium/") {
				t.Errorf("User-Agent %q", r.UserAgent())
			}
			next.ServeHTTP(w, r)
		})
	}
	b := newBox(t, toy, wrap)
	if _, err := b.client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.client.Submit(t.Context(), "toy", submissionFile(t, right), ""); err != nil {
		t.Fatal(err)
	}
	if leaked.Load() || seen.Load() != 5 {
		t.Errorf("leaked %v in %d requests to storage, want none in 5", leaked.Load(), seen.Load())
	}
}

func TestDownloadRefusals(t *testing.T) {
	t.Parallel()
	b := newBox(t, toy, nil)
	if _, err := b.client.Download(t.Context(), "toy", "none.csv", filepath.Join(t.TempDir(), "x"), nil); !errors.Is(err, kaggle.ErrNotFound) {
		t.Errorf("unknown file: %v", err)
	}
	if _, err := b.client.Download(t.Context(), "toy", "../solution.csv", filepath.Join(t.TempDir(), "x"), nil); !errors.Is(err, kaggle.ErrNotFound) {
		t.Errorf("solution: %v", err)
	}
	closed := newBox(t, with(map[string]string{"competition.yaml": toy["competition.yaml"] + "rules: accept\n"}), nil)
	_, err := closed.client.Download(t.Context(), "toy", "train.csv", filepath.Join(t.TempDir(), "x"), nil)
	if !errors.Is(err, kaggle.ErrRulesNotAccepted) || fault.KindOf(err) != fault.Auth || !strings.Contains(fault.HintOf(err), "/competitions/toy/rules") {
		t.Errorf("rules: %v, hint %q", err, fault.HintOf(err))
	}
}
