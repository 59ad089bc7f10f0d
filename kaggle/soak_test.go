package kaggle_test

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle"
)

// TestFaultRuns downloads over and over while everything goes wrong that can:
// each time the file is right, or there is none and an error that says why. The
// runs differ by their seeds and can be repeated. `make soak` does more of them
// with a larger file.
func TestFaultRuns(t *testing.T) {
	t.Parallel()
	runs, size, seg := 200, 8<<20, int64(256<<10)
	switch {
	case soaking():
		runs, size, seg = 1000, 64<<20, 2<<20
	case testing.Short():
		runs = 40
	}
	data := []byte(noise(size))
	other := bytes.Clone(data[:size-12345])
	slices.Reverse(other)
	var mu sync.Mutex
	ended, did := map[string]int{}, map[string]int{}
	work := make(chan uint64)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for seed := range work {
				how, happened := faultRun(t, seed, data, other, seg)
				mu.Lock()
				ended[how]++
				for k, n := range happened {
					did[k] += n
				}
				mu.Unlock()
			}
		})
	}
	for seed := range runs {
		work <- uint64(seed)
	}
	close(work)
	all.Wait()
	total := 0
	for _, n := range ended {
		total += n
	}
	if total != runs {
		t.Errorf("%d of %d runs ended", total, runs)
	}
	if ended["right"] < runs/2 || ended["right"] == runs {
		t.Errorf("%d of %d runs ended with the file: the test shows little", ended["right"], runs)
	}
	t.Logf("%d runs of %d bytes: %d right, %d with a clear error, 0 wrong", runs, size, ended["right"], total-ended["right"])
	for _, m := range []map[string]int{ended, did} {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			t.Logf("  %5d %s", m[k], k)
		}
	}
}

// faultRun is one download, or several one after the other as after kill -9,
// and says how it ended: "right" or the reason of the error.
func faultRun(t *testing.T, seed uint64, data, other []byte, seg int64) (how string, did map[string]int) {
	r := rand.New(rand.NewPCG(seed, 1))
	c := &chaos{
		r: rand.New(rand.NewPCG(seed, 2)), share: []float64{0.1, 0.3, 0.6, 0.9}[r.IntN(4)], calm: []int{20, 60, 0}[r.IntN(3)],
		sums: r.IntN(5) > 0, etags: r.IntN(5) > 0, object: data, other: other, did: map[string]int{},
	}
	srv := httptest.NewServer(c)
	defer srv.Close()
	dir, err := os.MkdirTemp(t.TempDir(), "run")
	if err != nil {
		t.Error(err)
	}
	defer os.RemoveAll(dir)
	dest := filepath.Join(dir, "data.bin")
	client := newClient(t, srv.URL, kaggle.WithSegments(seg, 4*seg), kaggle.WithConnections(1+r.IntN(4)),
		kaggle.WithTimeouts(time.Minute, time.Minute))
	var got kaggle.Downloaded
	for range 1 + r.IntN(3) {
		if got, err = client.Download(t.Context(), "toy", "data.bin", dest, nil); err == nil {
			break
		}
		if _, err := os.Stat(dest); err == nil {
			t.Errorf("seed %d: a file is there although it failed", seed)
		}
	}
	if err != nil {
		var e *kaggle.Error
		if !errors.As(err, &e) || e.Reason == nil || e.Hint == "" {
			t.Errorf("seed %d: an error that says little: %v", seed, err)
			return "unclear", c.happened()
		}
		return e.Reason.Error(), c.happened()
	}
	b, err := os.ReadFile(dest)
	if err != nil || (!bytes.Equal(b, data) && !bytes.Equal(b, other)) {
		t.Errorf("seed %d: WRONG: %d bytes that are not the file, verified %v (%v)", seed, len(b), got.Verified, err)
		return "wrong", c.happened()
	}
	if got.Verified != c.sums {
		t.Errorf("seed %d: verified %v, checksums given %v", seed, got.Verified, c.sums)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("seed %d: left behind %v", seed, entries)
	}
	return "right", c.happened()
}
