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
	s.sent.Store(0)
	out, err := podiumAt(t.Context(), "podium", s.URL, home, "download", "big", "-p", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// The server may still have been writing to the one that was killed.
	if sent := s.sent.Load(); sent > size-has+1<<20 {
		t.Errorf("%d bytes were there, but %d of %d were sent again", has, sent, int64(size))
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

// TestDownloadTwice starts the program twice at once for the same file, and once
// more beside one that is killed while it has the lock: each that lives ends
// well, and the file comes once.
func TestDownloadTwice(t *testing.T) {
	t.Parallel()
	s := serveBig(t, 40<<20)
	slowly := func(context.Context) { time.Sleep(100 * time.Microsecond) }
	s.delay = slowly
	dir, home := t.TempDir(), t.TempDir()
	run := func() (*exec.Cmd, *bytes.Buffer) {
		c := podiumAt(t.Context(), "podium", s.URL, home, "download", "big", "-p", dir)
		said := &bytes.Buffer{}
		c.Stderr = said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c, said
	}
	killed, _ := run()
	for until := time.Now().Add(time.Minute); arrived(filepath.Join(dir, ".big.bin.part-record")) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("nothing arrives")
		}
	}
	one, saidOne := run()
	two, saidTwo := run()
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if killed.Wait() == nil {
		t.Log("the first was faster than its end")
	}
	for _, p := range []struct {
		c    *exec.Cmd
		said *bytes.Buffer
	}{{one, saidOne}, {two, saidTwo}} {
		if err := p.c.Wait(); err != nil {
			t.Errorf("%v: %s", err, p.said)
		}
	}
	if !strings.Contains(saidOne.String()+saidTwo.String(), "another process downloads the same; waiting for it") {
		t.Errorf("nobody says that it waits: %s%s", saidOne, saidTwo)
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
