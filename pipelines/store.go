package pipelines

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Store keeps artifacts under one folder. Safe for concurrent use, also by
// several processes. Its folder must be on a file system with working locks,
// which some network file systems are not.
type Store struct{ root string }

// Open opens the store at root, making the folder when it is not there, and
// removes what crashed processes left half made.
func Open(root string) (*Store, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	s := &Store{root: root}
	for _, d := range []string{s.artifacts(), filepath.Join(root, "work"), filepath.Join(root, "locks")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, fault.Disk(fmt.Errorf("open store: %w", err), root)
		}
	}
	s.sweep()
	return s, nil
}

// Root is the store's folder.
func (s *Store) Root() string { return s.root }

func (s *Store) artifacts() string          { return filepath.Join(s.root, "artifacts") }
func (s *Store) dir(key string) string      { return filepath.Join(s.artifacts(), key) }
func (s *Store) workDir(key string) string  { return filepath.Join(s.root, "work", key) }
func (s *Store) writeFault(err error) error { return fault.Disk(err, s.root) }

var keyForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// tmpForm are the folders of artifacts being made (.tmp-) and being replaced
// (.old-), with their keys.
var tmpForm = regexp.MustCompile(`^\.(?:tmp|old)-([0-9a-f]{64})-`)

// sweep removes temporary folders whose key nobody holds the lock of. It does
// what it can: a store that cannot be written may still be read.
func (s *Store) sweep() {
	entries, err := os.ReadDir(s.artifacts())
	if err != nil {
		return
	}
	for _, e := range entries {
		m := tmpForm.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		if l, err := s.tryLock(m[1]); err == nil && l != nil {
			os.RemoveAll(filepath.Join(s.artifacts(), e.Name()))
			l.release()
		}
	}
}

// Lookup finds the artifact of key and checks that its manifest and all files
// are there with their sizes. (nil, nil): not there, or damaged, so that it has
// to be made again. See Verify for a full check.
func (s *Store) Lookup(key string) (*Artifact, error) {
	dir := s.dir(key)
	m, err := readManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("look up artifact: %w", err)
	}
	if err != nil || m.Key != key {
		return nil, nil
	}
	a := &Artifact{Key: key, Dir: dir, Manifest: m}
	for _, f := range m.Files {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(f.Name)))
		if err != nil || info.Size() != f.Size || !info.Mode().IsRegular() {
			return nil, nil
		}
	}
	return a, nil
}

// Verify rehashes the files of a. An error names the first that differs.
func (s *Store) Verify(a *Artifact) error {
	for _, f := range a.Manifest.Files {
		path := filepath.Join(a.Dir, filepath.FromSlash(f.Name))
		got, err := digest.File(path)
		if err != nil {
			return fmt.Errorf("verify artifact: %w", err)
		}
		if got != f.SHA256 {
			return fmt.Errorf("verify artifact: %s: want sha256 %s, got %s", path, f.SHA256, got)
		}
	}
	return nil
}

// touch records that a was used just now, for GC: the time of its manifest.
func (s *Store) touch(a *Artifact, now time.Time) {
	// A store that can only be read is still good for hits.
	_ = os.Chtimes(filepath.Join(a.Dir, manifestName), now, now)
}

// List gives every readable artifact, sorted by key.
func (s *Store) List() ([]*Artifact, error) {
	entries, err := os.ReadDir(s.artifacts())
	if err != nil {
		return nil, fmt.Errorf("list store: %w", err)
	}
	var list []*Artifact
	for _, e := range entries {
		if !keyForm.MatchString(e.Name()) {
			continue
		}
		if m, err := readManifest(s.dir(e.Name())); err == nil && m.Key == e.Name() {
			list = append(list, &Artifact{Key: m.Key, Dir: s.dir(m.Key), Manifest: m})
		}
	}
	return list, nil
}

// Find gives the artifact whose key starts with prefix. None or several is an
// error.
func (s *Store) Find(prefix string) (*Artifact, error) {
	list, err := s.List()
	if err != nil {
		return nil, err
	}
	var found *Artifact
	for _, a := range list {
		if strings.HasPrefix(a.Key, prefix) && prefix != "" {
			if found != nil {
				return nil, fmt.Errorf("artifact %s: several keys start so", prefix)
			}
			found = a
		}
	}
	if found == nil {
		return nil, fmt.Errorf("artifact %s: there is none", prefix)
	}
	return found, nil
}
