package pipelines

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// lockRun says, until the lock is released, that the process of a run lives. It is nil
// where locks cannot be written.
func lockRun(root, id string) *lock {
	s := &Store{root: root}
	if os.MkdirAll(filepath.Join(root, "locks"), 0o755) != nil {
		return nil
	}
	l, err := s.lockKey(context.Background(), runLock+id, nil) // GC may be looking at it
	if err != nil {
		return nil
	}
	return l
}

// RunLives reports whether the process of a run that is under way is there. A run that
// has ended has none.
func RunLives(root, id string) bool {
	s := &Store{root: root}
	if _, err := os.Stat(filepath.Join(root, "locks", runLock+id)); err != nil {
		return false // and asking for the lock would make the file
	}
	l, err := s.tryLock(runLock + id)
	l.release()
	return err == nil && l == nil
}

// NewestLive is the id of the newest run whose process is there, "" when there is none.
func NewestLive(root string) (string, error) {
	entries, err := os.ReadDir(filepath.Join(root, "locks"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("look for runs under way: %w", err)
	}
	for _, e := range slices.Backward(entries) {
		id, ok := strings.CutPrefix(e.Name(), runLock)
		if !ok {
			continue
		}
		if _, err := os.Stat(filepath.Join(root, "runs", id, recordName)); err == nil && RunLives(root, id) {
			return id, nil
		}
	}
	return "", nil
}
