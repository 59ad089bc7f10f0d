// Package atomicfile writes files that are either whole or not there: to a
// temporary name in the same folder, fsynced, then renamed. A crash at any
// moment leaves the old file (or none) and at most a *.tmp-* beside it.
package atomicfile

import (
	"io"
	"os"
	"path/filepath"
)

// Write makes the file at path with what fn writes. If fn or the disk fails
// nothing is left behind and a file that was there before is untouched.
func Write(path string, perm os.FileMode, fn func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".tmp-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = f.Chmod(perm); err != nil {
		return err
	}
	if err = fn(f); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return SyncDir(dir)
}

// WriteBytes is Write for content that is at hand.
func WriteBytes(path string, perm os.FileMode, b []byte) error {
	return Write(path, perm, func(w io.Writer) error { _, err := w.Write(b); return err })
}
