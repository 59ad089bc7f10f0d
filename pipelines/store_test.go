package pipelines_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// one makes a store with one artifact of the files a and sub/b.
func one(t *testing.T) (*pipelines.Store, *pipelines.Plan, *pipelines.Artifact) {
	t.Helper()
	s := open(t)
	b := pipelines.NewBuilder("p")
	b.Add("s", op{name: "s", out: ports(port("a", "k"), pipelines.Port{Name: "b", Kind: "k", File: "sub/b"})}, 0)
	p := build(t, b)
	return s, p, run(t, s, p, pipelines.Options{}).Steps[0].Artifact
}

func TestDamageIsFoundAndMended(t *testing.T) {
	t.Parallel()
	flip := func(t *testing.T, path string) {
		b := []byte(readFile(t, path))
		b[0] ^= 1
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		full   bool // only a check of the contents finds it
		damage func(t *testing.T, dir string)
	}{
		{"file gone", false, func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "sub", "b")) }},
		{"file cut", false, func(t *testing.T, dir string) { os.Truncate(filepath.Join(dir, "a"), 2) }},
		{"file is a folder", false, func(t *testing.T, dir string) {
			os.Remove(filepath.Join(dir, "a"))
			os.Mkdir(filepath.Join(dir, "a"), 0o700)
		}},
		{"manifest gone", false, func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "manifest.json")) }},
		{"manifest cut", false, func(t *testing.T, dir string) { os.Truncate(filepath.Join(dir, "manifest.json"), 30) }},
		{"manifest of later days", false, func(t *testing.T, dir string) {
			m := filepath.Join(dir, "manifest.json")
			if err := write(m, strings.Replace(readFile(t, m), `"schema_version": 1`, `"schema_version": 99`, 1)); err != nil {
				t.Fatal(err)
			}
		}},
		{"a bit", true, func(t *testing.T, dir string) { flip(t, filepath.Join(dir, "sub", "b")) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, p, a := one(t)
			text := readFile(t, filepath.Join(a.Dir, "a"))
			if err := s.Verify(a); err != nil {
				t.Fatal(err)
			}
			c.damage(t, a.Dir)
			found, err := s.Lookup(a.Key)
			if err != nil || (found != nil) != c.full {
				t.Errorf("lookup: %v, %v", found, err)
			}
			if c.full {
				if err := s.Verify(a); err == nil || !strings.Contains(err.Error(), filepath.Join("sub", "b")+": want sha256 ") {
					t.Errorf("verify: %v", err)
				}
			}
			if r := run(t, s, p, pipelines.Options{VerifyContent: true}); states(r) != "s done" {
				t.Errorf("got %s", states(r))
			}
			if got := readFile(t, filepath.Join(a.Dir, "a")); got != text {
				t.Errorf("made again: %q, want %q", got, text)
			}
			if r := run(t, s, p, pipelines.Options{VerifyContent: true}); states(r) != "s cached" {
				t.Errorf("then got %s", states(r))
			}
			if left, _ := filepath.Glob(filepath.Join(s.Root(), "artifacts", ".*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestSizeAndGC(t *testing.T) {
	t.Parallel()
	s, p, a := one(t)
	var c chain
	run(t, s, c.plan(t, rates{1, 1}, 1), pipelines.Options{})
	work := filepath.Join(s.Root(), "work", strings.Repeat("0", 64))
	if err := write(filepath.Join(work, "sub", "checkpoint"), "12345"); err != nil {
		t.Fatal(err)
	}
	size, err := s.Size()
	if err != nil || size.Artifacts != 5 || size.Work != 1 || size.WorkBytes != 5 || size.Bytes < 1000 {
		t.Fatalf("size %+v, %v", size, err)
	}
	list, err := s.List()
	if err != nil || len(list) != 5 {
		t.Fatalf("list %v, %v", list, err)
	}
	if got, err := s.Find(a.Key[:12]); err != nil || got.Key != a.Key {
		t.Errorf("find: %v, %v", got, err)
	}
	for _, prefix := range []string{"", "x"} {
		if _, err := s.Find(prefix); err == nil {
			t.Errorf("find %q: no error", prefix)
		}
	}

	// everything is old, then p is used again
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, path := range []string{filepath.Join(work, "sub", "checkpoint"), filepath.Join(work, "sub"), work} {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range list {
		if err := os.Chtimes(filepath.Join(a.Dir, "manifest.json"), old, old); err != nil {
			t.Fatal(err)
		}
	}
	run(t, s, p, pipelines.Options{})
	freed, err := s.GC(old.Add(-time.Hour), nil)
	if err != nil || freed != (pipelines.Freed{}) {
		t.Errorf("nothing is that old: %+v, %v", freed, err)
	}
	freed, err = s.GC(old.Add(time.Hour), func(a *pipelines.Artifact) bool { return a.Manifest.Op == "csv" })
	if err != nil || freed.Artifacts != 3 || freed.Work != 1 || freed.Bytes < 500 {
		t.Errorf("freed %+v, %v", freed, err)
	}
	var left []string
	if list, err = s.List(); err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		left = append(left, a.Manifest.Op)
	}
	if len(left) != 2 || !strings.Contains(strings.Join(left, " "), "csv") || !strings.Contains(strings.Join(left, " "), "s") {
		t.Errorf("left %v, want csv and s", left)
	}
	if after, err := s.Size(); err != nil || after.Artifacts != 2 || after.Bytes+after.WorkBytes+freed.Bytes != size.Bytes+size.WorkBytes {
		t.Errorf("size %+v before, %+v after, freed %+v (%v)", size, after, freed, err)
	}
}

func TestOpenWhereNothingCanBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := write(file, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := pipelines.Open(filepath.Join(file, "store")); err == nil || !strings.HasPrefix(err.Error(), "open store: ") {
		t.Errorf("got %v", err)
	}
}
