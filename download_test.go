package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// podiumAt is the real program, told to use a server and a home of its own.
func podiumAt(ctx context.Context, name, url, home string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Env = append(os.Environ(), "HOME="+home, "USERPROFILE="+home, "PODIUM_HOME="+filepath.Join(home, "podium"),
		"PODIUM_KAGGLE_URL="+url, "KAGGLE_API_TOKEN=KGAT_test", "KAGGLE_CONFIG_DIR=")
	return c
}

// TestKilledDownload kills the program with SIGKILL in the middle of a download
// over several connections. The next one ends with the same bytes and fetches
// only what the first did not have.
func TestKilledDownload(t *testing.T) {
	t.Parallel()
	const size, segment = 64<<20 + 12345, 8 << 20
	s := serveBig(t, size)
	killed := make(chan struct{})
	s.delay = func(ctx context.Context) {
		if s.sent.Load() > size-2*segment {
			select {
			case <-killed:
			case <-ctx.Done():
			}
		}
	}
	dir, home := t.TempDir(), t.TempDir()
	first := podiumAt(t.Context(), "podium", s.URL, home, "download", "big", "-p", dir)
	var said bytes.Buffer
	first.Stderr = &said
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	record := filepath.Join(dir, ".big.bin.part-record")
	var has int64
	for until := time.Now().Add(time.Minute); has < 3*segment; has = arrived(record) {
		if time.Now().After(until) {
			t.Fatalf("only %d bytes arrived: %s", has, &said)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err == nil {
		t.Fatal("the program ended well although it was killed")
	}
	if _, err := os.Stat(filepath.Join(dir, "big.bin")); err == nil {
		t.Error("half a file stands under the whole file's name")
	}
	has = arrived(record)
	close(killed)
	next := serveBig(t, size) // the first one may still be writing to the killed
	out, err := podiumAt(t.Context(), "podium", next.URL, home, "download", "big", "-p", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if sent := next.sent.Load(); sent != size-has {
		t.Errorf("%d of %d bytes were there, but %d were sent", has, int64(size), sent)
	}
	f, err := os.Open(filepath.Join(dir, "big.bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !same(f, s.file.reader()) {
		t.Error("other bytes")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 || left[0].Name() != ".podium-download.json" {
		t.Errorf("left behind: %v", left)
	}
}

// TestDownloadTwice starts the program twice at once for the same file, beside
// one that has the lock: both wait. When that one is killed, each ends well.
func TestDownloadTwice(t *testing.T) {
	t.Parallel()
	s := serveBig(t, 40<<20)
	killed := make(chan struct{})
	s.delay = func(ctx context.Context) {
		if s.sent.Load() > 20<<20 {
			select {
			case <-killed:
			case <-ctx.Done():
			}
		}
	}
	dir, home := t.TempDir(), t.TempDir()
	run := func() (*exec.Cmd, *shared) {
		c := podiumAt(t.Context(), "podium", s.URL, home, "download", "big", "-p", dir)
		said := &shared{}
		c.Stderr = said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c, said
	}
	until := func(what string, done func() bool) {
		for end := time.Now().Add(time.Minute); !done(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	first, _ := run()
	until("nothing arrives", func() bool { return arrived(filepath.Join(dir, ".big.bin.part-record")) > 0 })
	one, saidOne := run()
	two, saidTwo := run()
	for _, said := range []*shared{saidOne, saidTwo} {
		until("it does not say that it waits", func() bool {
			return strings.Contains(said.String(), "another process downloads the same; waiting for it")
		})
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if first.Wait() == nil {
		t.Error("the first ended well although it was killed")
	}
	close(killed)
	for _, p := range []struct {
		c    *exec.Cmd
		said *shared
	}{{one, saidOne}, {two, saidTwo}} {
		if err := p.c.Wait(); err != nil {
			t.Errorf("%v: %s", err, p.said)
		}
	}
	f, err := os.Open(filepath.Join(dir, "big.bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !same(f, s.file.reader()) {
		t.Error("other bytes")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}

// shared is a buffer that is read while a program writes to it.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// arrived sums what the record of a download says of its segments: 8 bytes
// each, the first four of which count the bytes.
func arrived(record string) (sum int64) {
	b, err := os.ReadFile(record)
	if err != nil || len(b) < 512 {
		return 0
	}
	for b = b[512:]; len(b) >= 8; b = b[8:] {
		sum += int64(binary.LittleEndian.Uint32(b))
	}
	return sum
}

// same compares two streams to their ends.
func same(a, b io.Reader) bool {
	x, y := make([]byte, 1<<20), make([]byte, 1<<20)
	for {
		n, errA := io.ReadFull(a, x)
		m, errB := io.ReadFull(b, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false
		}
		if errA != nil || errB != nil {
			return errA != nil && errB != nil
		}
	}
}
