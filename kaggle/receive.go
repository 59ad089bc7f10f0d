package kaggle

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
)

// receive writes the body behind the part's first bytes, hashing all of it.
func (t *transfer) receive(p *part, o object, from int64, body io.Reader, touch func()) error {
	h := o.sums.hasher()
	if from > 0 {
		if _, err := io.Copy(h, io.NewSectionReader(p.f, 0, from)); err != nil {
			return t.diskError(err)
		}
	}
	done := from
	t.progress(done, o.total)
	buf := make([]byte, 256<<10)
	for {
		n, readErr := body.Read(buf)
		if n > 0 {
			touch()
			if _, err := p.f.WriteAt(buf[:n], done); err != nil {
				return t.diskError(err)
			}
			h.Write(buf[:n])
			done += int64(n)
			t.reached = max(t.reached, done)
			t.progress(done, o.total)
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			if errors.Is(readErr, context.Canceled) {
				readErr = errStalled // the caller's own cancel is told apart by run
			}
			return t.errorf(ErrNetwork, "after %d bytes: %w", done, readErr)
		}
	}
	if o.total >= 0 && done != o.total {
		return t.errorf(ErrNetwork, "got %d of %d bytes: %w", done, o.total, io.ErrUnexpectedEOF)
	}
	if err := o.sums.compare(h); err != nil {
		p.remove()
		return t.errorf(ErrCorrupt, "%w", err)
	}
	return p.trim(done)
}

// trim drops what an abandoned, longer attempt at the same object left behind.
func (p *part) trim(size int64) error {
	st, err := p.f.Stat()
	if err != nil || st.Size() == size {
		return err
	}
	return p.f.Truncate(size)
}

// finish makes the part the file: durable first, then under its name.
func (t *transfer) finish(p *part, o object) error {
	if err := p.f.Sync(); err != nil {
		return t.diskError(err)
	}
	if err := p.mine(); err != nil {
		return t.errorf(ErrNetwork, "%w", err)
	}
	p.close()
	if o.zipped {
		if err := t.unpack(p.path); err != nil {
			p.remove()
			return t.errorf(ErrCorrupt, "unpack: %w", err)
		}
		p.remove()
	} else if err := os.Rename(p.path, t.dest); err != nil {
		return t.diskError(err)
	}
	if !o.modified.IsZero() {
		if err := os.Chtimes(t.dest, o.modified, o.modified); err != nil {
			return t.diskError(err)
		}
	}
	if err := atomicfile.SyncDir(filepath.Dir(t.dest)); err != nil {
		return t.diskError(err)
	}
	return nil
}

// unpack writes the one file inside the zip at src to the destination. Its
// checksum is in the zip and is checked by the reader; DEFLATE cannot grow
// more than about a thousandfold, so the disk is bounded by the download.
func (t *transfer) unpack(src string) error {
	z, err := zip.OpenReader(src)
	if err != nil {
		return err
	}
	defer z.Close()
	want := path.Base(t.file)
	for _, f := range z.File {
		if path.Base(f.Name) != want || !f.Mode().IsRegular() {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		defer r.Close()
		return atomicfile.Write(t.dest, 0o644, func(w io.Writer) error {
			_, err := io.Copy(w, r)
			return err
		})
	}
	return fmt.Errorf("no %s in the zip", want)
}

// right says whether the destination already holds the object: same length
// and checksum or, where storage gives no checksum, same length and not older.
// An unpacked file has another length and sum than its zip; there the time
// that finish set must be the object's, to the second.
func (t *transfer) right(o object) bool {
	st, err := os.Stat(t.dest)
	if err != nil || !st.Mode().IsRegular() {
		return false
	}
	if o.zipped {
		return !o.modified.IsZero() && st.ModTime().Unix() == o.modified.Unix()
	}
	if o.total < 0 || st.Size() != o.total {
		return false
	}
	if o.sums.none() {
		return !o.modified.IsZero() && !st.ModTime().Before(o.modified)
	}
	f, err := os.Open(t.dest)
	if err != nil {
		return false
	}
	defer f.Close()
	h := o.sums.hasher()
	_, err = io.Copy(h, f)
	return err == nil && o.sums.compare(h) == nil
}

func (t *transfer) result(o object, fetched bool) Downloaded {
	d := Downloaded{Name: t.file, Path: t.dest, Fetched: fetched, Verified: !o.sums.none()}
	if st, err := os.Stat(t.dest); err == nil {
		d.Bytes = st.Size()
	}
	t.progress(d.Bytes, d.Bytes)
	return d
}
