package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// What follows is not for every day: it moves gigabytes. `make soak` and
// `make bench-download` do.
func needSoak(t *testing.T) {
	t.Helper()
	if os.Getenv("PODIUM_SOAK") == "" {
		t.Skip("set PODIUM_SOAK=1, or: make soak")
	}
}

// buildPodium makes the program as it is handed out: the test binary is larger.
func buildPodium(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "podium")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// peak is the most memory that an ended program held, in bytes: what the kernel
// shows of a living one as VmHWM.
func peak(c *exec.Cmd) int64 { return c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10 }

// TestDownloadMemory: 4 GiB, over four connections and over one, in less than
// 64 MiB of memory, and the same bytes.
func TestDownloadMemory(t *testing.T) {
	needSoak(t)
	const size, most = 4<<30 + 4321, 64 << 20
	s, bin := serveBig(t, size), buildPodium(t)
	for _, connections := range []string{"4", "1"} {
		dir := t.TempDir()
		c := podiumAt(t.Context(), bin, s.URL, t.TempDir(), "download", "big", "-p", dir, "--connections", connections, "-q")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		f, err := os.Open(filepath.Join(dir, "big.bin"))
		if err != nil {
			t.Fatal(err)
		}
		if !same(f, s.file.reader()) {
			t.Errorf("%s connections: other bytes", connections)
		}
		f.Close()
		t.Logf("%s connections: %d bytes, peak memory %.1f MiB", connections, int64(size), float64(peak(c))/(1<<20))
		if peak(c) >= most {
			t.Errorf("%s connections: peak memory %d bytes, want less than %d", connections, peak(c), int64(most))
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDownloadBesideCurl shows how fast 1 GiB comes from this machine, beside
// curl, in turns: curl checks nothing and does not wait for the disk, podium
// does both; so there is curl followed by sync(1) too. Nothing is asserted.
func TestDownloadBesideCurl(t *testing.T) {
	needSoak(t)
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip(err)
	}
	const size, rounds = 1 << 30, 7
	s, bin := serveBig(t, size), buildPodium(t)
	dir, home := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, "big.bin")
	timed := func(c *exec.Cmd) time.Duration {
		begun := time.Now()
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return time.Since(begun)
	}
	var plain, synced, ours, single []time.Duration
	for range rounds {
		a := timed(exec.CommandContext(t.Context(), curl, "-sS", "-o", file, s.URL+"/storage/big.bin"))
		b := timed(exec.CommandContext(t.Context(), "sync", file))
		plain, synced = append(plain, a), append(synced, a+b)
		remove(t, file)
		ours = append(ours, timed(podiumAt(t.Context(), bin, s.URL, home, "download", "big", "-p", dir, "-q")))
		remove(t, file)
		single = append(single, timed(podiumAt(t.Context(), bin, s.URL, home, "download", "big", "-p", dir, "-q", "--connections", "1")))
		remove(t, file)
	}
	rate := func(d []time.Duration) float64 { return size / middle(d).Seconds() / (1 << 20) }
	t.Logf("1 GiB to %s, middle of %d rounds, in MiB/s:", dir, rounds)
	t.Logf("  %5.0f curl", rate(plain))
	t.Logf("  %5.0f curl, then sync", rate(synced))
	for name, d := range map[string][]time.Duration{"podium": ours, "podium --connections 1": single} {
		t.Logf("  %5.0f %s: %.0f %% of curl, %.0f %% of curl with sync", rate(d), name, 100*rate(d)/rate(plain), 100*rate(d)/rate(synced))
	}
}

func middle(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}
