package pipelines

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Size counts what the store takes.
type Size struct {
	Artifacts int   `json:"artifacts"`
	Bytes     int64 `json:"bytes"`      // of artifacts
	Work      int   `json:"work"`       // steps that are not done and have checkpoints
	WorkBytes int64 `json:"work_bytes"` // of those
}

// Freed tells what GC removed.
type Freed struct {
	Artifacts int   `json:"artifacts"`
	Work      int   `json:"work"`
	Bytes     int64 `json:"bytes"`
}

// Size is what the store takes on disk.
func (s *Store) Size() (Size, error) {
	var z Size
	for _, part := range []struct {
		dir   string
		count *int
		bytes *int64
	}{{s.artifacts(), &z.Artifacts, &z.Bytes}, {filepath.Join(s.root, "work"), &z.Work, &z.WorkBytes}} {
		entries, err := os.ReadDir(part.dir)
		if err != nil {
			return z, fmt.Errorf("size of store: %w", err)
		}
		for _, e := range entries {
			if keyForm.MatchString(e.Name()) {
				*part.count++
			}
			n, err := folderBytes(filepath.Join(part.dir, e.Name()))
			if err != nil {
				return z, fmt.Errorf("size of store: %w", err)
			}
			*part.bytes += n
		}
	}
	return z, nil
}

// folderBytes sums the sizes under dir; what vanishes meanwhile counts nothing.
func folderBytes(dir string) (int64, error) {
	var sum int64
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			var info fs.FileInfo
			if info, err = e.Info(); err == nil {
				sum += info.Size()
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return sum, err
}

// GC removes artifacts that were last used before cutoff, except those that keep
// accepts, and work folders of that age. keep may be nil. What a run under way, of
// this process or another, has used or is making is left alone.
func (s *Store) GC(cutoff time.Time, keep func(a *Artifact) bool) (Freed, error) {
	var freed Freed
	s.sweep()
	cutoff, err := s.oldestRun(cutoff)
	if err != nil {
		return freed, s.writeFault(fmt.Errorf("clear store: %w", err))
	}
	for _, part := range []struct {
		dir     string
		count   *int
		expired func(key string) bool
	}{
		{s.artifacts(), &freed.Artifacts, func(key string) bool { return s.unused(key, cutoff, keep) }},
		{filepath.Join(s.root, "work"), &freed.Work, func(key string) bool { return newest(s.workDir(key)).Before(cutoff) }},
	} {
		entries, err := os.ReadDir(part.dir)
		if err != nil {
			return freed, fmt.Errorf("clear store: %w", err)
		}
		for _, e := range entries {
			if !keyForm.MatchString(e.Name()) || !part.expired(e.Name()) {
				continue
			}
			n, err := s.remove(filepath.Join(part.dir, e.Name()), e.Name(), part.expired)
			if err != nil {
				return freed, s.writeFault(fmt.Errorf("clear store: %w", err))
			}
			if n >= 0 {
				*part.count++
				freed.Bytes += n
			}
		}
	}
	return freed, nil
}

// unused reports whether GC is to take the artifact of key. One that cannot be
// read is of no use.
func (s *Store) unused(key string, cutoff time.Time, keep func(a *Artifact) bool) bool {
	info, err := os.Stat(filepath.Join(s.dir(key), manifestName))
	if err != nil {
		return newest(s.dir(key)).Before(cutoff)
	}
	if !info.ModTime().Before(cutoff) {
		return false
	}
	m, err := readManifest(s.dir(key))
	return err != nil || keep == nil || !keep(&Artifact{Key: key, Dir: s.dir(key), Manifest: m})
}

// newest is the latest time of change of anything under dir.
func newest(dir string) time.Time {
	var t time.Time
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil {
			if info, err := e.Info(); err == nil && info.ModTime().After(t) {
				t = info.ModTime()
			}
		}
		return nil
	})
	return t
}

// remove takes dir away under the lock of key, if it still is expired then, and
// gives its bytes; -1 when it was left. An artifact first loses its name, so that
// nobody finds half of it.
func (s *Store) remove(dir, key string, expired func(key string) bool) (int64, error) {
	l, err := s.tryLock(key)
	if err != nil || l == nil {
		return -1, err
	}
	defer l.release()
	if !expired(key) {
		return -1, nil
	}
	n, err := folderBytes(dir)
	if err != nil {
		return -1, err
	}
	if filepath.Dir(dir) == s.artifacts() {
		aside := filepath.Join(s.artifacts(), ".old-"+key+"-gc")
		if err := os.Rename(dir, aside); err != nil {
			return -1, err
		}
		dir = aside
	}
	return n, os.RemoveAll(dir)
}
