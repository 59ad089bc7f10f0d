package kaggle_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

// In the tests of ranges a segment is 16 KiB, and files from 64 KiB on are large.
const segment = 16 << 10

func ranged(t *testing.T, url string, opts ...kaggle.Option) *kaggle.Client {
	return newClient(t, url, append([]kaggle.Option{kaggle.WithSegments(segment, 4*segment)}, opts...)...)
}

// TestRanges: a large file comes over several connections, each byte once, and
// progress only grows.
func TestRanges(t *testing.T) {
	t.Parallel()
	data := noise(40*segment + 123)
	var mu sync.Mutex
	spans := map[string]int{}
	gate := make(chan struct{}) // opens when two lanes are at work at once
	var waiting atomic.Int64
	wrap, _ := storageFault(func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		mu.Lock()
		spans[r.Header.Get("Range")]++
		mu.Unlock()
		if n > 1 && waiting.Add(1) == 2 {
			close(gate)
		}
		if n > 1 {
			select {
			case <-gate:
			case <-r.Context().Done():
			}
		}
		return false
	})
	b := newBox(t, with(map[string]string{"data/big.bin": data}), wrap)
	dest := filepath.Join(t.TempDir(), "big.bin")
	last := int64(-1)
	got, err := ranged(t, b.url).Download(t.Context(), "toy", "big.bin", dest, func(done, total int64) {
		if done < last || done > total || total != int64(len(data)) {
			t.Errorf("progress: %d of %d after %d", done, total, last)
		}
		last = done
	})
	if err != nil || !got.Verified || last != int64(len(data)) {
		t.Fatalf("%+v, %v, progress up to %d", got, err, last)
	}
	fileIs(t, dest, data)
	onlyFile(t, filepath.Dir(dest), "big.bin")
	if len(spans) < 6 {
		t.Errorf("asked for %v: want many ranges", spans)
	}
	for span, n := range spans {
		if n != 1 {
			t.Errorf("asked %d times for %q", n, span)
		}
	}
}

// TestRangesBoundaries cuts every connection once, at every place where
// something could be miscounted.
func TestRangesBoundaries(t *testing.T) {
	t.Parallel()
	scale := int64(segment)
	size := 25*scale + 7
	if soaking() {
		scale, size = 8<<20, 200_000_000
	}
	data := noise(int(size))
	b := newBox(t, with(map[string]string{"data/big.bin": data}), nil)
	sizeOf := func(n int64) int { return int(n) }
	for _, at := range []int64{0, 1, scale - 1, scale, scale + 1, size / 2, size - scale, size - 2, size - 1} {
		for _, lanes := range []int{1, 4} {
			t.Run(fmt.Sprintf("%d/%d", at, lanes), func(t *testing.T) {
				t.Parallel()
				// The answer that holds byte at ends before it, the first two times.
				var cuts atomic.Int64
				front := between(t, b.url, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
					from, end := int64(0), size
					if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &end); err == nil {
						end++
					}
					if strings.HasPrefix(r.URL.Path, "/storage/") && from <= at && at < end && cuts.Add(1) <= 2 {
						w = &cutter{w, sizeOf(at - from)}
					}
					next.ServeHTTP(w, r)
				})
				dest := filepath.Join(t.TempDir(), "big.bin")
				c := newClient(t, front, kaggle.WithSegments(scale, 4*scale), kaggle.WithConnections(lanes))
				if got, err := c.Download(t.Context(), "toy", "big.bin", dest, nil); err != nil || !got.Verified {
					t.Fatalf("%+v, %v", got, err)
				}
				fileIs(t, dest, data)
				onlyFile(t, filepath.Dir(dest), "big.bin")
				if cuts.Load() < 2 {
					t.Errorf("%d answers were cut", cuts.Load())
				}
			})
		}
	}
}

// TestRangesResume: what a stopped download has is not fetched again, except
// segments that are not on disk as the record says.
func TestRangesResume(t *testing.T) {
	t.Parallel()
	data := noise(32 * segment)
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		again int64 // segments that are fetched again, at most; -1: everything
	}{
		{"as it was", func(*testing.T, string) {}, 0},
		{"one segment spoiled", func(t *testing.T, dir string) { spoil(t, filepath.Join(dir, ".big.bin.part"), 5) }, 1},
		{"record spoiled", func(t *testing.T, dir string) { spoil(t, filepath.Join(dir, ".big.bin.part-record"), 20) }, -1},
		{"record cut", func(t *testing.T, dir string) { cut(t, filepath.Join(dir, ".big.bin.part-record"), 100) }, -1},
		{"entries cut", func(t *testing.T, dir string) { cut(t, filepath.Join(dir, ".big.bin.part-record"), 520) }, -1},
		{"bytes cut", func(t *testing.T, dir string) { cut(t, filepath.Join(dir, ".big.bin.part"), 2*segment) }, -1},
		{"no bytes", func(t *testing.T, dir string) { cut(t, filepath.Join(dir, ".big.bin.part"), 0) }, -1},
		{"no record", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, ".big.bin.part-record")) }, -1},
		{"no part", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, ".big.bin.part")) }, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var left, sent atomic.Int64 // what storage sends before all lines break; what it sent after that
			left.Store(12 * segment)
			wrap, _ := storageFault(func(_ int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
				next.ServeHTTP(&metered{w, &left, &sent}, r)
				return true
			})
			b := newBox(t, with(map[string]string{"data/big.bin": data}), wrap)
			dir := t.TempDir()
			dest := filepath.Join(dir, "big.bin")
			if _, err := ranged(t, b.url).Download(t.Context(), "toy", "big.bin", dest, nil); !errors.Is(err, kaggle.ErrNetwork) {
				t.Fatalf("got %v, want a network error", err)
			}
			if _, err := os.Stat(dest); err == nil {
				t.Error("half a file stands under the whole file's name")
			}
			has := kaggle.Arrived(dest)
			if has < 4*segment {
				t.Fatalf("only %d bytes arrived before the line broke", has)
			}
			c.spoil(t, dir)
			left.Store(1 << 40)
			sent.Store(0)
			if _, err := ranged(t, b.url).Download(t.Context(), "toy", "big.bin", dest, nil); err != nil {
				t.Fatal(err)
			}
			fileIs(t, dest, data)
			onlyFile(t, dir, "big.bin")
			if most := int64(len(data)) - has + c.again*segment; c.again >= 0 && sent.Load() > most {
				t.Errorf("storage sent %d bytes the second time, want at most %d", sent.Load(), most)
			}
		})
	}
}

// TestRangesFallBack: one connection does it where several would not.
func TestRangesFallBack(t *testing.T) {
	t.Parallel()
	data := noise(20 * segment)
	plainly := func(header string) func(int, http.ResponseWriter, *http.Request, http.Handler) bool {
		return func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			if n > 1 {
				t.Errorf("no %s: a request for %q", header, r.Header.Get("Range"))
			}
			next.ServeHTTP(&altered{w, header, ""}, r)
			return true
		}
	}
	for _, c := range []struct {
		name  string
		fault func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) bool
	}{
		{"no ETag", plainly("ETag")},
		{"no Accept-Ranges", plainly("Accept-Ranges")},
		{"ranges ignored", func(_ int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			r.Header.Del("Range")
			next.ServeHTTP(w, r)
			return true
		}},
		{"ranges wrong", func(_ int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			if r.Header.Get("Range") != "" {
				r.Header.Set("Range", "bytes=5-9")
			}
			next.ServeHTTP(w, r)
			return true
		}},
		{"only one connection at a time", func() func(int, http.ResponseWriter, *http.Request, http.Handler) bool {
			var busy atomic.Bool
			return func(_ int, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
				if !busy.CompareAndSwap(false, true) {
					w.WriteHeader(http.StatusTooManyRequests)
					return true
				}
				defer busy.Store(false)
				time.Sleep(time.Millisecond)
				next.ServeHTTP(w, r)
				return true
			}
		}()},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wrap, _ := storageFault(c.fault)
			b := newBox(t, with(map[string]string{"data/big.bin": data}), wrap)
			dest := filepath.Join(t.TempDir(), "big.bin")
			if _, err := ranged(t, b.url).Download(t.Context(), "toy", "big.bin", dest, nil); err != nil {
				t.Fatal(err)
			}
			fileIs(t, dest, data)
			onlyFile(t, filepath.Dir(dest), "big.bin")
		})
	}
}

// TestRangesURLExpires: one new URL for all lanes.
func TestRangesURLExpires(t *testing.T) {
	t.Parallel()
	data := noise(40 * segment)
	var urls, asked atomic.Int64
	b := newBox(t, with(map[string]string{"data/big.bin": data}), nil)
	front := between(t, b.url, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/DownloadDataFile"):
			urls.Add(1)
		case strings.HasPrefix(r.URL.Path, "/storage/") && urls.Load() == 1 && asked.Add(1) > 3:
			http.Error(w, "<Error><Code>ExpiredToken</Code></Error>", http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
	dest := filepath.Join(t.TempDir(), "big.bin")
	if _, err := ranged(t, front).Download(t.Context(), "toy", "big.bin", dest, nil); err != nil {
		t.Fatal(err)
	}
	fileIs(t, dest, data)
	if urls.Load() != 2 {
		t.Errorf("%d URLs were asked for, want 2", urls.Load())
	}
}

// TestRangesObjectChanges in the middle: the new one comes, whole.
func TestRangesObjectChanges(t *testing.T) {
	t.Parallel()
	old, fresh := noise(40*segment), strings.ToUpper(noise(30*segment+5))
	var b *box
	wrap, _ := storageFault(func(n int, _ http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
		if n == 4 { // by a rename: half of it would be an object too
			if err := os.Rename(filepath.Join(b.dir, "toy", "fresh"), filepath.Join(b.dir, "toy", "data", "big.bin")); err != nil {
				t.Error(err)
			}
		}
		return false
	})
	b = newBox(t, with(map[string]string{"data/big.bin": old, "fresh": fresh}), wrap)
	dest := filepath.Join(t.TempDir(), "big.bin")
	if _, err := ranged(t, b.url).Download(t.Context(), "toy", "big.bin", dest, nil); err != nil {
		t.Fatal(err)
	}
	fileIs(t, dest, fresh)
	onlyFile(t, filepath.Dir(dest), "big.bin")
}

// TestDownloadTogether: several who want the same file at once all end right.
func TestDownloadTogether(t *testing.T) {
	t.Parallel()
	data := noise(24 * segment)
	wrap, count := storageFault(func(int, http.ResponseWriter, *http.Request, http.Handler) bool { return false })
	b := newBox(t, with(map[string]string{"data/big.bin": data}), wrap)
	dest := filepath.Join(t.TempDir(), "big.bin")
	var all sync.WaitGroup
	var fetched atomic.Int64
	for range 4 {
		all.Go(func() {
			got, err := ranged(t, b.url).Download(t.Context(), "toy", "big.bin", dest, nil)
			if err != nil {
				t.Error(err)
			}
			if got.Fetched {
				fetched.Add(1)
			}
		})
	}
	all.Wait()
	fileIs(t, dest, data)
	onlyFile(t, filepath.Dir(dest), "big.bin")
	if fetched.Load() != 1 {
		t.Errorf("%d of 4 fetched it (%d requests), want 1", fetched.Load(), count.Load())
	}
}

func TestDownloadNoSpace(t *testing.T) {
	t.Parallel()
	wrap, _ := storageFault(func(int, http.ResponseWriter, *http.Request, http.Handler) bool { return false })
	b := newBox(t, with(map[string]string{"data/big.bin": noise(100_000)}), wrap)
	dir := t.TempDir()
	full := ranged(t, b.url, kaggle.WithFree(func(string) (int64, bool) { return 99_999, true }))
	_, err := full.Download(t.Context(), "toy", "big.bin", filepath.Join(dir, "a"), nil)
	if !errors.Is(err, kaggle.ErrNoSpace) || fault.KindOf(err) != fault.Failed ||
		!strings.Contains(err.Error(), "need 97.7 KiB, free 97.7 KiB") || !strings.Contains(fault.HintOf(err), "--path") {
		t.Errorf("got %v, hint %q", err, fault.HintOf(err))
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	unknown := ranged(t, b.url, kaggle.WithFree(func(string) (int64, bool) { return 0, false }))
	if _, err := unknown.Download(t.Context(), "toy", "big.bin", filepath.Join(dir, "a"), nil); err != nil {
		t.Errorf("room not known: %v", err)
	}
}

// TestDownloadWaits: who waits for another's download can be stopped.
func TestDownloadWaits(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	wrap, _ := storageFault(func(_ int, _ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		close(begun)
		<-r.Context().Done()
		return true
	})
	b := newBox(t, toy, wrap)
	dest := filepath.Join(t.TempDir(), "train.csv")
	first, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := b.client.Download(first, "toy", "train.csv", dest, nil)
		ended <- err
	}()
	<-begun
	second, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := b.client.Download(second, "toy", "train.csv", dest, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the first got %v", err)
	}
}
