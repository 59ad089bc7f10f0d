package kaggle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/disk"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// What is unpacked is called this below the folder until it is whole.
const unpackPart = ".podium-unpack-*" + partSuffix

// unpacker writes the files of a zip below a folder: each under its name only
// when it is whole and its checksum is right, none outside the folder, whatever
// links are in it.
type unpacker struct {
	root  *os.Root
	moved func(n int64) // called with bytes that were written
	buf   []byte
}

func newUnpacker(dir string, moved func(n int64)) (*unpacker, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &unpacker{root: root, moved: moved, buf: make([]byte, bufferSize)}, nil
}

// all writes the files. What is there under their names is replaced. The caller
// makes them durable (sync).
func (u *unpacker) all(ctx context.Context, files []entry) error {
	for _, f := range files {
		if err := u.one(ctx, f); err != nil {
			return fmt.Errorf("unpack %.200q: %w", f.Name, err)
		}
	}
	return nil
}

// sync makes what all wrote survive a power cut, where write has not.
func (u *unpacker) sync() error { return disk.SyncAll(u.root.Name()) }

func (u *unpacker) one(ctx context.Context, f entry) error {
	name := filepath.FromSlash(f.path)
	if err := u.root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	w, err := os.CreateTemp(u.root.Name(), unpackPart)
	if err != nil {
		return err
	}
	err = u.write(ctx, w, f)
	if err = errors.Join(err, w.Close()); err == nil {
		err = os.Chmod(w.Name(), 0o644)
	}
	if err == nil && !f.Modified.IsZero() {
		err = os.Chtimes(w.Name(), f.Modified, f.Modified)
	}
	if err == nil {
		err = u.root.Rename(filepath.Base(w.Name()), name)
	}
	if err != nil {
		_ = os.Remove(w.Name()) // the error at hand says more
	}
	return err
}

// write unpacks to w. The reader checks the entry's CRC; its length is bounded
// here, since it is what the room on the disk was compared with.
func (u *unpacker) write(ctx context.Context, w *os.File, f entry) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	for left := int64(f.UncompressedSize64); ; {
		n, readErr := r.Read(u.buf)
		if left -= int64(n); left < 0 {
			return errBomb
		}
		if _, err := w.Write(u.buf[:n]); err != nil {
			return err
		}
		u.moved(int64(n))
		switch {
		case errors.Is(readErr, io.EOF):
			if disk.SyncsAll {
				return nil
			}
			return w.Sync()
		case readErr != nil:
			return readErr
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

// unzip unpacks the zip called name, below dir, into the folder that it is in,
// and removes it. taken says which paths are of other files. It gives the paths
// of what was in the zip, and their bytes.
func (c *Client) unzip(ctx context.Context, slug, dir, name string, taken func(path string) bool, progress func(done, total int64)) ([]string, int64, error) {
	op := "unzip " + name + " of"
	prefix := path.Dir(name) + "/"
	if prefix == "./" {
		prefix = ""
	}
	src := filepath.Join(dir, filepath.FromSlash(name))
	fail := func(err error) ([]string, int64, error) { return nil, 0, c.unzipError(op, slug, src, err) }
	f, err := os.Open(src)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return fail(err)
	}
	files, total, err := survey(f, st.Size(), prefix, onWindows, func() bool { return folds(dir) })
	if err != nil {
		return fail(err)
	}
	paths := make([]string, len(files))
	for i, e := range files {
		if paths[i] = e.path; taken(e.path) {
			return fail(fmt.Errorf("file %.200q: %w: the competition has one of that name beside the zip", e.path, errMeet))
		}
	}
	if free, known := c.free(dir); known && total > free {
		return nil, 0, c.noSpace(op, slug, dir, total, free)
	}
	done := int64(0)
	u, err := newUnpacker(dir, func(n int64) { done += n; progress(done, total) })
	if err != nil {
		return fail(err)
	}
	defer u.root.Close()
	progress(0, total)
	if err := u.all(ctx, files); err != nil {
		return fail(err)
	}
	if err := u.sync(); err != nil {
		return fail(err)
	}
	f.Close() // Windows removes no open file
	if err := os.Remove(src); err != nil {
		return fail(err)
	}
	return paths, total, nil
}

// unzipError says what is wrong with a zip, which stays.
func (c *Client) unzipError(op, slug, src string, err error) error {
	hint := fault.HintOf(fault.Disk(err, src))
	if hint == "" {
		hint = "the zip is as the server has it, and stays: " + src
	}
	return &Error{Op: op, Competition: slug, Err: err, Hint: hint}
}

// sweep removes what a killed process left in dir: what it was unpacking or
// writing the index to. The caller holds the folder's lock.
func sweep(dir string) {
	for _, litter := range []string{".podium-*" + partSuffix, "." + indexName + ".tmp-*"} {
		left, _ := fs.Glob(os.DirFS(dir), litter) // the pattern is good
		for _, name := range left {
			_ = os.Remove(filepath.Join(dir, name)) // litter that stays does no harm
		}
	}
}

// folds says whether the file system under dir takes names that differ in case
// for the same: it is tried.
func folds(dir string) bool {
	f, err := os.CreateTemp(dir, ".podium-case-*"+partSuffix)
	if err != nil {
		return true // nothing can be written there anyway
	}
	defer os.Remove(f.Name())
	f.Close()
	_, err = os.Lstat(filepath.Join(filepath.Dir(f.Name()), strings.ToUpper(filepath.Base(f.Name()))))
	return err == nil
}
